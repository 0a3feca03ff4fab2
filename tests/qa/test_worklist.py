"""What is kept, for how long, and by how many processes at once; nothing when it is off."""

import json
import multiprocessing
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa.worklist
from qa.answering import Answerer
from qa.feedback import Feedback, open_feedback
from qa.notices import Notices
from qa.settings import Settings
from qa.worklist import Entry, Worklist, WorklistError, may_be_kept, today

DAY = date(2026, 3, 1)
ENTRY = Entry(DAY, "no_answer", "Can zeppelins twitch?", "can zeppelins twitch", "0" * 16, "not_covered", ())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "below" / "worklist.sqlite"


def on(file: Path, day: date = DAY, days: int = 30) -> Worklist:
    return Worklist(file, days, lambda: day)


def test_what_is_added_is_there_for_everyone(file: Path) -> None:
    marked = replace(
        ENTRY, kind="wrong_part", question="Grüße, “quoted”\n🦵\0", passages=("a:1-2", "b:3-4"), reason=None
    )
    on(file).add(ENTRY)
    on(file).add(marked)
    assert sorted(on(file).entries(), key=lambda entry: entry.kind) == [ENTRY, marked]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_reading_makes_no_file(file: Path) -> None:
    empty = on(file)
    assert (empty.entries(), empty.clear()) == ([], 0)
    empty.withdraw("x", "no_answer")
    empty.purge()
    assert not file.parent.exists()


@given(ages=st.lists(st.integers(0, 60), max_size=8), days=st.integers(1, 40))
def test_nothing_stays_longer_than_was_said(
    tmp_path_factory: pytest.TempPathFactory, ages: list[int], days: int
) -> None:
    """Reading is enough: no writer has to come by."""
    file = tmp_path_factory.mktemp("w") / "worklist.sqlite"
    for age in ages:
        day = DAY - timedelta(days=age)
        on(file, day, days).add(replace(ENTRY, day=day))
    left = on(file, DAY, days).entries()
    assert sorted((DAY - entry.day).days for entry in left) == sorted(age for age in ages if age <= days)


def test_what_is_deleted_is_gone_from_the_bytes(file: Path) -> None:
    said = "a question about zeppelins that nobody may find again"
    on(file).add(replace(ENTRY, question=said))
    assert said.encode() in file.read_bytes()
    on(file, DAY + timedelta(days=31)).purge()
    assert said.encode() not in file.read_bytes()
    on(file).add(replace(ENTRY, question=said))
    assert on(file).clear() == 1
    assert said.encode() not in file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_oldest_days_make_room(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.worklist, "MOST", 3)
    for age in (5, 1, 4, 2, 3):
        on(file).add(replace(ENTRY, day=DAY - timedelta(days=age)))
    assert [(DAY - entry.day).days for entry in on(file).entries()] == [3, 2, 1]


def test_a_judgement_of_today_is_taken_back_once(file: Path) -> None:
    marked = replace(ENTRY, kind="does_not_answer")
    for entry in (marked, marked, ENTRY, replace(marked, day=DAY - timedelta(days=1))):
        on(file).add(entry)
    on(file).withdraw(marked.question, "does_not_answer")
    assert len(on(file).entries()) == 3
    on(file).withdraw(marked.question, "wrong_part")
    assert len(on(file).entries()) == 3


def test_nothing_tells_the_order_or_the_hour(file: Path) -> None:
    on(file).add(ENTRY)
    with sqlite3.connect(file) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(entries)")]
        with pytest.raises(sqlite3.OperationalError):
            database.execute("SELECT rowid FROM entries")
        (row,) = database.execute("SELECT * FROM entries")
    database.close()
    assert columns == ["key", "day", "kind", "question", "searched", "snapshot", "reason", "passages"]
    assert row[1] == "2026-03-01"


def _add_many(file: Path, writer: int) -> None:
    for number in range(25):
        on(file).add(replace(ENTRY, question=f"{writer} {number}"))
        on(file).entries()


def test_several_processes_write_at_once(file: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_add_many, args=(file, writer)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    expected = {f"{writer} {number}" for writer in range(4) for number in range(25)}
    kept = [entry.question for entry in on(file).entries()]
    assert len(kept) == len(expected)
    assert set(kept) == expected


def test_a_damaged_file_says_what_to_do(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database " * 100)
    with pytest.raises(WorklistError) as caught:
        on(file).entries()
    assert str(file) in str(caught.value)
    assert "delete it" in caught.value.advice


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("can coffee cause twitching?", True),
        ("is 400 mg of magnesium too much after 12 weeks", True),
        ("twitching since 2019, 3 times a day", True),
        ("I am ann.smith@example.org, help", False),
        ("call me on 0151 2345678", False),
        ("call me on +49 (151) 23-45-67", False),
        ("born 12/03/1984, twitching", False),
        ("see https://example.org/me", False),
        ("I want to kill myself", False),
        ("I have crushing chest pain and cannot breathe", False),
    ],
)
def test_what_may_not_be_kept(text: str, kept: bool) -> None:
    notices = Notices.load()
    assert may_be_kept(notices, [text]) is kept
    assert may_be_kept(notices, ["what is BFS?", text]) is kept


# Beside the answers.

UNANSWERED = "who won the world cup in 1998?"


@pytest.fixture
def feedback(file: Path, answerer: Answerer) -> Iterator[Feedback]:
    kept = open_feedback(Settings(worklist=str(file)), answerer)
    assert kept
    yield kept
    kept.wait()


def ask(feedback: Feedback, answerer: Answerer, question: str, *history: str) -> None:
    feedback.answered(answerer.answer(question, history), history)
    feedback.wait()


def test_only_unanswered_questions_are_kept(feedback: Feedback, answerer: Answerer, file: Path) -> None:
    for question in ("what is BFS?", "hi", "I want to kill myself", UNANSWERED, "help"):
        ask(feedback, answerer, question)
    kept = Worklist(file, 30).entries()
    assert {(entry.question, entry.reason) for entry in kept} == {(UNANSWERED, "not_covered"), ("help", "unclear")}
    assert {entry.day for entry in kept} == {today()}


def test_a_conversation_about_an_emergency_is_not_kept(feedback: Feedback, answerer: Answerer, file: Path) -> None:
    ask(feedback, answerer, UNANSWERED, "I want to kill myself")
    assert Worklist(file, 30).entries() == []
    assert not feedback.judged("does_not_answer", "what is BFS?", ["I want to kill myself"])
    assert Worklist(file, 30).entries() == []


def test_a_follow_up_is_kept_with_what_it_refers_to_and_without_the_conversation(
    feedback: Feedback, answerer: Answerer, file: Path
) -> None:
    before = "does coffee cause twitching?"
    candidates = ("what about zeppelins?", "and zeppelins in Lisbon?", "and football?", "what about the stock market?")
    question = next(text for text in candidates if answerer.answer(text, [before]).reason == "not_covered")
    ask(feedback, answerer, question, before)
    (entry,) = Worklist(file, 30).entries()
    assert entry.question == question
    assert entry.searched == answerer.answer(question, [before]).searched
    assert before.encode() not in file.read_bytes()


def test_a_judgement_is_kept_with_what_was_shown(feedback: Feedback, answerer: Answerer, file: Path) -> None:
    assert feedback.judged("wrong_part", "how is it diagnosed?", ["what is BFS?"])
    (entry,) = Worklist(file, 30).entries()
    answer = answerer.answer("how is it diagnosed?", ["what is BFS?"])
    assert entry.passages == tuple(passage.id for passage in answer.passages)
    assert (entry.kind, entry.searched, entry.snapshot) == ("wrong_part", answer.searched, answer.snapshot)


def test_a_good_word_is_not_kept_and_takes_a_bad_one_back(feedback: Feedback, file: Path) -> None:
    assert feedback.judged("answers", "what is BFS?")
    assert Worklist(file, 30).entries() == []
    assert feedback.judged("does_not_answer", "what is BFS?")
    assert feedback.judged("wrong_part", "what is BFS?", instead_of="does_not_answer")
    assert [entry.kind for entry in Worklist(file, 30).entries()] == ["wrong_part"]
    assert feedback.judged("answers", "what is BFS?", instead_of="wrong_part")
    assert Worklist(file, 30).entries() == []


def test_an_answer_does_not_wait_for_another_writer(feedback: Feedback, answerer: Answerer, file: Path) -> None:
    ask(feedback, answerer, UNANSWERED)
    answer = answerer.answer("help")
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        feedback.answered(answer, ())
        written = other.execute("SELECT count(*) FROM entries").fetchone()[0]
        other.execute("ROLLBACK")
    other.close()
    assert written == 1
    feedback.wait()
    assert len(Worklist(file, 30).entries()) == 2


def test_a_file_that_cannot_be_written_stops_no_answer(
    tmp_path: Path, answerer: Answerer, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("x")
    broken = open_feedback(Settings(worklist=str(tmp_path / "file" / "below")), answerer)
    assert broken
    ask(broken, answerer, UNANSWERED)
    assert str(tmp_path / "file") in caplog.text
    assert UNANSWERED not in caplog.text


def test_off_writes_nothing(tmp_path: Path, answerer: Answerer) -> None:
    for value in ("off", "OFF", "false", "no", "0"):
        assert open_feedback(Settings(data=tmp_path / "data", worklist=value), answerer) is None
    assert open_feedback(Settings(data=tmp_path / "data"), answerer) is None
    assert list(tmp_path.iterdir()) == []


def test_turned_off_what_was_kept_still_goes_in_time(tmp_path: Path, answerer: Answerer) -> None:
    settings = Settings(data=tmp_path / "data", worklist="on", worklist_days=7)
    assert settings.worklist_file == tmp_path / "data" / "worklist.sqlite"
    kept = Worklist(settings.worklist_file, 365)
    kept.add(replace(ENTRY, day=today() - timedelta(days=8)))
    kept.add(replace(ENTRY, day=today()))
    assert open_feedback(settings.model_copy(update={"worklist": "off"}), answerer) is None
    with sqlite3.connect(settings.worklist_file) as database:
        assert database.execute("SELECT count(*) FROM entries").fetchone() == (1,)
    database.close()


def test_passages_are_json(file: Path) -> None:
    on(file).add(replace(ENTRY, passages=("a:1-2",)))
    with sqlite3.connect(file) as database:
        assert json.loads(database.execute("SELECT passages FROM entries").fetchone()[0]) == ["a:1-2"]
    database.close()
