"""BM25 against the formula, written out in plain Python."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import LexicalIndex, stem, terms, words

K1, B = 2.0, 0.75
PLAIN = ["emg", "thigh", "bfs", "calf", "leg", "arm", "thumb"]
"""Words that are their own stem."""

DOCUMENTS = st.lists(st.lists(st.sampled_from(PLAIN), max_size=12), max_size=8)
QUESTIONS = st.lists(st.sampled_from([*PLAIN, "unheard"]), max_size=6)


def idf(documents: list[list[str]], term: str) -> float:
    having = sum(term in document for document in documents)
    return math.log(1 + (len(documents) - having + 0.5) / (having + 0.5))


def bm25(documents: list[list[str]], question: list[str]) -> list[float]:
    """Lucene's BM25 since version 8: no factor (k1 + 1)."""
    average = sum(map(len, documents)) / len(documents) if documents else 0
    return [sum(_weight(documents, Counter(document), term, average) for term in question) for document in documents]


def _weight(documents: list[list[str]], counts: Counter[str], term: str, average: float) -> float:
    if not counts[term]:
        return 0.0
    length = counts.total()
    return idf(documents, term) * counts[term] / (counts[term] + K1 * (1 - B + B * length / average))


def built(documents: list[list[str]]) -> LexicalIndex:
    return LexicalIndex.build([f"d{row}" for row in range(len(documents))], [" ".join(words) for words in documents])


def test_the_plain_words_are_their_own_terms() -> None:
    assert terms(" ".join(PLAIN)) == PLAIN


@given(DOCUMENTS, QUESTIONS)
def test_scores_are_those_of_the_formula(documents: list[list[str]], question: list[str]) -> None:
    scores = built(documents).scores(" ".join(question))
    np.testing.assert_allclose(scores, bm25(documents, question), rtol=1e-4, atol=1e-6)


@given(DOCUMENTS, QUESTIONS, st.integers(0, 10))
def test_hits_are_the_best_scores_with_ties_in_row_order(
    documents: list[list[str]], question: list[str], k: int
) -> None:
    found = built(documents)
    scores = [float(score) for score in found.scores(" ".join(question))]
    best = sorted((row for row, score in enumerate(scores) if score > 0), key=lambda row: (-scores[row], row))[:k]
    hits = found.search(" ".join(question), k)
    assert [(hit.passage_id, hit.score) for hit in hits] == [(f"d{row}", scores[row]) for row in best]


@given(DOCUMENTS, st.sampled_from([*PLAIN, "unheard"]))
def test_idf_is_that_of_the_formula(documents: list[list[str]], term: str) -> None:
    found = built(documents)
    assert found.idf(term) == pytest.approx(idf(documents, term))
    assert found.highest_idf() == pytest.approx(idf(documents, "nowhere"))


def test_a_word_that_stands_nowhere_weighs_most() -> None:
    found = built([["emg", "calf"], ["calf"]])
    assert found.idf("unheard") > found.idf("emg") > found.idf("calf")


@pytest.mark.parametrize("text", ["what is it", "The OF and", "I'm", "it’s", "I've got also", ""])
def test_stop_words_are_no_terms(text: str) -> None:
    assert terms(text) == []
    assert not built([["emg"]]).search(text, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [("twitching", "twitches"), ("Muscles", "muscle"), ("DIAGNOSED", "diagnose"), ("nerve’s", "nerve")],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)
    found = LexicalIndex.build(["a", "b"], [f"{one} here", "nothing of the kind"])
    assert [hit.passage_id for hit in found.search(other, 2)] == ["a"]


def test_words_keep_their_apostrophes_and_drop_punctuation() -> None:
    assert words("Lou Gehrig's—“ALS”, isn’t_it? 3.5 mg") == ["Lou", "Gehrig's", "ALS", "isn’t", "it", "3", "5", "mg"]


def test_unknown_words_do_not_hide_the_known_ones() -> None:
    found = built([["emg"], ["calf"]])
    assert [hit.passage_id for hit in found.search("qwertz emg yxcvb", 5)] == ["d0"]
    assert found.search("qwertz", 5) == ()


@settings(max_examples=15)
@given(DOCUMENTS, QUESTIONS)
def test_a_saved_index_scores_the_same(
    tmp_path_factory: pytest.TempPathFactory, documents: list[list[str]], question: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("saved") / "bm25"
    before = built(documents)
    before.save(folder)
    after = LexicalIndex.load(folder, [f"d{row}" for row in range(len(documents))])
    assert after.search(" ".join(question), 9) == before.search(" ".join(question), 9)
    np.testing.assert_array_equal(after.scores(" ".join(question)), before.scores(" ".join(question)))
    assert [after.idf(term) for term in PLAIN] == [before.idf(term) for term in PLAIN]


@pytest.mark.parametrize("texts", [[], ["the of and", ""]])
def test_an_index_without_terms_finds_nothing(texts: list[str], tmp_path: Path) -> None:
    ids = [str(row) for row in range(len(texts))]
    LexicalIndex.build(ids, texts).save(tmp_path / "bm25")
    for found in (LexicalIndex.build(ids, texts), LexicalIndex.load(tmp_path / "bm25", ids)):
        assert found.search("twitch", 3) == ()
        assert found.scores("twitch").tolist() == [0.0] * len(texts)
