"""Whole sentences are marked, in order: the one that answers, a list with its introduction, or nothing."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article, cut
from corpus.structure import sentences
from index.snapshot import Snapshot
from qa.answering import rank
from qa.evidence import Evidence, ask
from qa.highlighting import highlights

LISTED = "Many things can do it. Drinks that do it include:\n\n- coffee\n- tea. It has less.\n- cola\n\nWater does not."
PLAIN = "One is here. Two is here. Three is here. Four is here."
FAR, NEAR = 0.0, 1.0


def evidence(text: str, scores: Sequence[float]) -> Evidence:
    spans = tuple(sentences(text))
    assert len(spans) == len(scores)
    return Evidence(
        passage=cut(Article("a", "A", text), 0, len(text)),
        fused=1.0,
        similarity=1.0,
        coverage=1.0,
        heading_coverage=1.0,
        sentences=spans,
        sentence_scores=tuple(scores),
    )


def marked(text: str, scores: Sequence[float]) -> list[str]:
    return [text[start:end] for start, end in highlights(evidence(text, scores))]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([FAR, NEAR, FAR, FAR], ["Two is here."]),
        ([NEAR, FAR, FAR, FAR], ["One is here."]),
        ([FAR, FAR, FAR, NEAR], ["Four is here."]),
        ([FAR, NEAR, NEAR, FAR], ["Two is here.", "Three is here."]),
        ([NEAR, FAR, FAR, NEAR], ["One is here."]),
        ([FAR, FAR, NEAR * 0.99, NEAR], ["Three is here.", "Four is here."]),
        ([FAR, FAR, FAR, FAR], []),
        ([-1.0, -1.0, -1.0, -1.0], []),
    ],
)
def test_the_best_sentence_is_marked_with_a_neighbour_as_good(scores: list[float], expected: list[str]) -> None:
    assert marked(PLAIN, scores) == expected


ITEMS = ["coffee", "tea.", "It has less.", "cola"]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([FAR, NEAR, FAR, FAR, FAR, FAR, FAR], ["Drinks that do it include:", *ITEMS]),
        ([FAR, NEAR, NEAR, FAR, FAR, FAR, FAR], ["Drinks that do it include:", *ITEMS]),
        ([NEAR, NEAR, FAR, FAR, FAR, FAR, FAR], ["Many things can do it.", "Drinks that do it include:", *ITEMS]),
        ([FAR, FAR, NEAR, FAR, FAR, FAR, FAR], ["coffee"]),
        ([FAR, FAR, FAR, FAR, FAR, FAR, NEAR], ["Water does not."]),
    ],
)
def test_an_introduction_is_marked_with_its_whole_list(scores: list[float], expected: list[str]) -> None:
    assert marked(LISTED, scores) == expected


def test_a_list_may_end_the_passage() -> None:
    assert marked("It can follow:\n- coffee\n- tea", [NEAR, FAR, FAR]) == ["It can follow:", "coffee", "tea"]


def test_nothing_is_marked_where_there_is_no_sentence() -> None:
    assert highlights(evidence("# Only a heading", [])) == ()


@given(st.lists(st.floats(-1, 1), min_size=7, max_size=7))
def test_marks_are_neighbouring_sentences_with_the_best_among_them(scores: list[float]) -> None:
    spans = [(span.start, span.end) for span in sentences(LISTED)]
    found = list(highlights(evidence(LISTED, scores)))
    assert found == sorted(found)
    if found:
        first = spans.index(found[0])
        assert spans[first : first + len(found)] == found
        assert spans[scores.index(max(scores))] in found


@pytest.mark.parametrize("question", ["what causes muscle twitching", "how is an EMG done", "bake a cake", "x"])
def test_marks_of_the_shipped_articles_are_whole_sentences(snapshot: Snapshot, question: str) -> None:
    for found in rank(snapshot, ask(snapshot, [question])[0]):
        own = [(span.start, span.end) for span in found.sentences]
        assert all(mark in own for mark in highlights(found))
