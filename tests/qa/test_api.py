"""The JSON routes, over a real index, as a script would call them."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index.encoder import MiniLM
from index.live import LiveIndex
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.answering import LONGEST, Answerer
from qa.api import MOST_IN_BATCH, Metrics, add_routes
from qa.feedback import Feedback
from qa.models import as_json
from qa.notices import Notices


def client_of(answerer: Answerer) -> TestClient:
    app = FastAPI()
    add_routes(app, answerer, Metrics())
    return TestClient(app)


@pytest.fixture(scope="module")
def client(answerer: Answerer) -> Iterator[TestClient]:
    with client_of(answerer) as client:
        yield client


@pytest.fixture
def without_index(tmp_path: Path, encoder: MiniLM) -> Iterator[TestClient]:
    store = SnapshotStore(tmp_path / "none", encoder)
    with client_of(Answerer(LiveIndex(store), Notices.load())) as client:
        yield client


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "took_ms"}


def as_sent(answerer: Answerer, *args: Any, **kwargs: Any) -> dict[str, Any]:
    return timeless(json.loads(json.dumps(as_json(answerer.answer(*args, **kwargs)))))


@pytest.mark.parametrize(
    "question", ["what is BFS?", "capital of France?", "hi", "chest pain and I cannot breathe", "👍"]
)
def test_an_answer_is_that_of_the_answerer(client: TestClient, answerer: Answerer, question: str) -> None:
    response = client.post("/api/v1/answer", json={"question": question})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert timeless(response.json()) == as_sent(answerer, question)


def test_history_k_and_exact_are_passed_on(client: TestClient, answerer: Answerer) -> None:
    asked: dict[str, Any] = {"question": "how is it diagnosed?", "history": ["what is BFS?"], "k": 1}
    given = client.post("/api/v1/answer", json=asked).json()
    assert timeless(given) == as_sent(answerer, "how is it diagnosed?", ["what is BFS?"], 1)
    assert len(given["passages"]) == 1
    exact = client.post("/api/v1/answer", json={**asked, "exact": True}).json()
    assert exact["searched"] == "how is it diagnosed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": None},
        {"question": "x" * (LONGEST + 1)},
        {"question": "x", "k": 0},
        {"question": "x", "k": 21},
        {"question": "x", "history": "what is BFS?"},
        {"question": "x", "history": ["x"] * 51},
        [],
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_request_of_the_wrong_form_is_refused(client: TestClient, body: object) -> None:
    response = client.post("/api/v1/answer", json=body)
    assert response.status_code == 422
    assert response.json()["detail"]


def test_what_is_not_json_is_refused(client: TestClient) -> None:
    response = client.post("/api/v1/answer", content=b"\xff{", headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.json()["detail"]


def test_a_batch_is_searched(client: TestClient, answerer: Answerer, snapshot: Snapshot) -> None:
    questions = [
        {"id": "a", "question": "what is BFS?"},
        {"id": "b", "question": "how is it diagnosed?", "history": ["what is BFS?"]},
        {"id": "c", "question": "hi"},
    ]
    given = client.post("/api/v1/search", json={"questions": questions, "k": 5}).json()
    assert given["snapshot"] == snapshot.id
    assert [result["id"] for result in given["results"]] == ["a", "b", "c"]
    assert [len(result["hits"]) for result in given["results"]] == [5, 5, 0]
    assert given["results"][1]["searched"] == "how is benign fasciculation syndrome diagnosed"
    expected = answerer.search("what is BFS?", k=5).hits
    assert given["results"][0]["hits"] == [{"passage_id": hit.passage_id, "score": hit.score} for hit in expected]
    assert "text" not in str(given)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"questions": [{"id": "a"}]},
        {"questions": [{"question": "x"}]},
        {"questions": [{"id": "a", "question": "x"}], "k": 101},
        {"questions": [{"id": "a", "question": "x"}] * (MOST_IN_BATCH + 1)},
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_batch_of_the_wrong_form_is_refused(client: TestClient, body: object) -> None:
    assert client.post("/api/v1/search", json=body).status_code == 422


def test_an_empty_batch_has_no_results(client: TestClient) -> None:
    assert client.post("/api/v1/search", json={"questions": []}).json()["results"] == []


def test_all_articles_are_listed_without_their_text(client: TestClient, snapshot: Snapshot) -> None:
    listed = client.get("/api/v1/articles").json()
    assert [article["id"] for article in listed] == sorted(snapshot.articles)
    assert all(article["title"] and article["review_status"] and "text" not in article for article in listed)


def test_one_article_has_its_text_and_the_spans_of_its_passages(client: TestClient, snapshot: Snapshot) -> None:
    given = client.get("/api/v1/articles/bfs-diagnosis").json()
    assert given["text"] == snapshot.articles["bfs-diagnosis"].text
    passages = {passage.id: passage for passage in snapshot.passages_of("bfs-diagnosis")}
    assert [passage["id"] for passage in given["passages"]] == list(passages)
    for passage in given["passages"]:
        assert given["text"][passage["start"] : passage["end"]] == passages[passage["id"]].text


@pytest.mark.parametrize("path", ["/api/v1/articles/nope", "/api/v1/articles/..%2f..%2fetc", "/api/v1/nope", "/nope"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json()["detail"]


@pytest.mark.parametrize("path", ["/api/v1/answer", "/api/v1/search"])
def test_a_question_is_never_in_an_address(client: TestClient, path: str) -> None:
    assert client.get(path, params={"question": "what is BFS?"}).status_code == 405


def test_health(client: TestClient, snapshot: Snapshot) -> None:
    assert client.get("/livez").json() == {"status": "live"}
    assert client.get("/readyz").json() == {"status": "ready", "snapshot": snapshot.id}


def test_without_an_index_it_lives_but_is_not_ready(without_index: TestClient) -> None:
    assert without_index.get("/livez").status_code == 200
    ready = without_index.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "no index", "snapshot": None})
    assert without_index.get("/api/v1/articles").json() == []
    assert without_index.get("/api/v1/articles/bfs-diagnosis").status_code == 404
    answer = without_index.post("/api/v1/answer", json={"question": "what is BFS?"}).json()
    assert (answer["reason"], answer["snapshot"]) == ("empty_index", None)
    assert "wellquoted_passages 0.0" in without_index.get("/metrics").text


def test_metrics_count_answers_and_keep_no_question(answerer: Answerer, snapshot: Snapshot) -> None:
    with client_of(answerer) as client:
        for question in ("what is BFS?", "how is BFS treated?", "capital of France?"):
            client.post("/api/v1/answer", json={"question": question})
        metrics = client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'wellquoted_answers_total{reason="",status="answered"} 2.0' in metrics.text
    assert 'wellquoted_answers_total{reason="not_covered",status="no_answer"} 1.0' in metrics.text
    assert "wellquoted_answer_seconds_count 3.0" in metrics.text
    assert f"wellquoted_passages {float(len(snapshot.rows))}" in metrics.text
    assert "France" not in metrics.text


def test_concurrent_requests_do_not_mix(client: TestClient, answerer: Answerer) -> None:
    questions = ["what is BFS?", "what is ALS?", "what is a tremor?", "hi", "capital of France?", "what is an EMG?"] * 4
    expected = [as_sent(answerer, question) for question in questions]

    def ask(question: str) -> dict[str, Any]:
        return timeless(client.post("/api/v1/answer", json={"question": question}).json())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, questions)) == expected


def test_every_route_is_documented(checkout: Path) -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    add_routes(app, Answerer.__new__(Answerer), Metrics(), Feedback.__new__(Feedback))
    documented = (checkout / "docs" / "json.md").read_text("utf-8")
    for path in ("/api/v1/answer", "/api/v1/search", "/api/v1/articles", "/livez", "/readyz", "/metrics"):
        assert f"{path}" in documented
    paths = [getattr(route, "path", "") for route in app.routes]
    assert len(paths) >= 8
    assert [path for path in paths if path.replace("{article_id}", "{id}") not in documented] == []
