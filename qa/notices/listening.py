"""What a message sounds like, in words no list of signs has: a classifier (see `qa/adapter.py`).

People in need seldom use the plain words. It learnt from messages written for it; docs/quality.md has how many of those
of other writers it hears.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.structure import sentences
from index.encoder import before_torch
from qa.models import NoticeKind

if TYPE_CHECKING:
    from qa.adapter import Trained

FILE = Path(__file__).with_name("listening.safetensors")
KINDS: tuple[NoticeKind, ...] = ("emergency", "crisis")
MOST_TOKENS = 160
LONG = 100
"""Words that are heard at once."""


def heard(texts: Sequence[str]) -> dict[NoticeKind, float]:
    """How sure it is of each kind, in [0, 1], in the text that sounds most like it."""
    whole = [text.encode("utf-8", "replace").decode() for text in texts]  # half characters have no tokens
    logits = _listener().logits(whole).max(axis=0)
    return {kind: float(1 / (1 + np.exp(-logit))) for kind, logit in zip(KINDS, logits, strict=True)}


def stretches(text: str) -> list[str]:
    """The text; a long one in stretches of `LONG` words, half over each other, so that no story hides its end."""
    said = text.split()
    if len(said) <= LONG:
        return [text]
    return [" ".join(said[start : start + LONG]) for start in range(0, len(said) - LONG // 2, LONG // 2)]


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, and of those over several lines the lines, in stretches."""
    lines = [line for span in sentences(text) for line in span.of(text).splitlines() if line.strip()]
    return [part for line in lines for part in stretches(line)] or [text]


@cache
def _listener() -> "Trained":
    before_torch()
    from qa.adapter import Trained

    return Trained(FILE)
