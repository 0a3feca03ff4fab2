"""FAISS against exact inner products in numpy, at twice the precision."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from index.dense import BYTE_LIMIT, LOOP_LIMIT, DenseIndex
from index.encoder import Vectors
from index.hashing import DIMENSIONS, HashingEncoder

ENCODER = HashingEncoder()


def unit_rows(number: int, seed: int = 0) -> Vectors:
    rows: NDArray[np.float64] = np.random.default_rng(seed).normal(size=(number, DIMENSIONS))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def built(vectors: Vectors) -> DenseIndex:
    return DenseIndex.build([f"p{row}" for row in range(len(vectors))], vectors, ENCODER)


@pytest.mark.parametrize("k", [1, 7, 300])
def test_hits_are_the_exact_nearest(k: int) -> None:
    vectors, questions = unit_rows(300), unit_rows(20, seed=1)
    found = built(vectors)
    for question in questions:
        cosines = vectors.astype(np.float64) @ question.astype(np.float64)
        best = np.argsort(-cosines)[:k]
        hits = found.nearest(question, k)
        assert [hit.passage_id for hit in hits] == [f"p{row}" for row in best]
        np.testing.assert_allclose([hit.score for hit in hits], cosines[best], atol=1e-6)


def test_a_question_is_encoded_and_searched() -> None:
    texts = ["muscles twitch", "coffee and tea", "an EMG test"]
    hits = DenseIndex.build(["a", "b", "c"], ENCODER.encode(texts), ENCODER).search("twitching of a muscle", 3)
    assert hits[0].passage_id == "a"
    assert [hit.score for hit in hits] == pytest.approx([1, 0, 0])


def test_there_are_no_more_hits_than_passages() -> None:
    assert len(built(unit_rows(3)).nearest(unit_rows(1)[0], 100)) == 3


def test_two_passages_with_equal_vectors_are_both_found() -> None:
    vectors = np.concatenate([unit_rows(1), unit_rows(1), unit_rows(5, seed=2)])
    hits = built(vectors).nearest(vectors[0], 2)
    assert {hit.passage_id for hit in hits} == {"p0", "p1"}


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = built(unit_rows(0))
    empty.save(tmp_path / "index")
    for found in (empty, DenseIndex.load(tmp_path / "index", [], ENCODER)):
        assert found.search("twitch", 3) == ()
        assert found.vectors().shape == (0, DIMENSIONS)


def test_a_saved_index_gives_back_the_same_bits(tmp_path: Path) -> None:
    vectors = unit_rows(50)
    built(vectors).save(tmp_path / "index")
    after = DenseIndex.load(tmp_path / "index", [f"p{row}" for row in range(50)], ENCODER)
    np.testing.assert_array_equal(after.vectors(), vectors)
    np.testing.assert_array_equal(after.vector(17), vectors[17])
    assert after.nearest(vectors[3], 50) == built(vectors).nearest(vectors[3], 50)


def test_what_a_file_may_ask_for_is_limited_before_any_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faiss.get_deserialization_vector_byte_limit() == BYTE_LIMIT
    assert faiss.get_deserialization_loop_limit() == LOOP_LIMIT
    built(unit_rows(3)).save(tmp_path / "index")
    for name in ("vector_byte", "loop"):
        monkeypatch.delattr(faiss, f"set_deserialization_{name}_limit")
    assert len(DenseIndex.load(tmp_path / "index", ["a", "b", "c"], ENCODER).vectors()) == 3
