"""The fused ranking, against sums done by hand."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dense import DenseIndex
from index.fusion import LEAST_LEXICAL, LONG, MOST_LEXICAL, fuse, lexical_share
from index.hashing import HashingEncoder
from index.lexical import LexicalIndex
from index.searcher import Hit, Searcher

DENSE = [Hit("a", 0.8), Hit("b", 0.4)]
LEXICAL = [Hit("b", 10.0), Hit("c", 5.0)]
SHARE = 0.2

SCORES = st.dictionaries(st.sampled_from("abcdef"), st.integers(-10, 400).map(lambda tenths: tenths / 10), max_size=6)


def ranking(scores: Mapping[str, float]) -> list[Hit]:
    return [Hit(key, score) for key, score in sorted(scores.items(), key=lambda item: -item[1])]


def better(hits: Sequence[Hit], key: str) -> int:
    """How many hits score higher than `key`."""
    score = next(hit.score for hit in hits if hit.passage_id == key)
    return sum(hit.score > score for hit in hits)


def test_scores_are_weighted_shares_of_the_best() -> None:
    fused = fuse(DENSE, LEXICAL, SHARE)
    assert [hit.passage_id for hit in fused] == ["a", "b", "c"]
    assert [hit.score for hit in fused] == pytest.approx([0.8 * 1, 0.8 * 0.5 + 0.2 * 1, 0.2 * 0.5])


def test_the_words_can_turn_the_order_round() -> None:
    assert [hit.passage_id for hit in fuse([Hit("a", 0.80), Hit("b", 0.78)], [Hit("b", 3.0)], SHARE)] == ["b", "a"]


def test_words_count_for_more_in_a_longer_question() -> None:
    shares = [lexical_share("calf " * count) for count in range(2 * LONG)]
    assert shares == sorted(shares)
    assert (shares[0], *set(shares[LONG:])) == pytest.approx((LEAST_LEXICAL, MOST_LEXICAL))


def test_equal_scores_are_ordered_by_id() -> None:
    assert [hit.passage_id for hit in fuse([Hit("b", 0.5), Hit("a", 0.5)], [], SHARE)] == ["a", "b"]


def test_a_ranking_alone_keeps_its_order() -> None:
    assert [hit.passage_id for hit in fuse(DENSE, [], SHARE)] == ["a", "b"]
    assert [hit.passage_id for hit in fuse([], LEXICAL, SHARE)] == ["b", "c"]


def test_no_hits_give_no_hits() -> None:
    assert list(fuse([], [], SHARE)) == []


def test_what_points_away_counts_as_nothing() -> None:
    assert [hit.score for hit in fuse([Hit("a", -0.1), Hit("b", -0.9)], [], SHARE)] == [0, 0]


@given(SCORES, SCORES, st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_scale_of_a_ranking_does_not_matter(
    dense: dict[str, float], lexical: dict[str, float], one: float, other: float
) -> None:
    near, matching = (
        ranking({key: score * factor for key, score in scores.items()})
        for scores, factor in ((dense, one), (lexical, other))
    )
    before = {hit.passage_id: hit.score for hit in fuse(ranking(dense), ranking(lexical), SHARE)}
    after = {hit.passage_id: hit.score for hit in fuse(near, matching, SHARE)}
    assert after == pytest.approx(before, abs=1e-6)


@given(SCORES, SCORES)
def test_scores_are_shares_of_one(dense: dict[str, float], lexical: dict[str, float]) -> None:
    assert all(0 <= hit.score <= 1 + 1e-9 for hit in fuse(ranking(dense), ranking(lexical), SHARE))


@given(SCORES, SCORES, st.floats(0, 40), st.data())
def test_a_higher_score_in_one_ranking_never_lowers_the_rank(
    dense: dict[str, float], lexical: dict[str, float], more: float, data: st.DataObject
) -> None:
    raised = data.draw(st.sampled_from([scores for scores in (dense, lexical) if scores] or [{"a": 0.0}]))
    key = data.draw(st.sampled_from(sorted(raised)))
    before = fuse(ranking({**dense, key: dense.get(key, 0.0)}), ranking(lexical), SHARE)
    raised[key] += more
    after = fuse(ranking({**dense, key: dense.get(key, 0.0)}), ranking(lexical), SHARE)
    assert better(after, key) <= better(before, key)


def test_two_indexes_together_find_what_each_alone_puts_second() -> None:
    texts = {"a": "muscles twitch in the calf", "b": "coffee and tea", "c": "an EMG test of the calf"}
    encoder = HashingEncoder()
    dense = DenseIndex.build(list(texts), encoder.encode(list(texts.values())), encoder)
    searchers: list[Searcher] = [dense, LexicalIndex.build(list(texts), list(texts.values()))]
    near, matching = (searcher.search("EMG of the calf", 3) for searcher in searchers)
    assert [hit.passage_id for hit in fuse(near, matching, SHARE)][:2] == ["c", "a"]
