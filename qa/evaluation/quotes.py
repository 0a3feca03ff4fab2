"""Whether the words that answer are shown, and whether it is they that are marked."""

from collections.abc import Collection, Iterator, Sequence

from corpus.structure import Span
from qa.evaluation.datasets import Question
from qa.models import Answer


def quote_scores(question: Question, answer: Answer, found: Sequence[str]) -> dict[str, float]:
    """Score an answerable question.

    Args:
        found: the texts of the passages the search gives, best first, whether or not they were shown.
    """
    shown = [passage.text for passage in answer.passages]
    return {
        **{f"quote success@{k}": success(shown[:k], question.gold) for k in (1, 3)},
        **{f"found@{k}": success(found[:k], question.gold) for k in (1, 3)},
        **_marking_scores(question.gold, answer),
    }


def success(passages: Collection[str], gold: Collection[str]) -> float:
    """1 when one of the quotes stands, word for word, in one of the passages; else 0."""
    return float(any(quote in passage for passage in passages for quote in gold))


def _marking_scores(gold: Collection[str], answer: Answer) -> dict[str, float]:
    """Nothing where the first passage is the wrong one: then no sentence of it could be right."""
    first = answer.passages[0] if answer.passages else None
    if not first or not success([first.text], gold):
        return {}
    right = any(_overlap(mark, quote) for mark in first.highlights for quote in _spans(first.text, gold))
    return {"marked right": float(right), "nothing marked": float(not first.highlights)}


def _spans(text: str, gold: Collection[str]) -> Iterator[Span]:
    for quote in gold:
        start = text.find(quote)
        while start >= 0:
            yield Span(start, start + len(quote))
            start = text.find(quote, start + 1)


def _overlap(mark: tuple[int, int], quote: Span) -> bool:
    return mark[0] < quote.end and quote.start < mark[1]
