"""An encoder without a model: hashed words. For tests and for trying the pipeline in milliseconds.

Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from index.encoder import Model, Progress, Vectors
from index.lexical import terms

DIMENSIONS = 256


class HashingEncoder:
    """Texts that share word stems are near each other; nothing else is."""

    model = Model("hashed words", "none", DIMENSIONS, max_tokens=256)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text) or ["\0"]:
                vectors[row, crc32(term.encode()) % DIMENSIONS] += 1
            if progress:
                progress(row + 1, len(texts))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def count_tokens(self, text: str) -> int:
        return len(text.split())
