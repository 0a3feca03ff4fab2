"""Exact nearest neighbours by inner product: FAISS `IndexFlatIP` (Johnson et al., "Billion-scale similarity
search with GPUs", 2017).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import faiss
import numpy as np

from index.encoder import Encoder, Vectors
from index.searcher import Hit

BYTE_LIMIT = 8 * 1024**3
"""The most a vector file may ask FAISS to allocate, bytes."""
LOOP_LIMIT = 10_000_000

# Process-wide, and so set once, before any thread loads an index.
faiss.set_deserialization_vector_byte_limit(BYTE_LIMIT)
faiss.set_deserialization_loop_limit(LOOP_LIMIT)


class DenseIndex:
    """Passage vectors; row i of the index is `passage_ids[i]`."""

    def __init__(self, passage_ids: Sequence[str], flat: faiss.Index, encoder: Encoder) -> None:
        self._ids = passage_ids
        self._flat = flat
        self._encoder = encoder

    @classmethod
    def build(cls, passage_ids: Sequence[str], vectors: Vectors, encoder: Encoder) -> Self:
        flat = faiss.IndexFlatIP(encoder.model.dimensions)
        flat.add(np.ascontiguousarray(vectors))
        return cls(passage_ids, flat, encoder)

    @classmethod
    def load(cls, file: Path, passage_ids: Sequence[str], encoder: Encoder) -> Self:
        """Read a file whose SHA-256 has been checked: FAISS itself loads some damaged files."""
        return cls(passage_ids, faiss.read_index(str(file)), encoder)

    def save(self, file: Path) -> None:
        faiss.write_index(self._flat, str(file))

    def vectors(self) -> Vectors:
        """All passage vectors, shape (passages, dimensions)."""
        return np.asarray(self._flat.reconstruct_n(0, self._flat.ntotal), dtype=np.float32)

    def vector(self, row: int) -> Vectors:
        return np.asarray(self._flat.reconstruct(row), dtype=np.float32)

    def search(self, question: str, k: int) -> Sequence[Hit]:
        return self.nearest(self._encoder.encode([question])[0], k)

    def nearest(self, vector: Vectors, k: int) -> Sequence[Hit]:
        """The `k` passages nearest to a unit vector of shape (dimensions,); scores are cosines."""
        if not self._ids:
            return ()
        scores, rows = self._flat.search(vector[np.newaxis, :], min(k, len(self._ids)))
        return tuple(Hit(self._ids[row], float(score)) for row, score in zip(rows[0], scores[0], strict=True))
