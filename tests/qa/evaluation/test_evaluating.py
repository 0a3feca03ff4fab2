"""From a dataset to its numbers, with the real model and the real articles."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from ir_measures import nDCG

from corpus.errors import NoSnapshot, SnapshotError
from corpus.models import Article
from index.encoder import MiniLM, Progress, Vectors
from index.hashing import HashingEncoder
from index.live import LiveIndex
from index.store import SnapshotStore
from qa import confidence, reading
from qa.answering import Answerer
from qa.evaluation import Evaluation, compare, evaluate, evaluate_questions, load_questions
from qa.evaluation.beir import read_qrels
from qa.evaluation.datasets import DatasetError
from qa.evaluation.results import _pipeline
from qa.evaluation.retrieval import write_run
from qa.notices import DEFAULT_FILE, Notices, listening
from qa.settings import Settings
from tests.conftest import CHECKOUT, Shipped
from tests.qa.evaluation.conftest import write_lines

QUESTIONS = CHECKOUT / "qa" / "evaluation" / "questions" / "shipped.jsonl"
KINDS = ("plain-002", "plain-004", "misspelt-002", "followup-002", "unanswerable-far-002", "off-topic-002")
CHOSEN = (*KINDS, "not-a-question-002", "emergency-002", "crisis-002", "look-alike-002")


@pytest.fixture(scope="module")
def ten(shipped: Shipped, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    lines = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    chosen = [line for line in lines if line["id"] in CHOSEN]
    file = write_lines(tmp_path_factory.mktemp("ten") / "ten.jsonl", chosen)
    return evaluate_questions(load_questions(file), shipped.answerer, file)


@pytest.fixture
def beir(same_model: None, beir_folder: Path, tmp_path: Path) -> Evaluation:
    return evaluate(beir_folder, settings=Settings(data=tmp_path / "data"))


def test_documents_are_ranked_and_scored(beir: Evaluation, beir_folder: Path, tmp_path: Path) -> None:
    write_run(beir.run, tmp_path / "run.txt", "tag")
    run = list(ir_measures.read_trec_run(str(tmp_path / "run.txt")))  # type: ignore[no-untyped-call]
    outside = ir_measures.calc_aggregate([nDCG @ 10], read_qrels(beir_folder / "qrels" / "dev.tsv"), run)
    assert beir.measures["nDCG@10"] == pytest.approx(outside[nDCG @ 10])
    assert beir.measures["Success@1"] == 0.75, "all but the one that finds nothing"
    assert {question.id: question.scores["RR@10"] for question in beir.questions} == {
        "q1": 1,
        "q2": 1,
        "q3": 1,
        "q4": 0,
    }
    assert beir.questions[0].wanted == ("Coffee", "Sleep")
    assert (beir.stamp.split, beir.operating, beir.kinds) == ("dev", None, {})


def test_the_corpus_is_indexed_once_for_each_content(
    beir: Evaluation, beir_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data")
    encode, encoded = MiniLM.encode, list[int]()

    def counting(self: MiniLM, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        encoded.append(len(texts))
        return encode(self, texts, progress)

    monkeypatch.setattr(MiniLM, "encode", counting)
    again = evaluate(beir_folder, settings=settings, limit=2)
    assert again.stamp.snapshot == beir.stamp.snapshot
    assert max(encoded) == 1, "a question at a time and no document"
    assert [question.scores for question in again.questions] == [question.scores for question in beir.questions[:2]]
    with (beir_folder / "corpus.jsonl").open("a") as stream:
        stream.write(json.dumps({"_id": "tea", "title": "Tea", "text": "Tea holds caffeine too."}) + "\n")
    changed = evaluate(beir_folder, settings=settings, limit=1)
    assert changed.stamp.snapshot != beir.stamp.snapshot
    assert changed.stamp.dataset_sha256 != beir.stamp.dataset_sha256


def test_an_empty_corpus_scores_zero(same_model: None, beir_folder: Path, tmp_path: Path) -> None:
    (beir_folder / "corpus.jsonl").write_text("", "utf-8")
    found = evaluate(beir_folder, settings=Settings(data=tmp_path / "data"))
    assert found.measures["nDCG@10"] == found.measures["R@100"] == 0
    assert found.run == ()


def test_ten_shipped_questions_are_answered_and_declined(ten: Evaluation) -> None:
    assert ten.stamp.questions == len(ten.questions) == 10
    assert ten.measures["found@3"] == 1
    assert ten.measures["notice recall: emergency"] == ten.measures["notice recall: crisis"] == 1
    assert ten.measures["false answers"] == ten.measures["answers set apart"] == 0
    assert ten.measures["AUROC"] == 1
    assert ten.kinds["plain"].questions == 2
    assert sum(ten.kinds["crisis"].outcomes.values()) == 1
    assert ten.misplaced == ()


def test_kinds_set_apart_count_only_for_notices(ten: Evaluation) -> None:
    apart = {question.id: set(question.scores) for question in ten.questions if question.kind == "emergency"}
    assert apart == {
        "emergency-002": {
            "answers set apart",
            "notices exact",
            "notice recall: emergency",
            "notice false alarms: crisis",
            "notice false alarms: personal",
        }
    }
    assert sum(b.count for b in ten.reliability) == 7
    assert ten.coverage[-1].coverage == 1


def test_measures_are_the_means_of_the_scores(ten: Evaluation) -> None:
    for name in ("quote success@3", "false declines", "notices exact"):
        values = [question.scores[name] for question in ten.questions if name in question.scores]
        assert ten.measures[name] == pytest.approx(np.mean(values))
    assert ten.operating
    answered = [question for question in ten.questions if question.outcome == "answered"]
    assert ten.operating.coverage == pytest.approx(len(answered) / 7)


def test_the_stamp_says_what_was_measured(ten: Evaluation, shipped: Shipped) -> None:
    model = shipped.snapshot.manifest.model
    assert (ten.stamp.snapshot, ten.stamp.model, ten.stamp.model_sha256) == (
        shipped.snapshot.id,
        model.name,
        model.sha256,
    )
    assert ten.stamp.dataset.endswith("ten.jsonl")
    assert {len(ten.stamp.dataset_sha256), len(ten.stamp.pipeline_sha256)} == {64}


def test_the_stamp_covers_whatever_decides() -> None:
    assert {reading.FILE, *chain(*listening.FILES.values()), confidence.FILE, DEFAULT_FILE} <= set(_pipeline())


def test_the_json_holds_everything_but_the_run(ten: Evaluation, tmp_path: Path) -> None:
    file = tmp_path / "ten.json"
    file.write_bytes(ten.to_json())
    again = Evaluation.read(file)
    assert again.questions == ten.questions
    assert (again.measures, again.coverage, again.reliability) == (ten.measures, ten.coverage, ten.reliability)
    assert ten.run
    assert "run" not in json.loads(file.read_bytes())
    assert all(found.p_value == 1 for found in compare(again, ten).differences)


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    with pytest.raises(DatasetError, match="is not the result of an evaluation"):
        Evaluation.read(tmp_path / "x.json")


def test_gold_quotes_of_other_articles_are_named(shipped: Shipped, tmp_path: Path) -> None:
    line = {"id": "1", "question": "what is BFS?", "answerable": True, "gold": ["No article says this."]}
    file = write_lines(tmp_path / "q.jsonl", [line])
    assert evaluate_questions(load_questions(file), shipped.answerer, file).misplaced == ("1",)


def test_an_index_that_changes_meanwhile_is_an_error(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path / "data", HashingEncoder())
    store.build([Article("a", "Twitching", "Coffee makes muscles twitch.")])
    answerer = Answerer(LiveIndex(store), Notices.load())

    @contextmanager
    def building(_: str) -> Iterator[Progress]:
        built = store.build([Article("a", "Twitching", "Tea makes muscles twitch.")])
        while (snapshot := answerer.snapshot()) and snapshot.id != built.id:
            time.sleep(0.01)
        yield lambda *_: None

    file = write_lines(tmp_path / "q.jsonl", [{"id": "1", "question": "hello", "answerable": False}])
    with pytest.raises(SnapshotError, match="changed while it was being measured"):
        evaluate_questions(load_questions(file), answerer, file, progress=building)


def test_without_an_index_the_error_says_so(same_model: None, tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot):
        evaluate(QUESTIONS, settings=Settings(data=tmp_path / "none"), limit=1)


def test_a_question_nobody_has_judged_counts_in_no_measure_of_right_and_wrong(shipped: Shipped, tmp_path: Path) -> None:
    lines = [{"id": "1", "question": "what is BFS?", "answerable": None}]
    file = write_lines(tmp_path / "q.jsonl", lines)
    result = evaluate_questions(load_questions(file), shipped.answerer, file)
    assert set(result.measures) == {"p50 ms", "p95 ms"}
    assert result.questions[0].outcome == "answered"
