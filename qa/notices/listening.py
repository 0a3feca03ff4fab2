"""What a message sounds like, in words no list of signs has: classifiers (see `qa/adapter.py`).

People in need seldom use the plain words. They learnt from messages written for it; docs/quality.md has how many of
those of other writers they hear.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from corpus.structure import sentences
from qa.judges import judge
from qa.models import NoticeKind

KINDS: tuple[NoticeKind, ...] = ("emergency", "crisis")
FILES = {kind: Path(__file__).with_name(f"{kind}.safetensors") for kind in KINDS}
"""One judge a kind: docs/quality.md has why. Each was taught both, and is asked for its own."""
LONG, MOST_TOKENS = 100, 256
"""Pieces of text, and the model's tokens, that are heard at once; misspelt words have more tokens."""
_PIECE = re.compile(r"[^\W_]{1,12}|[^\w\s]|_")


def heard(texts: Sequence[str]) -> dict[NoticeKind, float]:
    """How sure the judge of each kind is, in [0, 1], in the text that sounds most like it."""
    sure = {kind: judge(file, KINDS).probabilities(texts)[:, KINDS.index(kind)] for kind, file in FILES.items()}
    return {kind: float(each.max()) for kind, each in sure.items()}


def stretches(text: str) -> list[str]:
    """The text; a long one in stretches of `LONG` pieces, half over each other, so that no story hides its end."""
    said = [piece.span() for piece in _PIECE.finditer(text)]
    if len(said) <= LONG:
        return [text]
    starts = range(0, len(said) - LONG // 2, LONG // 2)
    return [text[said[start][0] : said[start : start + LONG][-1][1]] for start in starts]


def sentences_of(text: str) -> list[str]:
    """The sentences of each line of a text, in stretches; a line of none, such as a heading, as it is."""
    lines = [line for line in text.splitlines() if line.strip()]
    said = [part for line in lines for part in [span.of(line) for span in sentences(line)] or [line]]
    return [part for each in said for part in stretches(each)] or [text]
