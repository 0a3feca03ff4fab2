"""How likely it is that the passages answer the question: a calibrated probability from features of the search.

A logistic model (Platt, "Probabilistic Outputs for Support Vector Machines", 1999) whose weights stand readable in
`calibration.json`; docs/quality.md says how they were fitted and how well they hold.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.structure import sentences
from index.snapshot import Snapshot
from qa.evidence import Evidence, Question, gather
from qa.followups import resolve, topic_runs
from qa.gaps import gaps
from qa.models import Confidence, Level

COVERED = 0.8
"""Nothing is a high match while a fifth of the question's words, by weight, stands in no passage."""
LOOKED_AT = 3
"""Passages, and asking sentences, that are looked at."""
SUREST = 0.99
"""Of what is read, nothing counts as surer than this, for or against."""
_ASKING = re.compile(
    r"(?:what|how|why|when|where|who|which|is|are|can|could|do|does|did|should|would|will|has|have|any)\b",
    re.IGNORECASE,
)
FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the features, and the probabilities at which the levels begin."""

    bias: float
    weights: dict[str, float]
    answer_from: float
    medium_from: float
    high_from: float

    def probability(self, features: dict[str, float]) -> float:
        total = self.bias + sum(self.weights[name] * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(-700.0, min(total, 700.0))))

    def confidence(self, features: dict[str, float]) -> Confidence:
        probability = round(self.probability(features), 3)
        named = features["coverage"] >= COVERED
        level: Level = "high" if probability >= self.high_from and named else "medium"
        level = level if probability >= self.medium_from else "low"
        return Confidence(level, probability)


@cache
def calibration() -> Calibration:
    return Calibration(**json.loads(FILE.read_text("utf-8")))


def features(snapshot: Snapshot, asked: Sequence[Question], ranked: Sequence[Evidence]) -> dict[str, float]:
    """The features of one search, each in about [0, 1].

    What reading the first passages gives, the best of them in any view, and the `gaps` of the last view.

    Args:
        snapshot: what was searched.
        asked: the `views` of the question.
        ranked: what was found, best first; not empty.
    """
    first = ranked[:LOOKED_AT]
    found = [gather(snapshot, view, top.passage.id, top.fused) for view in asked for top in first]
    return {
        "read": _log_odds(max(evidence.read for evidence in first)),
        "similarity": max(evidence.similarity for evidence in found),
        "best_sentence": max(evidence.best_sentence for evidence in found),
        "coverage": max(evidence.coverage for evidence in found),
        **gaps(snapshot, asked[-1], found[-len(first) :]),
    }


def _log_odds(probability: float) -> float:
    """From 0, `SUREST` against, to 1, `SUREST` for: half-way where either is as likely."""
    among = min(max(probability, 1 - SUREST), SUREST)
    return 0.5 + math.log(among / (1 - among)) / (2 * math.log(SUREST / (1 - SUREST)))


def views(text: str) -> list[str]:
    """The whole question first; of a long one also the sentences that ask, which a story must not hide.

    A sentence that leans on those before it ("my mother has lupus, how is it diagnosed?") is completed from them, and
    one that names nothing ("what can I do?") is no view of its own: any passage would answer it.
    """
    said = [span.of(text) for span in sentences(text)]
    asking = [n for n, sentence in enumerate(said) if asks(sentence)]
    completed = [resolve(said[n], said[:n]) for n in asking or range(len(said))[-1:]]
    naming = [sentence for sentence in completed if topic_runs(sentence)]
    return list(dict.fromkeys([text, *naming[-LOOKED_AT:]]))


def asks(sentence: str) -> bool:
    """Whether it has a question mark, or begins as a question does: many are typed without the mark."""
    return "?" in sentence or bool(_ASKING.match(sentence))
