"""How well the probability tells when not to answer.

Risk-coverage: El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification", 2010;
AURC: Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import mannwhitneyu


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """If what has at least this probability is answered: the share answered, and the share of these that is wrong."""

    threshold: float
    coverage: float
    risk: float


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a random positive has the higher value, a tie counting half; None when there are none of a sort."""
    if not positive or not negative:
        return None
    return float(mannwhitneyu(positive, negative).statistic) / (len(positive) * len(negative))


def risk_coverage(probabilities: Sequence[float], right: Sequence[bool]) -> tuple[CoveragePoint, ...]:
    """One point for every probability that occurs, the highest first."""
    points: list[CoveragePoint] = []
    for threshold in sorted(set(probabilities), reverse=True):
        chosen = [ok for p, ok in zip(probabilities, right, strict=True) if p >= threshold]
        points.append(CoveragePoint(threshold, len(chosen) / len(right), chosen.count(False) / len(chosen)))
    return tuple(points)


def aurc(points: Sequence[CoveragePoint]) -> float:
    """Area under the risk-coverage curve: each question counts the risk at its own probability."""
    before = [0.0, *(point.coverage for point in points)]
    return sum((point.coverage - last) * point.risk for point, last in zip(points, before, strict=False))
