"""BM25 over stemmed words.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the eager sparse form of
Lù, "BM25S", 2024; stems of Porter's English Snowball stemmer.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Self

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS
from numpy.typing import NDArray

from index.searcher import Hit

K1 = 2.0
B = 0.75

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_STEMMER = Stemmer.Stemmer("english")
STOP_WORDS = frozenset(STOPWORDS_EN_PLUS) | set(
    "i'm i've it's im ive get got also could would should might whats what's hows how's am day days today want wants "
    "isnt dont doesnt didnt wasnt werent arent couldnt wouldnt shouldnt hasnt havent hadnt thats theyre youre cant "
    "wont like really just anything something everything maybe keep keeps whole lot".split()
)
"""Words that say nothing of the topic. Changing them changes the index: raise `manifest.SCHEMA`."""


def words(text: str) -> list[str]:
    """The words of `text`, as written."""
    return _WORD.findall(text)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball stem of a word, whatever its case."""
    stemmed: str = _STEMMER.stemWord(word.lower().replace("\u2019", "'"))
    return stemmed


def is_stop_word(word: str) -> bool:
    """Whether a word says nothing of the topic, with either kind of apostrophe."""
    return word.lower().replace("\u2019", "'") in STOP_WORDS


def terms(text: str) -> list[str]:
    """What is indexed of `text`: stems of all words but stop words, in order, repeats kept."""
    return [stem(word) for word in words(text) if not is_stop_word(word)]


class LexicalIndex:
    """BM25 over passages; row i of the index is `passage_ids[i]`."""

    def __init__(self, passage_ids: Sequence[str], bm25: bm25s.BM25 | None) -> None:
        self._ids = passage_ids
        self._bm25 = bm25

    @classmethod
    def build(cls, passage_ids: Sequence[str], texts: Sequence[str]) -> Self:
        """Index `texts`, one for each id."""
        tokens = [terms(text) for text in texts]
        if not any(tokens):
            return cls(passage_ids, None)
        bm25 = bm25s.BM25(k1=K1, b=B)
        bm25.index(tokens, show_progress=False)
        return cls(passage_ids, bm25)

    @classmethod
    def load(cls, folder: Path, passage_ids: Sequence[str]) -> Self:
        if not (folder / "params.index.json").exists():
            return cls(passage_ids, None)
        return cls(passage_ids, bm25s.BM25.load(folder, allow_pickle=False, show_progress=False))

    def save(self, folder: Path) -> None:
        folder.mkdir()
        if self._bm25:
            self._bm25.save(folder, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """The BM25 score of every passage, in row order."""
        known = [term for term in terms(question) if self._bm25 and term in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self._ids), dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores(known)  # type: ignore[union-attr]
        return scores

    def idf(self, term: str) -> float:
        """Inverse document frequency of a stem, as BM25 has it; a stem that stands nowhere weighs most."""
        return self._weight(self._passages_with(term))

    def highest_idf(self) -> float:
        """That of a stem that stands nowhere."""
        return self._weight(0)

    def _weight(self, passages: int) -> float:
        return math.log(1 + (len(self._ids) - passages + 0.5) / (passages + 0.5))

    def _passages_with(self, term: str) -> int:
        number = self._bm25.vocab_dict.get(term) if self._bm25 else None
        if number is None:
            return 0
        starts = self._bm25.scores["indptr"]  # type: ignore[union-attr]
        return int(starts[number + 1] - starts[number])

    def search(self, question: str, k: int) -> Sequence[Hit]:
        scores = self.scores(question)
        best = np.argsort(-scores, kind="stable")[:k]
        return tuple(Hit(self._ids[row], float(scores[row])) for row in best if scores[row] > 0)
