"""Whether a probability means what it says.

Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10
"""Of equal width."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions with a probability in [low, high): their mean probability and the share that came true."""

    low: float
    high: float
    count: int
    probability: float
    share: float


def reliability(probabilities: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """The reliability table; bins without a question are left out. A probability of 1 is in the last bin."""
    values, truth = np.asarray(probabilities), np.asarray(right)
    numbers = np.minimum((values * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=int((numbers == number).sum()),
            probability=float(values[numbers == number].mean()),
            share=float(truth[numbers == number].mean()),
        )
        for number in sorted(set(numbers.tolist()))
    )


def ece(bins: Sequence[Bin]) -> float:
    """Expected calibration error: |probability - share|, weighted by the questions of a bin."""
    return sum(b.count * abs(b.probability - b.share) for b in bins) / sum(b.count for b in bins)
