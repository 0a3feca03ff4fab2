"""Two runs of the evaluator, question by question: is one better, or was it chance?

Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval
Evaluation", 2007: the randomisation test for the p-value, the bootstrap for the interval.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap, permutation_test

from qa.evaluation.datasets import DatasetError
from qa.evaluation.measures import MEASURES
from qa.evaluation.results import Evaluation

RESAMPLES = 10_000
SEED = 20_260_101
"""Fixed, so that the same two runs give the same numbers."""
_BATCH = 1000
"""Resamples held in memory at once."""

Scores = Mapping[str, Mapping[str, float]]
"""Question id -> measure -> value."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure over the questions both runs have it for. `difference` is the mean of B less that of A."""

    measure: str
    lower_is_better: bool
    questions: int
    a: float
    b: float
    difference: float
    low: float
    high: float
    """`low` to `high`: 95 % bootstrap interval (percentiles) of the difference."""
    p_value: float
    """Two-sided; of the paired randomisation test."""
    wins: int
    """Questions where B is better."""
    losses: int
    ties: int


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose scores differ: measure -> value in A, in B."""

    id: str
    scores: Mapping[str, tuple[float, float]]

    @property
    def size(self) -> float:
        return sum(abs(b - a) for a, b in self.scores.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """`changes`: the questions that changed most come first."""

    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]


def compare(a: Scores | Evaluation, b: Scores | Evaluation) -> Comparison:
    """Compare B with A over the questions they share.

    Raises:
        DatasetError: they share no measure over two questions.
    """
    first, second = _scores(a), _scores(b)
    pairs = _pairs(first, second)
    differences = tuple(_difference(name, pairs[name]) for name in MEASURES if len(pairs.get(name, ())) > 1)
    if not differences:
        raise DatasetError("the two have no two questions in common", "Compare runs of the same dataset and split.")
    return Comparison(differences, _changes(first, second))


def _scores(result: Scores | Evaluation) -> Scores:
    if isinstance(result, Evaluation):
        return {question.id: question.scores for question in result.questions}
    return result


def _pairs(a: Scores, b: Scores) -> Mapping[str, Sequence[tuple[float, float]]]:
    """Measure -> the values of each question that both have."""
    pairs: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for question in a.keys() & b.keys():
        for name in a[question].keys() & b[question].keys():
            pairs[name].append((a[question][name], b[question][name]))
    return {name: sorted(values) for name, values in pairs.items()}


def _difference(name: str, pairs: Sequence[tuple[float, float]]) -> Difference:
    a, b = np.asarray(pairs).T
    changes = b - a
    better = -changes if MEASURES[name].lower_is_better else changes
    low, high = _interval(changes)
    return Difference(
        measure=name,
        lower_is_better=MEASURES[name].lower_is_better,
        questions=len(pairs),
        a=float(a.mean()),
        b=float(b.mean()),
        difference=float(changes.mean()),
        low=low,
        high=high,
        p_value=_p_value(changes),
        wins=int((better > 0).sum()),
        losses=int((better < 0).sum()),
        ties=int((better == 0).sum()),
    )


def _p_value(changes: NDArray[np.float64]) -> float:
    """How often a mean as far from 0 comes up when the sign of each change is thrown anew."""
    test = permutation_test(
        (changes,), np.mean, permutation_type="samples", vectorized=True, n_resamples=RESAMPLES, batch=_BATCH, rng=SEED
    )
    return float(test.pvalue)


def _interval(changes: NDArray[np.float64]) -> tuple[float, float]:
    found = bootstrap((changes,), np.mean, n_resamples=RESAMPLES, batch=_BATCH, method="percentile", rng=SEED)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _changes(a: Scores, b: Scores) -> tuple[Change, ...]:
    found = (Change(question, _changed(a[question], b[question])) for question in a if question in b)
    return tuple(sorted((change for change in found if change.scores), key=lambda change: -change.size))


def _changed(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    return {name: (a[name], b[name]) for name in MEASURES if name in a and name in b and a[name] != b[name]}
