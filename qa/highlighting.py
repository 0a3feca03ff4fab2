"""Which sentences of a passage answer most directly. Rather none than the wrong one."""

import re

from corpus.structure import Span
from qa.evidence import Evidence

_ITEM = re.compile(r"[ \t]*-[ \t]")

LEAST = 0.35
"""A sentence below this score is never marked."""
CLOSE = 0.9
"""A second sentence is marked when it reaches this share of the best, next to it."""


def highlights(evidence: Evidence) -> tuple[tuple[int, int], ...]:
    """Half-open spans of the passage's text, in order: the best sentence and a neighbour nearly as good."""
    scores = evidence.sentence_scores
    if not scores or max(scores) < LEAST:
        return ()
    best = scores.index(max(scores))
    first, last = best, best
    if _nearly(scores, best + 1, best):
        last = best + 1
    elif best and _nearly(scores, best - 1, best):
        first = best - 1
    last = _end_of_list(evidence, first, last)
    return tuple((span.start, span.end) for span in evidence.sentences[first : last + 1])


def _nearly(scores: tuple[float, ...], other: int, best: int) -> bool:
    return other < len(scores) and scores[other] >= CLOSE * scores[best]


def _end_of_list(evidence: Evidence, first: int, last: int) -> int:
    """An introduction says nothing without its list."""
    text, sentences = evidence.passage.text, evidence.sentences
    introduces = any(sentence.of(text).endswith(":") for sentence in sentences[first : last + 1])
    while introduces and last + 1 < len(sentences) and _is_in_item(text, sentences[last + 1]):
        last += 1
    return last


def _is_in_item(text: str, sentence: Span) -> bool:
    return bool(_ITEM.match(text[: sentence.start].rsplit("\n", 1)[-1]))
