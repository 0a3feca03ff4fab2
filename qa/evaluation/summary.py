"""The results of all questions, as one Evaluation."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from ir_measures import ScoredDoc

from qa.evaluation.abstention import CoveragePoint, aurc, auroc, risk_coverage
from qa.evaluation.measures import MEASURES
from qa.evaluation.reliability import ece, reliability
from qa.evaluation.results import Evaluation, KindResult, QuestionResult, Stamp


def summarise(
    stamp: Stamp, results: Sequence[QuestionResult], run: tuple[ScoredDoc, ...], misplaced: tuple[str, ...] = ()
) -> Evaluation:
    """Put the results together.

    Args:
        results: not empty.
    """
    decided = [result for result in results if is_answerable(result) or "false answers" in result.scores]
    probabilities = [result.probability or 0.0 for result in decided]
    right = [result.scores.get("found@3") == 1 for result in decided]
    coverage = risk_coverage(probabilities, right)
    bins = reliability(probabilities, right)
    set_measures = {
        "AUROC": auroc(*_by_answerable(decided)),
        "AURC": aurc(coverage) if decided else None,
        "ECE": ece(bins) if decided else None,
    }
    return Evaluation(
        stamp=stamp,
        measures=_in_order({**means(results), **_given(set_measures), **_latency(results)}),
        kinds=_kinds(results),
        coverage=coverage,
        operating=_operating(stamp, decided),
        reliability=bins,
        misplaced=misplaced,
        questions=tuple(results),
        run=run,
    )


def is_answerable(result: QuestionResult) -> bool:
    return "found@3" in result.scores


def means(results: Sequence[QuestionResult]) -> dict[str, float]:
    """The mean of each score over the questions it applies to."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for result in results:
        for name, value in result.scores.items():
            values[name].append(value)
    return {name: float(np.mean(found)) for name, found in values.items()}


def _by_answerable(decided: Sequence[QuestionResult]) -> tuple[list[float], list[float]]:
    """The probabilities of the answerable questions, and of the others."""
    groups: tuple[list[float], list[float]] = ([], [])
    for result in decided:
        groups[not is_answerable(result)].append(result.probability or 0.0)
    return groups


def _operating(stamp: Stamp, decided: Sequence[QuestionResult]) -> CoveragePoint | None:
    """What really was answered, which is not the probability's decision alone."""
    answered = [result for result in decided if result.outcome == "answered"]
    if not decided:
        return None
    wrong = sum(result.scores.get("quote success@3") != 1 for result in answered)
    risk = wrong / len(answered) if answered else 0.0
    return CoveragePoint(stamp.settings["answer_from"], len(answered) / len(decided), risk)


def _kinds(results: Sequence[QuestionResult]) -> dict[str, KindResult]:
    groups: defaultdict[str, list[QuestionResult]] = defaultdict(list)
    for result in results:
        groups[result.kind].append(result)
    return {
        kind: KindResult(
            len(group),
            dict(Counter(result.outcome for result in group).most_common()),
            _in_order({**means(group), **_latency(group)}),
        )
        for kind, group in groups.items()
        if kind
    }


def _latency(results: Sequence[QuestionResult]) -> dict[str, float]:
    times = [result.took_ms for result in results]
    return {f"p{percent} ms": float(np.percentile(times, percent)) for percent in (50, 95)}


def _given(measures: Mapping[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in measures.items() if value is not None}


def _in_order(measures: Mapping[str, float]) -> dict[str, float]:
    return {name: measures[name] for name in MEASURES if name in measures}
