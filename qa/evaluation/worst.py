"""Which questions to look at first."""

from collections.abc import Sequence

from qa.evaluation.measures import MEASURES, Measure
from qa.evaluation.results import QuestionResult

MOST = 30
"""Questions listed for a measure."""
_LOOKED_AT = (
    "nDCG@10",
    "notice recall: emergency",
    "notice recall: crisis",
    "false answers",
    "quote success@3",
    "marked right",
    "notice false alarms: emergency",
    "notice false alarms: crisis",
    "notice recall: personal",
    "notice false alarms: personal",
)
"""Measures that say what went wrong, the gravest first; the others follow from them."""


def worst_questions(results: Sequence[QuestionResult]) -> tuple[tuple[Measure, tuple[QuestionResult, ...]], ...]:
    """For each measure the questions not perfect in it: the worst first, of equals the most confident."""
    groups = ((MEASURES[name], _imperfect(MEASURES[name], results)) for name in _LOOKED_AT)
    return tuple((measure, found[:MOST]) for measure, found in groups if found)


def _imperfect(measure: Measure, results: Sequence[QuestionResult]) -> tuple[QuestionResult, ...]:
    best = 0.0 if measure.lower_is_better else 1.0
    found = (result for result in results if abs(result.scores.get(measure.name, best) - best) > 1e-9)
    return tuple(
        sorted(found, key=lambda result: (-abs(result.scores[measure.name] - best), -(result.probability or 0.0)))
    )
