"""One evaluation as one HTML file that asks no other machine for anything."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from markupsafe import Markup

from corpus.structure import Span
from qa.evaluation.abstention import CoveragePoint
from qa.evaluation.measures import MEASURES
from qa.evaluation.plots import Axes, histogram
from qa.evaluation.results import Evaluation, Shown
from qa.evaluation.worst import worst_questions
from qa.render import page_html
from qa.verbatim import as_html

BY_KIND = (
    "quote success@1",
    "quote success@3",
    "found@3",
    "false declines",
    "false answers",
    "answers set apart",
    "marked right",
    "notices exact",
    "p95 ms",
)
"""What the table of kinds shows; the JSON has all."""
COVERAGES = (0.25, 0.5, 0.75, 0.9, 1)
"""Shares answered for which a table gives the risk."""


def report_html(evaluation: Evaluation) -> str:
    """The report: measures overall and by kind, plots, and the worst questions with what was wanted."""
    return page_html(
        "report.html",
        evaluation=evaluation,
        stamp=asdict(evaluation.stamp),
        measures=MEASURES,
        by_kind=[name for name in BY_KIND if any(name in kind.measures for kind in evaluation.kinds.values())],
        outcomes=_outcomes(evaluation),
        coverage_rows=_coverage_rows(evaluation),
        coverage_plot=_coverage_plot(evaluation),
        reliability_plot=_reliability_plot(evaluation),
        latency_plot=_latency_plot(evaluation),
        worst=worst_questions(evaluation.questions),
        number=number,
        quoted=_quoted,
    )


def number(name: str, measures: Mapping[str, float]) -> str:
    """A measure as people read it; a dash where it does not apply."""
    if name not in measures:
        return "–"
    return f"{measures[name]:.1f}" if name.endswith(" ms") else f"{measures[name]:.3f}"


def _outcomes(evaluation: Evaluation) -> Sequence[str]:
    """What came of the questions of all kinds, the answers first."""
    found = {outcome for kind in evaluation.kinds.values() for outcome in kind.outcomes}
    return sorted(found, key=lambda outcome: (outcome != "answered", outcome))


def _quoted(passage: Shown) -> Markup:
    return as_html(passage.text, marks=[Span(*mark) for mark in passage.marks], heading_level=5)


def _coverage_rows(evaluation: Evaluation) -> Sequence[CoveragePoint]:
    """The curve at some shares answered, each the first that reaches it."""
    if not evaluation.coverage:
        return []
    return [next(point for point in evaluation.coverage if point.coverage >= share) for share in COVERAGES]


def _coverage_plot(evaluation: Evaluation) -> Markup | None:
    now = evaluation.operating
    if not now:
        return None
    axes = Axes("Risk-coverage curve: the more is answered, the more of it is wrong", "share answered", "share wrong")
    curve = axes.line((point.coverage, point.risk) for point in evaluation.coverage)
    here = axes.dot(now.coverage, now.risk, f"today: {now.coverage:.3f} answered, {now.risk:.3f} of it wrong", 6)
    return axes.draw(curve, here)


def _reliability_plot(evaluation: Evaluation) -> Markup | None:
    bins = evaluation.reliability
    if not bins:
        return None
    axes = Axes("Reliability: share found against the probability that was given", "probability", "share found")
    most = max(b.count for b in bins)
    dots = [axes.dot(b.probability, b.share, f"{b.count} questions", 3 + 7 * b.count / most) for b in bins]
    return axes.draw(axes.line([(0, 0), (1, 1)], "ideal"), axes.line((b.probability, b.share) for b in bins), *dots)


def _latency_plot(evaluation: Evaluation) -> Markup:
    times = [question.took_ms for question in evaluation.questions]
    return histogram("How long the questions took", times, "milliseconds")
