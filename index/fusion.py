"""One ranking from two: a convex combination of dense and BM25 scores.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023, found it ahead of reciprocal
rank fusion; plain rank fusion was measured here to lose to dense alone on long questions (docs/quality.md).
"""

from collections.abc import Sequence

from index.lexical import terms
from index.searcher import Hit, Searcher

DEPTH = 100
"""Hits taken from each ranking before they are combined."""
SHORT, LONG = 4, 12
"""Question lengths, in terms, between which the weight of BM25 falls."""
MOST_LEXICAL, LEAST_LEXICAL = 0.3, 0.1


class HybridSearcher:
    """Dense and BM25 combined; the longer the question, the less its single words count."""

    def __init__(self, dense: Searcher, lexical: Searcher) -> None:
        self._dense = dense
        self._lexical = lexical

    def search(self, question: str, k: int) -> Sequence[Hit]:
        return fuse(question, self._dense.search(question, DEPTH), self._lexical.search(question, DEPTH))[:k]


def fuse(question: str, dense: Sequence[Hit], lexical: Sequence[Hit]) -> Sequence[Hit]:
    """Combine two rankings of one question; a passage only one of them has scores zero in the other."""
    weight = lexical_weight(question)
    near, matching = _scaled(dense), _scaled(lexical)
    fused = (
        Hit(key, (1 - weight) * near.get(key, 0.0) + weight * matching.get(key, 0.0))
        for key in sorted(near.keys() | matching.keys())
    )
    return sorted(fused, key=lambda hit: -hit.score)


def lexical_weight(question: str) -> float:
    """BM25's share of the fused score, in [LEAST_LEXICAL, MOST_LEXICAL]."""
    length = min(max(len(terms(question)), SHORT), LONG)
    return MOST_LEXICAL - (MOST_LEXICAL - LEAST_LEXICAL) * (length - SHORT) / (LONG - SHORT)


def _scaled(hits: Sequence[Hit]) -> dict[str, float]:
    """Scores as shares of the best, so that both rankings speak in [0, 1]."""
    if not hits:
        return {}
    best = max(hits[0].score, 1e-9)
    return {hit.passage_id: max(hit.score, 0.0) / best for hit in hits}
