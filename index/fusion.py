"""One ranking from two: a convex combination of dense and BM25 scores.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023, found it ahead of reciprocal
rank fusion.
"""

from collections.abc import Sequence

from index.searcher import Hit

DEPTH = 100
"""Hits taken from each ranking before they are combined."""
LEAST_LEXICAL, MOST_LEXICAL, LONG = 0.05, 0.4, 40
"""BM25's share of the fused score for the shortest questions, and for those of `LONG` words or more."""


def lexical_share(question: str) -> float:
    """BM25's share: one vector says all of a short question, and little of a story; rare words stay what they are."""
    return LEAST_LEXICAL + (MOST_LEXICAL - LEAST_LEXICAL) * min(1.0, len(question.split()) / LONG)


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], share: float) -> Sequence[Hit]:
    """Combine two rankings of one question; a passage only one of them has scores zero in the other.

    Args:
        share: of the lexical ranking, in [0, 1]; see `lexical_share`.
    """
    near, matching = _scaled(dense), _scaled(lexical)
    fused = (
        Hit(key, (1 - share) * near.get(key, 0.0) + share * matching.get(key, 0.0))
        for key in sorted(near.keys() | matching.keys())
    )
    return sorted(fused, key=lambda hit: -hit.score)


def _scaled(hits: Sequence[Hit]) -> dict[str, float]:
    """Scores as shares of the best, so that both rankings speak in [0, 1]."""
    if not hits:
        return {}
    best = max(hits[0].score, 1e-9)
    return {hit.passage_id: max(hit.score, 0.0) / best for hit in hits}
