"""`POST /api/v1/feedback` over the whole site: there only where it is turned on, and only for its own page."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import ask as ask_page
from qa.answering import LONGEST, Answerer
from qa.api import Metrics, add_routes
from qa.feedback import Feedback, open_feedback
from qa.models import Notice
from qa.notices import Notices
from qa.security import secure
from qa.settings import Settings
from qa.worklist import Worklist

PATH = "/api/v1/feedback"
JUDGED = {"question": "what is BFS?", "judgement": "does_not_answer"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "worklist.sqlite"


def site(answerer: Answerer, settings: Settings) -> TestClient:
    app = FastAPI()
    add_routes(app, answerer, Metrics(), open_feedback(settings, answerer))
    secure(app, rate_limit=settings.rate_limit)
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.fixture
def client(answerer: Answerer, file: Path) -> TestClient:
    return site(answerer, Settings(worklist=str(file), worklist_days=9, rate_limit="12/minute"))


def test_a_judgement_is_noted(client: TestClient, file: Path) -> None:
    response = client.post(PATH, json=JUDGED)
    assert (response.status_code, response.json()) == (200, {"noted": True})
    (entry,) = Worklist(file, 9).entries()
    assert (entry.kind, entry.question) == ("does_not_answer", "what is BFS?")
    assert client.post(PATH, json={**JUDGED, "judgement": "answers", "instead_of": "does_not_answer"}).json()["noted"]
    assert Worklist(file, 9).entries() == []


def test_judgements_are_counted(client: TestClient) -> None:
    for judgement in ("answers", "wrong_part", "wrong_part"):
        client.post(PATH, json={"question": "what is BFS?", "judgement": judgement})
    counted = client.get("/metrics").text
    assert 'wellquoted_feedback_total{judgement="answers"} 1.0' in counted
    assert 'wellquoted_feedback_total{judgement="wrong_part"} 2.0' in counted
    assert "BFS" not in counted


def test_what_may_not_be_kept_is_not_noted(client: TestClient, file: Path) -> None:
    for question in ("I want to kill myself", "my chest hurts and I cannot breathe", "twitching, I am ann@example.org"):
        assert client.post(PATH, json={**JUDGED, "question": question}).json() == {"noted": False}
    assert Worklist(file, 9).entries() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": "x"},
        {"judgement": "answers"},
        {"question": "", "judgement": "answers"},
        {"question": "x" * (LONGEST + 1), "judgement": "answers"},
        {"question": "x", "judgement": "nonsense"},
        {"question": "x", "judgement": "no_answer"},
        {"question": "x", "judgement": "answers", "instead_of": "no_answer"},
        {"question": "x", "judgement": "answers", "history": ["x"] * 51},
        [],
    ],
    ids=lambda body: str(body)[:40],
)
def test_feedback_of_the_wrong_form_is_refused(client: TestClient, file: Path, body: object) -> None:
    assert client.post(PATH, json=body).status_code == 422
    assert not Worklist(file, 9).entries()


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1", 200), ("https://evil.example", 403), ("null", 403), ("http://127.0.0.1:81", 403)],
)
def test_other_sites_cannot_have_it_said_for_them(client: TestClient, file: Path, origin: str, status: int) -> None:
    assert client.post(PATH, json=JUDGED, headers={"Origin": origin}).status_code == status
    assert len(Worklist(file, 9).entries()) == (status == 200)


def test_feedback_is_limited(client: TestClient) -> None:
    statuses = [client.post(PATH, json=JUDGED).status_code for _ in range(14)]
    assert statuses == [200] * 12 + [429] * 2


def test_a_worklist_that_cannot_be_written_says_so(answerer: Answerer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    client = site(answerer, Settings(worklist=str(tmp_path / "file" / "below")))
    response = client.post(PATH, json=JUDGED)
    assert response.status_code == 503
    assert str(tmp_path) not in response.text


def test_off_there_is_no_route_and_no_file(answerer: Answerer, tmp_path: Path) -> None:
    assert site(answerer, Settings(data=tmp_path / "data")).post(PATH, json=JUDGED).status_code == 404
    assert list(tmp_path.iterdir()) == []


def test_off_the_page_says_nothing_of_it(served: str) -> None:
    assert httpx.post(served + PATH, json=JUDGED).status_code == 404
    page = httpx.get(served).text
    assert "conversation" in page
    assert 'id="kept"' not in page


def turn(answerer: Answerer, question: str, file: Path | None) -> str:
    settings = Settings(worklist=str(file)) if file else Settings()
    feedback = open_feedback(settings, answerer)
    html = ask_page(answerer, Metrics(), feedback, question, json.dumps({"history": []}))[1]
    if feedback:
        feedback.wait()
    return html


@pytest.mark.parametrize(
    ("question", "asked"), [("what is BFS?", True), ("who won the world cup in 1998?", False), ("hi", False)]
)
def test_only_an_answer_can_be_judged(answerer: Answerer, file: Path, question: str, asked: bool) -> None:
    assert ("data-judgement" in turn(answerer, question, file)) is asked
    assert "data-judgement" not in turn(answerer, question, None)


def test_nobody_in_danger_is_asked(answerer: Answerer, file: Path) -> None:
    urgent = "I have twitching and now crushing chest pain and cannot breathe"
    answer: Any = answerer.answer(urgent)
    assert "emergency" in {notice.kind for notice in answer.notices}
    assert "data-judgement" not in turn(answerer, urgent, file)
    assert Worklist(file, 30).entries() == []


def test_the_page_keeps_what_gets_no_answer(answerer: Answerer, file: Path) -> None:
    turn(answerer, "who won the world cup in 1998?", file)
    assert [entry.kind for entry in Worklist(file, 30).entries()] == ["no_answer"]


def test_an_unforeseen_error_stops_nothing(answerer: Answerer, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Notices):
        def for_question(self, text: str) -> tuple[Notice, ...]:
            if "zeppelin" in text:
                raise RuntimeError(text)
            return super().for_question(text)

    feedback = Feedback(Worklist(file, 9), answerer, Failing.load())
    for question in ("can a zeppelin cause measles?", "who won the world cup in 1998?"):
        feedback.answered(answerer.answer(question), [])
    feedback.wait()
    assert [entry.question for entry in Worklist(file, 9).entries()] == ["who won the world cup in 1998?"]
    assert "RuntimeError" in caplog.text
    assert "zeppelin" not in caplog.text


def test_the_api_keeps_nothing_by_itself(client: TestClient, file: Path) -> None:
    """Scripts ask in bulk; what they ask says nothing of readers."""
    client.post("/api/v1/answer", json={"question": "who won the world cup in 1998?"})
    assert Worklist(file, 9).entries() == []
