"""Whether a passage, read beside the question, answers it: a cross-encoder (see `qa/adapter.py`).

Two texts on one subject look alike to a search; only reading both together tells "how long does it last" from a passage
that says what it is. It learnt from questions on MedlinePlus and the shipped articles of which the half is not answered
there, and from what is asked beside their subjects; docs/quality.md has how well it does on articles and writers it has
not seen.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.chunking import count_words
from corpus.models import Passage
from index.snapshot import Snapshot
from qa.evidence import Evidence, with_headings
from qa.judges import judge

FILE = Path(__file__).with_name("reading.safetensors")
OUTPUTS = ("answers",)
MOST_TOKENS = 200
"""Of a question and a passage; nearly all are shorter. Of others the end of the longer one is not read."""
MOST_WORDS = 60
"""Words of a question that are read."""
FIRST = 5
"""Passages that are read; reading takes longer than everything else."""


def read_first(snapshot: Snapshot, views: Sequence[str], ranked: Sequence[Evidence]) -> list[Evidence]:
    """The ranking after its first passages were read beside the question; best first.

    Args:
        views: those of the question.
    """
    first = ranked[:FIRST]
    read = answers(snapshot, as_read(views), [evidence.passage for evidence in first])
    known = [replace(evidence, read=each) for evidence, each in zip(first, read, strict=True)]
    return [*sorted(known, key=lambda evidence: (-evidence.score, evidence.passage.id)), *ranked[FIRST:]]


def as_read(views: Sequence[str]) -> str:
    """The question as it is read: of a long one the last sentence that asks, and no more than its last words."""
    text = views[0] if count_words(views[0]) <= MOST_WORDS else views[-1]
    return " ".join(text.split()[-MOST_WORDS:])


def answers(snapshot: Snapshot, question: str, passages: Sequence[Passage]) -> list[float]:
    """How far each passage answers the question, in [0, 1]."""
    beside = [with_headings(snapshot, passage) for passage in passages]
    return [float(each) for each in judge(FILE, OUTPUTS).probabilities([question] * len(passages), beside)[:, 0]]
