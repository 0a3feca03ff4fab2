"""Near-identical questions come together, with the nearest passage and why it was not enough; the list as a command."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from index.encoder import MiniLM
from index.live import FixedIndex
from index.snapshot import Snapshot
from qa.answering import Answerer
from qa.cli import main
from qa.evaluation import load_questions
from qa.grouping import Group, exported, gather, group
from qa.notices import Notices
from qa.worklist import Entry, Kind, Worklist, today

ALIKE = [
    ("can vaccines cause muscle twitching", "do vaccines make muscles twitch"),
    ("can vaccines cause muscle twitching", "muscle twitching after a vaccine"),
    ("does magnesium help twitching", "will magnesium help with muscle twitches"),
    ("does magnesium help twitching", "magnesium for twitching"),
    ("how much does an EMG cost", "what is the price of an EMG test"),
    ("how much does an EMG cost", "cost of electromyography"),
    ("is twitching worse during pregnancy", "twitching when pregnant, is it worse"),
    ("why does my eyelid twitch at night", "eyelid twitching at night why"),
    ("can children get benign fasciculation syndrome", "do kids get benign fasciculation syndrome"),
    ("which doctor treats muscle twitching", "what kind of doctor should I see for muscle twitching"),
    ("what medicine stops twitching", "which drugs stop muscle twitches"),
    ("does cbd oil help", "does cbd oil help muscle twitching"),
]
DIFFERENT = [
    ("can vaccines cause muscle twitching", "can coffee cause muscle twitching"),
    ("does magnesium help twitching", "does potassium help twitching"),
    ("does magnesium help twitching", "can magnesium cause twitching"),
    ("how much does an EMG cost", "does an EMG hurt"),
    ("how much does an EMG cost", "how long does an EMG take"),
    ("is twitching worse during pregnancy", "is twitching worse at night"),
    ("can I drink alcohol with benign fasciculation syndrome", "can I drink coffee with benign fasciculation syndrome"),
    ("why does my eyelid twitch at night", "why does my calf twitch at night"),
    ("can children get benign fasciculation syndrome", "can children get ALS"),
    ("can children get benign fasciculation syndrome", "can benign fasciculation syndrome be inherited"),
    ("which doctor treats muscle twitching", "when should I see a doctor about muscle twitching"),
    ("what medicine stops twitching", "what medicine causes twitching"),
    ("what is benign fasciculation syndrome", "is benign fasciculation syndrome dangerous"),
    ("is there a cure for benign fasciculation syndrome", "is there a test for benign fasciculation syndrome"),
]
ENTRY = Entry(date(2026, 3, 1), "no_answer", "", "", "0" * 16, "not_covered", ())


def said(question: str, searched: str | None = None, kind: Kind = "no_answer", day: date = ENTRY.day) -> Entry:
    searched = searched or question.removesuffix("?")
    return replace(ENTRY, question=question, searched=searched, kind=kind, day=day)


def together(pair: Sequence[str], encoder: MiniLM) -> bool:
    return len(gather([said(text) for text in pair], encoder)) == 1


def test_near_identical_questions_come_together_and_others_stay_apart(encoder: MiniLM) -> None:
    assert sum(together(pair, encoder) for pair in ALIKE) >= 9
    assert sum(together(pair, encoder) for pair in DIFFERENT) <= 3


def test_no_question_is_lost_and_the_most_frequent_is_first(encoder: MiniLM) -> None:
    entries = [said(text) for pair in ALIKE + DIFFERENT for text in pair] + [said("CAN ZEPPELINS FLY?")] * 9
    found = gather(entries, encoder)
    assert sorted(entry.question for members in found for entry in members) == sorted(e.question for e in entries)
    sizes = [len(members) for members in found]
    assert sizes == sorted(sizes, reverse=True)
    assert gather([], encoder) == []


@pytest.fixture(scope="module")
def fixed(snapshot: Snapshot) -> Answerer:
    return Answerer(FixedIndex(snapshot), Notices.load())


def grouped(fixed: Answerer, snapshot: Snapshot, entries: Sequence[Entry]) -> list[Group]:
    return group(entries, fixed, snapshot.encoder, lambda *_: None)


def test_a_group_shows_the_nearest_passage_and_why_it_was_not_enough(fixed: Answerer, snapshot: Snapshot) -> None:
    entries = [
        said("What about zeppelins?", "zeppelins in Lisbon"),
        said("zeppelins in lisbon?", day=ENTRY.day + timedelta(days=2)),
        said("zeppelins in lisbon?"),
    ]
    (found,) = grouped(fixed, snapshot, entries)
    assert (found.count, found.kinds, found.question) == (3, {"no_answer": 3}, "zeppelins in lisbon?")
    assert set(found.wordings) == {"zeppelins in lisbon?", "What about zeppelins?"}
    assert (found.first, found.last) == (ENTRY.day, ENTRY.day + timedelta(days=2))
    assert found.nearest
    assert found.nearest.text == snapshot.passage(found.nearest.passage).text
    assert found.nearest.probability < found.nearest.answer_from
    assert found.nearest.missing == ("zeppelins", "lisbon")
    assert found.why.endswith("it says nothing of: zeppelins, lisbon")


def test_what_is_answered_by_now_is_told(fixed: Answerer, snapshot: Snapshot) -> None:
    searched = "what is benign fasciculation syndrome"
    (found,) = grouped(fixed, snapshot, [said("what is BFS?", searched)])
    assert (found.answered_now, found.why) == (True, "answered by now")
    marked = [said("what is BFS?", searched, "does_not_answer"), said("what is BFS?", searched)]
    assert grouped(fixed, snapshot, marked)[0].why == "answered, but 1 marked as wrong"


def test_what_cannot_be_searched_has_no_nearest_passage(fixed: Answerer, snapshot: Snapshot) -> None:
    (found,) = grouped(fixed, snapshot, [said("help")])
    assert (found.nearest, found.why) == (None, "it is not clear what was asked")


def test_an_export_is_a_question_file(fixed: Answerer, snapshot: Snapshot, tmp_path: Path) -> None:
    entries = [said("what about zeppelins?", "zeppelins twitching"), said("how do I bake bread?")] + [said("bakng")] * 2
    groups = grouped(fixed, snapshot, entries)
    file = tmp_path / "q.jsonl"
    lines = exported(groups, fixed.understanding(snapshot))
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    questions = load_questions(file)
    assert [question.answerable for question in questions] == [None] * len(groups)
    texts = {question.text for question in questions}
    assert "zeppelins twitching" in texts, "a follow-up stands on its own"
    assert "how do I bake bread?" in texts, "else it is as it was typed"


# The command.


def run(*arguments: object, code: int = 0, **variables: str) -> Result:
    environment = {f"WELLQUOTED_{name.upper()}": value for name, value in variables.items()}
    result = CliRunner(env=environment).invoke(main, ["worklist", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def kept(data_copy: Path) -> Worklist:
    kept = Worklist(data_copy / "worklist.sqlite", 30)
    for entry in (said("who sells zeppelins?"), said("where can I buy a zeppelin?"), said("who sells zeppelins?")):
        kept.add(replace(entry, day=today()))
    kept.add(said("how to bake bread?", day=today()))
    return kept


def test_the_list_shows_the_most_frequent_first(kept: Worklist, data_copy: Path) -> None:
    shown = run("--data", data_copy, worklist="on").stdout
    assert shown.startswith("   2  who sells zeppelins?") or shown.startswith("   3  who sells zeppelins?")
    assert "why: probability 0." in shown
    assert "it says nothing of: " in shown
    assert "nearest: " in shown
    given: Any = json.loads(run("--data", data_copy, "--json").stdout)
    assert sum(each["count"] for each in given) == 4
    assert given[0]["kinds"] == {"no_answer": given[0]["count"]}
    assert given[0]["nearest"]["answer_from"] > given[0]["nearest"]["probability"]


def test_the_export_can_be_asked(kept: Worklist, data_copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "wanted.jsonl"
    groups = json.loads(run("--data", data_copy, "--json", "--export", file).stdout)
    assert len(load_questions(file)) == len(groups)
    result = CliRunner().invoke(main, ["evaluate", str(file), "--data", str(data_copy), "--json"])
    assert result.exit_code == 0, result.output
    assert set(json.loads(result.stdout)["measures"]) == {"p50 ms", "p95 ms"}


def test_an_empty_list_says_why(data_copy: Path) -> None:
    assert "WELLQUOTED_WORKLIST=on" in run("--data", data_copy).stdout
    assert "last 7 days" in run("--data", data_copy, worklist="on", worklist_days="7").stdout
    assert json.loads(run("--data", data_copy, "--json").stdout) == []
    assert not (data_copy / "worklist.sqlite").exists()


def test_an_empty_list_exports_nothing_and_says_so(data_copy: Path, tmp_path: Path) -> None:
    assert "empty" in run("--data", data_copy, "--export", tmp_path / "q.jsonl", worklist="on").stdout
    assert not (tmp_path / "q.jsonl").exists()


def test_clearing_asks_first(kept: Worklist, data_copy: Path) -> None:
    refused = CliRunner().invoke(main, ["worklist", "clear", "--data", str(data_copy)], input="n\n")
    assert refused.exit_code == 1
    assert len(kept.entries()) == 4
    agreed = CliRunner().invoke(main, ["worklist", "clear", "--data", str(data_copy)], input="y\n")
    assert agreed.exit_code == 0
    assert "4 questions deleted" in agreed.stdout
    assert kept.entries() == []
    assert json.loads(run("clear", "--yes", "--json", "--data", data_copy).stdout) == {"deleted": 0}


def test_a_file_of_ones_own(tmp_path: Path, data_copy: Path) -> None:
    file = tmp_path / "elsewhere.sqlite"
    Worklist(file, 30).add(said("how to bake bread?", day=today()))
    assert "how to bake bread?" in run("--data", data_copy, "--worklist", file).stdout
    assert "1 question deleted" in run("clear", "--yes", "--worklist", file).stdout


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "worklist.sqlite").write_bytes(b"no database " * 100)
    assert "delete it" in run("--data", tmp_path, code=1).stderr
