"""One ranking from two: a convex combination of dense and BM25 scores.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023, found it ahead of reciprocal
rank fusion.
"""

from collections.abc import Sequence

from index.searcher import Hit

DEPTH = 100
"""Hits taken from each ranking before they are combined."""
LEXICAL_SHARE = 0.2
"""BM25's share of the fused score. Shares that fall with the question's length gained nothing (docs/quality.md)."""


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit]) -> Sequence[Hit]:
    """Combine two rankings of one question; a passage only one of them has scores zero in the other."""
    near, matching = _scaled(dense), _scaled(lexical)
    fused = (
        Hit(key, (1 - LEXICAL_SHARE) * near.get(key, 0.0) + LEXICAL_SHARE * matching.get(key, 0.0))
        for key in sorted(near.keys() | matching.keys())
    )
    return sorted(fused, key=lambda hit: -hit.score)


def _scaled(hits: Sequence[Hit]) -> dict[str, float]:
    """Scores as shares of the best, so that both rankings speak in [0, 1]."""
    if not hits:
        return {}
    best = max(hits[0].score, 1e-9)
    return {hit.passage_id: max(hit.score, 0.0) / best for hit in hits}
