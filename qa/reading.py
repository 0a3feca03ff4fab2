"""Whether a passage, read beside the question, answers it: a cross-encoder (see `qa/adapter.py`).

Two texts on one subject look alike to a search; only reading both together tells "how long does it last" from a passage
that says what it is. It learnt from questions on MedlinePlus and the shipped articles of which the half is not answered
there; docs/quality.md has how well it does on articles and writers it has not seen.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.models import Passage
from index.encoder import before_torch
from index.snapshot import Snapshot
from qa.evidence import Evidence, headings

if TYPE_CHECKING:
    from qa.adapter import Trained

FILE = Path(__file__).with_name("reading.safetensors")
MOST_TOKENS = 200
FIRST = 5
"""Passages that are read; reading takes longer than everything else."""


def read_first(snapshot: Snapshot, question: str, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The ranking after its first passages were read beside the question; best first."""
    first = ranked[:FIRST]
    read = answers(snapshot, question, [evidence.passage for evidence in first])
    known = [replace(evidence, read=each) for evidence, each in zip(first, read, strict=True)]
    return [*sorted(known, key=lambda evidence: (-evidence.score, evidence.passage.id)), *ranked[FIRST:]]


def answers(snapshot: Snapshot, question: str, passages: Sequence[Passage]) -> list[float]:
    """How far each passage answers the question, in [0, 1]."""
    logits = _reader().logits([question] * len(passages), [with_headings(snapshot, each) for each in passages])
    return [float(1 / (1 + np.exp(-logit))) for logit in logits[:, 0]]


def with_headings(snapshot: Snapshot, passage: Passage) -> str:
    """A passage as it is read: below its headings."""
    return f"{headings(snapshot.articles[passage.article_id], passage)}. {passage.text}"


@cache
def _reader() -> "Trained":
    before_torch()
    from qa.adapter import Trained

    return Trained(FILE)
