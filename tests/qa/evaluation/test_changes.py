"""How answers change between two snapshots: against the scores of two evaluations, and as the command tells it."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from corpus import chunking
from corpus.models import Article
from index import manifest as manifests
from index.encoder import MiniLM
from index.live import FixedIndex
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.answering import Answerer
from qa.cli import main
from qa.evaluation import Question, QuestionResult, evaluate_questions, load_questions
from qa.evaluation.changes import SHIPPED_QUESTIONS, AnswerChanges, about, compare_answers
from qa.notices import Notices
from qa.settings import SHIPPED_ARTICLES

GONE = "bfs-symptoms"
NO_PROGRESS: Callable[[int, int], None] = lambda *_: None  # noqa: E731
GOLD = "Riding in a zeppelin does not cause muscle twitching"
ZEPPELIN = f"---\nid: zeppelins\ntitle: Airships and muscle twitching\n---\n\n{GOLD}, and no airship was ever blamed.\n"


def open_snapshot(folder: Path, articles: Sequence[Article], encoder: MiniLM) -> Snapshot:
    store = SnapshotStore(folder, encoder)
    store.build(articles)
    return store.open()


@pytest.fixture(scope="module")
def smaller(snapshot: Snapshot, encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The shipped articles without one of them."""
    kept = [article for article in snapshot.articles.values() if article.id != GONE]
    return open_snapshot(tmp_path_factory.mktemp("smaller") / "data", kept, encoder)


def outcomes(questions: Sequence[Question], snapshot: Snapshot) -> dict[str, QuestionResult]:
    answerer = Answerer(FixedIndex(snapshot), Notices.load())
    return {result.id: result for result in evaluate_questions(questions, answerer, SHIPPED_QUESTIONS).questions}


def test_what_wins_and_loses_is_what_two_evaluations_differ_in(snapshot: Snapshot, smaller: Snapshot) -> None:
    asked = load_questions(SHIPPED_QUESTIONS)
    about_it = [q for q in asked if any(gold in snapshot.articles[GONE].text for gold in q.gold)]
    questions = [*about_it, *(q for q in asked[::8] if q not in about_it)]
    changes = compare_answers("shipped", questions, snapshot, smaller, NO_PROGRESS)
    before, after = outcomes(questions, snapshot), outcomes(questions, smaller)
    assert changes.asked == len(questions)
    assert changes.of("lost")
    for question in questions:
        old, new = before[question.id], after[question.id]
        found = next((change for change in changes.changes if change.id == question.id), None)
        shown = [result.scores.get("quote success@3", 0.0) for result in (old, new)]
        if shown[0] != shown[1]:
            assert found
            assert found.effect == ("won" if shown[1] > shown[0] else "lost")
        elif found:
            assert found.before != found.after
            assert (found.before.outcome, found.after.outcome) == (old.outcome, new.outcome)
        else:
            assert (old.outcome == "answered") == (new.outcome == "answered")
            if old.outcome == "answered":
                assert old.shown[0].text == new.shown[0].text


def test_there_and_back_wins_and_losses_change_places(snapshot: Snapshot, smaller: Snapshot) -> None:
    questions = load_questions(SHIPPED_QUESTIONS)[:60]
    there = compare_answers("s", questions, snapshot, smaller, NO_PROGRESS)
    back = compare_answers("s", questions, smaller, snapshot, NO_PROGRESS)
    assert {change.id for change in there.of("lost")} == {change.id for change in back.of("won")}
    assert {change.id for change in there.of("won")} == {change.id for change in back.of("lost")}
    assert [(c.before, c.after) for c in there.changes] == [(c.after, c.before) for c in back.changes]


def test_the_same_snapshot_changes_nothing(snapshot: Snapshot) -> None:
    questions = load_questions(SHIPPED_QUESTIONS)[:10]
    assert compare_answers("s", questions, snapshot, snapshot, NO_PROGRESS) == AnswerChanges("s", 10)


def test_what_is_right_depends_on_what_was_said_of_the_question(
    snapshot: Snapshot, encoder: MiniLM, tmp_path: Path
) -> None:
    """The same change of the answer, from an answer to none, under four labels."""
    bread = open_snapshot(
        tmp_path / "data", [Article("bread", "Bread", "Bread is baked from flour and water.")], encoder
    )
    gold = "Fasciculations are muscle twitches that you can sometimes see under the skin."
    declined = Question(id="1", text="what is benign fasciculation syndrome?", answerable=True, gold=(gold,))
    judged = {
        "right to answer": declined,
        "not answerable": replace(declined, answerable=False, gold=()),
        "nobody knows": replace(declined, answerable=None, gold=()),
        "set apart": replace(declined, answerable=False, gold=(), kind="crisis"),
    }
    effects = {
        name: [(c.effect, c.why) for c in compare_answers("s", [question], snapshot, bread, NO_PROGRESS).changes]
        for name, question in judged.items()
    }
    assert effects == {
        "right to answer": [("lost", "now declined")],
        "not answerable": [("won", "now declined, as it should be")],
        "nobody knows": [("lost", "now declined")],
        "set apart": [("first quote", "answered -> not_covered")],
    }


def test_whether_questions_are_about_the_articles(snapshot: Snapshot) -> None:
    questions = load_questions(SHIPPED_QUESTIONS)
    foreign = [Question(id="1", text="q", answerable=True, gold=("No article says this of zeppelins.",))]
    assert about(questions, snapshot, ())
    assert about(questions[5:6], snapshot, ())
    assert not about(foreign, snapshot, ())
    assert about(foreign, snapshot, [Article("z", "Z", "No article says this of zeppelins. Or does it?")])
    assert not about([Question(id="1", text="q", answerable=None)], snapshot, ())


# The command.


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["index", "build", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


def run_json(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "mine.jsonl"
    lines: list[dict[str, object]] = [
        {"id": "1", "question": "can riding in a zeppelin cause muscle twitching?", "answerable": True, "gold": [GOLD]},
        {"id": "2", "question": "what is BFS?", "answerable": None},
        {"id": "3", "question": "who won the world cup in 1998?", "answerable": False},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = shutil.copytree(SHIPPED_ARTICLES, tmp_path / "articles")
    (folder / "zeppelins.md").write_text(ZEPPELIN, "utf-8")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_tells_what_the_build_then_does(
    data_copy: Path, articles: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    places = ("--articles", articles, "--data", data_copy, "--questions", questions)
    before = files(data_copy)
    dry = run_json("--dry-run", *places)
    assert files(data_copy) == before
    assert list(scratch.iterdir()) == []
    assert dry["answers"]["counts"] == {"won": 1, "lost": 0, "first quote": 0}
    (change,) = dry["answers"]["changes"]
    assert (change["id"], change["effect"]) == ("1", "won")
    assert GOLD in change["after"]["quote"]
    assert dry["changes"]["passage_changes"] == {"added": 1, "changed": 0, "removed": 0}

    built = run_json(*places)
    assert (built["id"], built["published"]) == (dry["id"], True)
    assert built["answers"] == dry["answers"]
    again = run_json(*places)
    assert again["answers"]["not_asked"] == "nothing changes"
    assert run_json("--dry-run", *places)["answers"]["asked"] == 0


def test_the_changes_are_listed(data_copy: Path, articles: Path, questions: Path) -> None:
    shown = run("--articles", articles, "--data", data_copy, "--questions", questions).stdout
    assert "passages: 1 new, 0 changed, 0 removed" in shown
    assert "answers to 3 questions: 1 win, 0 lose, 0 change their first quote" in shown
    assert "won: 1  can riding in a zeppelin cause muscle twitching?" in shown
    assert f"after   “{GOLD}" in shown


def test_a_long_list_is_cut_but_not_in_json(data_copy: Path, articles: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    line = {"question": "can riding in a zeppelin cause muscle twitching?", "answerable": True, "gold": [GOLD]}
    many.write_text("".join(json.dumps({"id": str(n), **line}) + "\n" for n in range(12)))
    places = ("--articles", articles, "--data", data_copy, "--questions", many, "--dry-run")
    assert "and 2 more: --json lists all" in run(*places).stdout
    assert len(run_json(*places)["answers"]["changes"]) == 12


def test_the_shipped_questions_are_asked_unless_not_wanted(data_copy: Path, tmp_path: Path) -> None:
    articles = shutil.copytree(SHIPPED_ARTICLES, tmp_path / "articles")
    (articles / f"{GONE}.md").unlink()
    places = ("--articles", articles, "--data", data_copy, "--dry-run")
    answers = run_json(*places)["answers"]
    assert answers["asked"] == len(load_questions(SHIPPED_QUESTIONS))
    assert answers["counts"]["lost"] > 0
    none = run_json(*places, "--no-questions")["answers"]
    assert (none["asked"], none["not_asked"]) == (0, "--no-questions")
    assert "answers not compared: --no-questions" in run(*places, "--no-questions").stdout


def test_the_shipped_questions_are_not_asked_of_other_articles(tmp_path: Path) -> None:
    articles, bread = tmp_path / "articles", "---\nid: a\ntitle: Bread\n---\n\nBread is baked from flour and water.\n"
    articles.mkdir()
    (articles / "a.md").write_text(bread)
    places = ("--articles", articles, "--data", tmp_path / "data")
    assert run_json(*places)["answers"]["not_asked"] == "there is no index before"
    (articles / "a.md").write_text(bread.replace("water", "yeast"))
    assert "give your own with --questions" in run_json(*places)["answers"]["not_asked"]


@pytest.mark.parametrize("given", [("--questions", "{file}", "--no-questions"), ("--questions", "{file}.none")])
def test_wrong_usage(data_copy: Path, questions: Path, given: tuple[str, ...]) -> None:
    assert "--questions" in run(*(part.format(file=questions) for part in given), "--data", data_copy, code=2).stderr


def test_a_bad_question_file_stops_before_anything_is_built(data_copy: Path, articles: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "1"}\n')
    before = files(data_copy)
    told = run("--articles", articles, "--data", data_copy, "--questions", bad, code=1).stderr
    assert f"{bad}:1: " in told
    assert files(data_copy) == before


def test_a_changed_setting_makes_everything_anew_and_says_why(
    data_copy: Path, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunking, "AIM", chunking.AIM + 1)
    places = ("--data", data_copy, "--questions", questions)
    dry = run_json("--dry-run", *places)
    assert dry["changes"]["full_because"] == f"chunk_aim was {chunking.AIM - 1} and is {chunking.AIM}"
    assert dry["changes"]["embedded"] == dry["changes"]["passages"]
    assert dry["answers"]["asked"] == 3
    assert "everything is made anew: chunk_aim was" in run(*places).stdout


def test_an_index_of_another_version_cannot_be_asked(
    data_copy: Path, articles: Path, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "SCHEMA", manifests.SCHEMA + 1)
    given = run_json("--dry-run", "--articles", articles, "--data", data_copy, "--questions", questions)["answers"]
    assert given["asked"] == 0
    assert f"its schema is {manifests.SCHEMA - 1}" in given["not_asked"]


def test_a_quote_that_changes_late_is_told_from_where_it_changes(
    data_copy: Path, articles: Path, tmp_path: Path
) -> None:
    long = "Airships fly slowly over wide green hills and calm blue lakes on long, quiet summer days, and nobody there"
    asked = tmp_path / "airships.jsonl"
    asked.write_text(json.dumps({"id": "1", "question": "how do airships fly over hills and lakes?"}) + "\n")
    places = ("--articles", articles, "--data", data_copy)
    for told in ("is in a hurry", "hears an engine"):
        (articles / "zeppelins.md").write_text(f"---\nid: zeppelins\ntitle: Airships\n---\n\n{long} {told}.\n", "utf-8")
        output = run(*places, "--questions", asked).stdout
    before, after = (line for line in output.splitlines() if line.strip().startswith(("before", "after")))
    assert "is in a hurry" in before
    assert "hears an engine" in after


def test_articles_that_vanish_are_warned_of(data_copy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    places = ("--articles", folder, "--data", data_copy, "--dry-run", "--no-questions")
    assert "there is no article in" in run(*places).stderr
    (folder / "zeppelins.md").write_text(ZEPPELIN, "utf-8")
    assert "18 articles are no longer in" in run(*places).stderr
    here = ("--articles", SHIPPED_ARTICLES, *places[2:])
    assert "warning" not in run(*here).stderr
