"""What a message sounds like, in words no list of signs has: classifiers (see `qa/adapter.py`).

People in need seldom use the plain words. They learnt from messages written for it; docs/quality.md has how many of
those of other writers they hear.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from corpus.structure import sentences
from qa.judges import judge
from qa.models import NoticeKind

KINDS: tuple[NoticeKind, ...] = ("emergency", "crisis")
FILES: Mapping[NoticeKind, Sequence[Path]] = {
    "emergency": [Path(__file__).with_name("emergency.safetensors")],
    "crisis": [Path(__file__).with_name(f"crisis-{number}.safetensors") for number in (1, 2)],
}
"""The judges of a kind: docs/quality.md has why. Each was taught both kinds, and is asked for its own."""
SUREST = 0.9999
"""No judge counts as surer than this, so that no log-odds are infinite: against it the other must be .99 sure."""
LONG, MOST_TOKENS = 100, 256
"""Pieces of text, and the model's tokens, that are heard at once; misspelt words have more tokens."""
_PIECE = re.compile(r"[^\W_]{1,12}|[^\w\s]|_")


def heard(texts: Sequence[str]) -> dict[NoticeKind, float]:
    """How sure the judges of each kind are, in [0, 1], in the text that sounds most like it: their mean log-odds.

    Two that learnt from different messages miss different ones (Lakshminarayanan et al., "Deep Ensembles", 2017).
    """
    return {kind: float(_together(kind, texts).max()) for kind in KINDS}


def _together(kind: NoticeKind, texts: Sequence[str]) -> NDArray[np.float64]:
    sure = [judge(file, KINDS).probabilities(texts)[:, KINDS.index(kind)] for file in FILES[kind]]
    together: NDArray[np.float64] = expit(logit(np.clip(np.array(sure, np.float64), 1 - SUREST, SUREST)).mean(axis=0))
    return together


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
