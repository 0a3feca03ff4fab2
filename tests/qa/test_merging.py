"""Neighbours are joined into one exact slice; what was said already is left out; nothing is shown twice."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article, cut
from corpus.structure import sentences
from index.hashing import HashingEncoder
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.answering import rank
from qa.evidence import Evidence, ask
from qa.merging import joinable, merge

FIRST = "Coffee can make muscles twitch."
SECOND = "Rest helps most people sleep well."
THIRD = "A doctor tests the reflexes."
TEXT = f"{FIRST} {SECOND}\n\n{THIRD}\n\n## Below a heading\n\nMagnesium is a mineral."
ARTICLE = Article("one", "One", TEXT)
COPY = Article("two", "Two", f"{FIRST}\n\nNothing else is alike.")
LONG = Article("long", "Long", f"{'many words ' * 60}end.\n\n{'more words ' * 60}end.")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = SnapshotStore(tmp_path_factory.mktemp("small"), HashingEncoder())
    store.build([ARTICLE, COPY, LONG])
    return store.open()


def found(article: Article, sentence: str, score: float = 1.0) -> Evidence:
    start = article.text.index(sentence)
    passage = cut(article, start, start + len(sentence))
    spans = tuple(sentences(passage.text))
    return Evidence(
        passage=passage,
        fused=score,
        similarity=score,
        coverage=score,
        heading_coverage=score,
        sentences=spans,
        sentence_scores=tuple(score for _ in spans),
    )


def texts(merged: Sequence[Evidence]) -> list[str]:
    return [each.passage.text for each in merged]


def test_neighbours_of_one_section_are_joined(small: Snapshot) -> None:
    [joined] = merge(small, [found(ARTICLE, FIRST), found(ARTICLE, SECOND)])
    assert joined.passage == cut(ARTICLE, 0, len(f"{FIRST} {SECOND}"))
    assert [span.of(joined.passage.text) for span in joined.sentences] == [FIRST, SECOND]
    assert joined.score >= found(ARTICLE, FIRST).score


def test_a_join_keeps_the_order_of_the_article_and_the_better_evidence(small: Snapshot) -> None:
    [joined] = merge(small, [found(ARTICLE, THIRD, 0.9), found(ARTICLE, SECOND, 0.2)])
    assert joined.passage.text == f"{SECOND}\n\n{THIRD}"
    assert joined.sentence_scores == (0.2, 0.9)
    assert (joined.fused, joined.similarity, joined.coverage) == (0.9, 0.9, 0.9)


def test_a_third_joins_the_joined_two(small: Snapshot) -> None:
    merged = merge(small, [found(ARTICLE, FIRST), found(ARTICLE, SECOND), found(ARTICLE, THIRD)])
    assert texts(merged) == [f"{FIRST} {SECOND}\n\n{THIRD}"]


def test_what_is_not_next_to_each_other_stays_apart(small: Snapshot) -> None:
    assert texts(merge(small, [found(ARTICLE, FIRST), found(ARTICLE, THIRD)])) == [FIRST, THIRD]


def test_nothing_is_joined_across_a_heading(small: Snapshot) -> None:
    below = found(ARTICLE, "Magnesium is a mineral.")
    assert texts(merge(small, [found(ARTICLE, THIRD), below])) == [THIRD, "Magnesium is a mineral."]
    assert not joinable(ARTICLE, found(ARTICLE, THIRD).passage, below.passage)


def test_nothing_is_joined_over_words_left_out(small: Snapshot) -> None:
    assert not joinable(ARTICLE, found(ARTICLE, FIRST).passage, found(ARTICLE, "sleep well.").passage)


def test_nothing_is_joined_between_articles_or_backwards(small: Snapshot) -> None:
    first, second = found(ARTICLE, FIRST).passage, found(ARTICLE, SECOND).passage
    assert joinable(ARTICLE, first, second)
    assert not joinable(ARTICLE, second, first)
    assert not joinable(ARTICLE, first, replace(second, article_id="two"))


def test_what_no_one_reads_at_once_is_not_joined(small: Snapshot) -> None:
    first, second = (found(LONG, part) for part in LONG.text.split("\n\n"))
    assert len(merge(small, [first, second])) == 2


def test_the_same_words_elsewhere_are_left_out(small: Snapshot) -> None:
    best, same = found(ARTICLE, FIRST, 0.9), found(COPY, FIRST, 0.8)
    assert merge(small, [best, same]) == [best]
    assert merge(small, [same, best]) == [same]


def test_what_another_article_said_is_not_joined_again(small: Snapshot) -> None:
    said = [found(COPY, FIRST, 0.9), found(ARTICLE, SECOND, 0.8), found(ARTICLE, FIRST, 0.7)]
    assert texts(merge(small, said)) == [FIRST, SECOND]


def test_what_a_joined_passage_says_is_left_out(small: Snapshot) -> None:
    said = [found(ARTICLE, FIRST, 0.9), found(ARTICLE, SECOND, 0.8), found(COPY, FIRST, 0.7)]
    assert texts(merge(small, said)) == [f"{FIRST} {SECOND}"]


def test_nothing_found_merges_to_nothing(small: Snapshot) -> None:
    assert merge(small, []) == []


@given(
    order=st.permutations(range(20)), asked=st.sampled_from(["muscle twitching", "EMG", "what is BFS", "ALS", "tea"])
)
def test_no_two_results_overlap_and_all_are_exact(snapshot: Snapshot, order: list[int], asked: str) -> None:
    ranked = _ranked(snapshot, asked)
    merged = merge(snapshot, [ranked[place] for place in order])
    passages = [each.passage for each in merged]
    for passage in passages:
        assert passage.text == snapshot.articles[passage.article_id].text[passage.start : passage.end]
    spans = sorted((passage.article_id, passage.start, passage.end) for passage in passages)
    assert all(one[0] != two[0] or one[2] <= two[1] for one, two in pairwise(spans))
    for each in merged:
        assert [span.of(each.passage.text) for span in each.sentences] == [
            span.of(each.passage.text) for span in sentences(each.passage.text)
        ]


_RANKED: dict[str, list[Evidence]] = {}


def _ranked(snapshot: Snapshot, asked: str) -> list[Evidence]:
    if asked not in _RANKED:
        _RANKED[asked] = rank(snapshot, ask(snapshot, [asked])[0])
    return _RANKED[asked]
