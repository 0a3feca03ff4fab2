"""How likely it is that the passages answer the question: a calibrated probability from features of the search.

A logistic model (Platt, "Probabilistic Outputs for Support Vector Machines", 1999) whose weights stand readable in
`calibration.json`; docs/quality.md says how they were fitted and how well they hold.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa.evidence import Evidence
from qa.models import Confidence, Level

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
        return 1 / (1 + math.exp(-total))

    def confidence(self, features: dict[str, float]) -> Confidence:
        probability = self.probability(features)
        level: Level = (
            "high" if probability >= self.high_from else "medium" if probability >= self.medium_from else "low"
        )
        return Confidence(level, round(probability, 3))


@cache
def calibration() -> Calibration:
    return Calibration(**json.loads(FILE.read_text("utf-8")))


def features(ranked: Sequence[Evidence]) -> dict[str, float]:
    """The features of one search, each in about [0, 1]. `ranked` is best first and not empty."""
    top = ranked[0]
    return {
        "similarity": top.similarity,
        "best_sentence": top.best_sentence,
        "coverage": top.coverage,
        "support": sum(evidence.similarity for evidence in ranked[:3]) / len(ranked[:3]),
    }
