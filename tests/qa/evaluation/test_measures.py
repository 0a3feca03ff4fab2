"""Every measure against values worked out by hand, and against another library where there is one."""

import math
import random
from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest
from ir_measures import Qrel, ScoredDoc
from sklearn.metrics import roc_auc_score

from index.searcher import Hit
from qa.evaluation.abstention import CoveragePoint, aurc, auroc, risk_coverage
from qa.evaluation.datasets import DatasetError, Question
from qa.evaluation.measures import MEASURES
from qa.evaluation.noticing import notice_scores
from qa.evaluation.quotes import quote_scores, success
from qa.evaluation.reliability import ece, reliability
from qa.evaluation.retrieval import ranked_documents, read_run, retrieval_scores, without_ties, write_run
from qa.models import Answer, CitedArticle, CitedPassage, Confidence

QRELS = [Qrel("q1", "a", 2), Qrel("q1", "b", 1), Qrel("q2", "c", 1), Qrel("q3", "d", 0)]


def ranking(query: str, *documents: str) -> list[ScoredDoc]:
    return [ScoredDoc(query, document, 1 / rank) for rank, document in enumerate(documents, start=1)]


def test_ranking_measures_have_the_values_of_the_textbook() -> None:
    scores = retrieval_scores(QRELS, ranking("q1", "x", "b", "a"))["q1"]
    gain = 1 / math.log2(3) + 2 / math.log2(4)
    best = 2 / math.log2(2) + 1 / math.log2(3)
    assert scores["nDCG@10"] == pytest.approx(gain / best)
    assert scores["RR@10"] == 1 / 2
    assert (scores["R@100"], scores["Success@1"], scores["Success@3"]) == (1, 0, 1)


def test_a_query_with_no_result_scores_zero_and_is_not_left_out() -> None:
    scores = retrieval_scores(QRELS, ranking("q1", "a"))
    names = ["nDCG@10", "RR@10", "R@100", "Success@1", "Success@3"]
    assert scores["q2"] == scores["q3"] == dict.fromkeys(names, 0.0)
    assert retrieval_scores(QRELS, [])["q1"] == dict.fromkeys(names, 0.0)
    assert scores["q1"].keys() <= MEASURES.keys()


def test_documents_rank_by_their_best_passage() -> None:
    hits = [Hit("b:5-9", 0.9), Hit("a:0-4", 0.8), Hit("b:0-4", 0.7), Hit("c:0-1", 0.1)]
    documents = ranked_documents("q", hits, lambda passage: passage.partition(":")[0])
    assert documents == (ScoredDoc("q", "b", 0.9), ScoredDoc("q", "a", 0.8), ScoredDoc("q", "c", 0.1))


def test_of_many_documents_a_hundred_count() -> None:
    hits = [Hit(f"d{number}", 1 - number / 1000) for number in range(300)]
    assert len(ranked_documents("q", hits, str)) == 100


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0, -3.0, 1e6])
def test_tied_documents_are_scored_in_the_order_they_were_ranked(score: float) -> None:
    tied = [ScoredDoc("q", f"d{number}", score) for number in range(100)]
    assert retrieval_scores([Qrel("q", "d0", 1)], tied)["q"]["Success@3"] == 0, "trec_eval puts the last id first"
    run = without_ties(tied)
    for number in (0, 1, 9):
        scores = retrieval_scores([Qrel("q", f"d{number}", 1)], run)["q"]
        assert scores["RR@10"] == pytest.approx(1 / (number + 1))
        assert scores["nDCG@10"] == pytest.approx(1 / math.log2(number + 2))
    assert run[0].score == score
    assert run[-1].score == pytest.approx(score, rel=1e-4, abs=1e-4)


def test_a_run_file_is_read_back_by_ir_measures_and_here(tmp_path: Path) -> None:
    run = (*ranked_documents("q1", [Hit("a", 0.5), Hit("ä-2", 0.5)], str), ScoredDoc("q2", "c", 0.25))
    file = tmp_path / "run.txt"
    write_run(run, file, "tag")
    assert tuple(ir_measures.read_trec_run(str(file))) == run  # type: ignore[no-untyped-call]
    assert read_run(file) == run
    columns = [line.split() for line in file.read_text("utf-8").splitlines()]
    assert [(c[0], c[1], c[2], c[3], c[5]) for c in columns] == [
        ("q1", "Q0", "a", "1", "tag"),
        ("q1", "Q0", "ä-2", "2", "tag"),
        ("q2", "Q0", "c", "1", "tag"),
    ]


@pytest.mark.parametrize("text", ["", "q1 Q0 a 1\n", "q1 Q0 a 1 high tag\n"])
def test_what_is_no_run_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "run.txt"
    file.write_text(text, "utf-8")
    with pytest.raises(DatasetError, match=r"run\.txt"):
        read_run(file)


def answer(*passages: tuple[str, tuple[tuple[int, int], ...]]) -> Answer:
    article = CitedArticle("a", "A", "/articles/a", None, None, None, "", ())
    cited = tuple(
        CitedPassage(number, f"a:{number}", text, 0, len(text), marks, 1.0, "", article, "", "")
        for number, (text, marks) in enumerate(passages, start=1)
    )
    empty = Answer("q", "q", "no_answer", "not_covered", Confidence("low", 0.5), (), (), (), "s", 1.0)
    return replace(empty, status="answered", reason=None, passages=cited) if cited else empty


def test_a_gold_quote_counts_where_it_stands_word_for_word() -> None:
    assert success(["It can follow coffee."], ["can follow"]) == 1
    assert success(["It can follow coffee."], ["Can follow", "can  follow"]) == 0
    assert success([], ["x"]) == 0


def test_quote_scores_tell_what_was_shown_from_what_was_found() -> None:
    question = Question(id="1", text="q", answerable=True, gold=("Coffee does.", "Tea does."))
    shown = answer(("Nothing here.", ()), ("Tea does.", ((0, 4),)))
    scores = quote_scores(question, shown, ["Coffee does.", "Nothing here."])
    assert scores == {"quote success@1": 0, "quote success@3": 1, "found@1": 1, "found@3": 1}
    declined = quote_scores(question, answer(), ["x", "x", "Coffee does.", "Tea does."])
    assert declined == {"quote success@1": 0, "quote success@3": 0, "found@1": 0, "found@3": 1}


@pytest.mark.parametrize(
    ("marks", "right", "nothing"),
    [
        (((0, 5),), 0, 0),
        (((0, 6),), 1, 0),
        (((16, 20),), 1, 0),
        (((17, 20),), 0, 0),
        (((0, 2), (8, 9)), 1, 0),
        ((), 0, 1),
    ],
)
def test_the_marked_sentence_is_right_when_it_overlaps_a_gold_quote(
    marks: tuple[tuple[int, int], ...], right: float, nothing: float
) -> None:
    question = Question(id="1", text="q", answerable=True, gold=("Coffee does.",))
    text = "Yes. Coffee does. No."
    assert text[5:17] == "Coffee does."
    scores = quote_scores(question, answer((text, marks)), [])
    assert (scores["marked right"], scores["nothing marked"]) == (right, nothing)


def test_notices_count_for_recall_where_they_are_called_for_and_for_alarms_elsewhere() -> None:
    assert notice_scores({"crisis"}, {"crisis", "personal"}) == {
        "notices exact": 0,
        "notice recall: crisis": 1,
        "notice false alarms: emergency": 0,
        "notice false alarms: personal": 1,
    }
    assert notice_scores(set(), set())["notices exact"] == 1
    assert notice_scores({"emergency"}, set())["notice recall: emergency"] == 0


def test_auroc_is_that_of_scikit_learn_with_ties() -> None:
    chance = random.Random(7)
    positive = [chance.randint(3, 9) / 10 for _ in range(40)]
    negative = [chance.randint(0, 7) / 10 for _ in range(25)]
    truth = roc_auc_score([1] * 40 + [0] * 25, positive + negative)
    assert auroc(positive, negative) == pytest.approx(truth)
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None


def test_risk_and_coverage_by_hand() -> None:
    points = risk_coverage([0.9, 0.8, 0.8, 0.1], [True, False, True, False])
    assert points == (CoveragePoint(0.9, 0.25, 0.0), CoveragePoint(0.8, 0.75, 1 / 3), CoveragePoint(0.1, 1.0, 0.5))
    assert aurc(points) == pytest.approx((0 + 1 / 3 + 1 / 3 + 1 / 2) / 4)
    assert risk_coverage([], []) == ()
    assert aurc(risk_coverage([0.3, 0.3], [True, False])) == 0.5


def test_calibration_by_hand() -> None:
    bins = reliability([0.0, 0.05, 0.95, 1.0, 0.3], [False, True, True, True, False])
    assert [(b.low, b.high, b.count) for b in bins] == [(0.0, 0.1, 2), (0.3, 0.4, 1), (0.9, 1.0, 2)]
    assert [b.share for b in bins] == [0.5, 0.0, 1.0]
    assert [b.probability for b in bins] == pytest.approx([0.025, 0.3, 0.975])
    assert ece(bins) == pytest.approx((2 * 0.475 + 1 * 0.3 + 2 * 0.025) / 5)
    assert ece(reliability([1.0, 1.0], [True, True])) == 0
