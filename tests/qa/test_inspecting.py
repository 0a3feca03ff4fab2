"""What `inspect` shows is what the live pipeline did."""

import json
import math
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from index.live import FixedIndex
from index.snapshot import Snapshot
from qa.answering import Answerer, Choices
from qa.cli import main
from qa.confidence import calibration
from qa.evaluation import load_questions
from qa.inspecting import Inspection, inspect
from qa.models import Answer, as_json
from qa.notices import HEARD, Notices

QUESTIONS = Path("qa/evaluation/questions/shipped.jsonl")
STAGES = ["listen", "understand", "encode", "dense", "bm25", "fuse", "rescore", "read", "decide"]


@pytest.fixture(scope="module")
def fixed(snapshot: Snapshot) -> Answerer:
    return Answerer(FixedIndex(snapshot), Notices.load())


def timeless(answer: Answer) -> Answer:
    return replace(answer, took_ms=0.0)


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["inspect", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


def test_an_inspection_is_the_live_answer(answerer: Answerer, fixed: Answerer, checkout: Path) -> None:
    """Twenty questions of the tuning split, spread over all kinds."""
    tune = load_questions(checkout / QUESTIONS, "tune")
    sample = tune[:: len(tune) // 20][:20]
    assert len(sample) == 20
    for question in sample:
        live = answerer.answer(question.text, question.history)
        shown = inspect(fixed, question.text, question.history)
        assert timeless(shown.answer) == timeless(live), question.id
        assert shown.reading.searched == live.searched
        if shown.decision:
            assert shown.decision.probability == live.confidence.probability
            total = shown.decision.bias + sum(factor.adds for factor in shown.decision.factors)
            assert 1 / (1 + math.exp(-total)) == pytest.approx(live.confidence.probability, abs=1e-3)
        if shown.merging:
            assert shown.merging.merged[:3] == tuple(passage.id for passage in live.passages)


def test_every_stage_has_its_time(fixed: Answerer) -> None:
    answered = inspect(fixed, "what is BFS?")
    assert [stage.name for stage in answered.stages] == [*STAGES, "merge", "cite"]
    assert all(stage.ms >= 0 for stage in answered.stages)
    assert sum(stage.ms for stage in answered.stages) <= answered.answer.took_ms + 1
    declined = inspect(fixed, "who won the world cup in 1998?")
    assert [stage.name for stage in declined.stages] == STAGES
    assert declined.merging is None
    assert [stage.name for stage in inspect(fixed, "hi").stages] == ["listen", "understand"]


def test_the_rankings_are_those_of_the_indexes(fixed: Answerer, snapshot: Snapshot) -> None:
    shown = inspect(fixed, "can coffee cause twitching?").rankings
    assert shown
    searched = "can coffee cause twitching"
    for places, hits in (
        (shown.dense, snapshot.dense.search(searched, 10)),
        (shown.bm25, snapshot.lexical.search(searched, 10)),
    ):
        assert [place.passage for place in places] == [hit.passage_id for hit in hits]
        assert [place.score for place in places] == pytest.approx([hit.score for hit in hits], abs=1e-3)
    scores = [place.score for place in shown.rescored]
    assert scores == sorted(scores, reverse=True)
    assert shown.rescored[0].parts["fused"] in {place.score for place in shown.fused}
    assert "score" not in shown.rescored[0].parts


def by(inspection: Inspection) -> dict[str, tuple[str, str]]:
    return {change.by: (change.was, change.now) for change in inspection.reading.rewordings}


def test_what_was_reworded_is_told_with_its_reason(fixed: Answerer) -> None:
    assert by(inspect(fixed, "what is benign fasiculation?"))["spelling"] == ("fasiculation", "fasciculation")
    assert by(inspect(fixed, "what is BFS?"))["acronym"] == ("BFS", "benign fasciculation syndrome")
    both = by(inspect(fixed, "diagnos BFS"))
    assert both == {"spelling, acronym": ("diagnos BFS", "diagnose benign fasciculation syndrome")}
    follow = inspect(fixed, "how is it diagnosed?", ["what is BFS?"])
    assert by(follow) == {"follow-up": ("it", "benign fasciculation syndrome")}
    assert follow.reading.alone == "how is it diagnosed"
    exact = inspect(fixed, "how is it dignosed?", ["what is BFS?"], exact=True)
    assert exact.reading.rewordings == ()


def test_missing_words_stand_in_no_part_of_the_first_passage(fixed: Answerer, snapshot: Snapshot) -> None:
    shown = inspect(fixed, "can zeppelins cause muscle twitching?")
    assert shown.decision
    assert shown.rankings
    assert "zeppelins" in shown.decision.missing
    assert "twitching" not in shown.decision.missing


def test_a_crisis_is_not_searched(fixed: Answerer) -> None:
    shown = inspect(fixed, "I want to kill myself")
    assert (shown.rankings, shown.decision, shown.merging) == (None, None, None)
    assert [notice.kind for notice in shown.answer.notices] == ["crisis"]


def test_why_a_notice_is_shown_or_not_is_told(fixed: Answerer) -> None:
    plain = {each.kind: each for each in inspect(fixed, "I want to kill myself").notices}
    assert plain["crisis"].shown
    assert plain["crisis"].signs
    assert min(plain["crisis"].message, plain["crisis"].sentence) >= HEARD["crisis"]
    assert not plain["emergency"].shown
    assert (plain["emergency"].signs, plain["emergency"].sentence) == ((), 0.0)
    hinted = {each.kind: each for each in inspect(fixed, "my note is written and the cat has a new home").notices}
    assert hinted["crisis"].shown
    assert hinted["crisis"].signs == ()


def test_choices_change_only_the_answerer_that_has_them(answerer: Answerer, snapshot: Snapshot) -> None:
    question = "who won the world cup in 1998?"
    before, known = timeless(answerer.answer(question)), calibration()
    open_to_all = replace(known, answer_from=0.0)
    tried = inspect(Answerer(FixedIndex(snapshot), Notices.load(), Choices(open_to_all, close_behind=1.0)), question)
    assert tried.answer.status == "answered"
    assert tried.merging
    assert len(tried.merging.close) == 1
    assert calibration() is known
    assert timeless(answerer.answer(question)) == before


def test_the_command_shows_every_stage(data_copy: Path) -> None:
    shown = run("how is it diagnosed?", "--history", "what is BFS?", "--data", data_copy).stdout
    for heading in (
        "TYPED",
        "SEARCHED",
        "NOTICES",
        "DENSE",
        "BM25",
        "FUSED",
        "RESCORED",
        "DECISION",
        "MERGED",
        "SHOWN",
        "TIMES",
    ):
        assert f"\n{heading}" in f"\n{shown}"
    assert "follow-up: it -> benign fasciculation syndrome" in shown
    declined = run("hi", "--data", data_copy).stdout
    assert "DECLINED  not_a_question" in declined
    assert "DENSE" not in declined


def test_the_json_holds_the_answer(data_copy: Path, answerer: Answerer, checkout: Path) -> None:
    given: dict[str, Any] = json.loads(run("what is BFS?", "--json", "--data", data_copy).stdout)
    expected = json.loads(json.dumps(as_json(answerer.answer("what is BFS?"))))
    assert {**given["answer"], "took_ms": 0} == {**expected, "took_ms": 0}
    assert set(given) == {"answer", "notices", "reading", "rankings", "decision", "merging", "stages", "tried"}
    documented = (checkout / "docs" / "json.md").read_text("utf-8").partition("`wellquoted inspect --json`")[2]
    inner = [key for name in ("reading", "rankings", "decision", "merging") for key in given[name]]
    assert [key for key in (*given, *inner, *given["notices"][0]) if f"`{key}`" not in documented] == []


def test_values_can_be_tried(data_copy: Path) -> None:
    question = ("who won the world cup in 1998?", "--data", data_copy, "--json")
    tried = json.loads(run(*question, "--set", "answer_from=0", "--set", "weight.coverage=9").stdout)
    assert tried["answer"]["status"] == "answered"
    assert tried["tried"] == {"answer_from": 0.0, "weight.coverage": 9.0}
    assert {f["name"]: f["weight"] for f in tried["decision"]["factors"]}["coverage"] == 9.0
    assert json.loads(run(*question).stdout)["answer"]["status"] == "no_answer"
    few = json.loads(run("what is BFS?", "--data", data_copy, "--json", "--set", "reranked=2").stdout)["rankings"]
    looked_at = {found["passage"] for found in (*few["fused"][:2], *few["bm25"])}
    assert {found["passage"] for found in few["rescored"]} <= looked_at


@pytest.mark.parametrize(
    "given", ["nonsense=1", "answer_from=much", "reranked=0", "reranked=1.5", "close_behind=2", "bias=nan", "bias"]
)
def test_what_cannot_be_tried_is_wrong_usage(data_copy: Path, given: str) -> None:
    assert "--set" in run("x", "--set", given, "--data", data_copy, code=2).output


def test_the_page_is_one_file_that_loads_nothing(data_copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "inspection.html"
    run("what is <b>BFS</b> & why?", "--html", file, "--set", "bias=0", "--data", data_copy)
    page = file.read_text("utf-8")
    assert "&lt;b&gt;BFS" in page
    assert "<b>BFS" not in page
    assert "Values tried here only" in page
    loads: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            loads.extend(tag for name, _ in attrs if name in {"src", "href", "action"} or tag == "script")

    Reader().feed(page)
    assert loads == []
    assert "default-src 'none'" in page


def test_without_an_index_it_says_what_to_do(tmp_path: Path) -> None:
    assert "wellquoted index build" in run("x", "--data", tmp_path / "none", code=1).stderr
