"""The seam between ranking and answering: a question in, hits out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score` is comparable within one search only; higher is better."""

    passage_id: str
    score: float


class Searcher(Protocol):
    """Ranks passages for a question. Text never comes from here, only ids."""

    def search(self, question: str, k: int) -> Sequence[Hit]:
        """The `k` best passages, best first; fewer when there are fewer."""
        ...
