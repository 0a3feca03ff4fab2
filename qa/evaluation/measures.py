"""The names of all measures, in the order they are shown, and what each means."""

from dataclasses import dataclass
from typing import get_args

from qa.models import NoticeKind

APART = frozenset({"emergency", "crisis", "not-a-question"})
"""Kinds whose unanswerable questions are counted apart: what matters there is the notice, or the reason."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number an evaluation gives."""

    name: str
    meaning: str
    lower_is_better: bool = False

    def is_worse(self, value: float, limit: float) -> bool:
        return value > limit if self.lower_is_better else value < limit


def _notice_measures() -> list[Measure]:
    kinds = get_args(NoticeKind)
    recall = [Measure(recall_of(kind), f"share of the calls for the {kind} notice that got it") for kind in kinds]
    alarms = [Measure(alarms_of(kind), f"share of the others that got the {kind} notice", True) for kind in kinds]
    return [Measure("notices exact", "share of questions with just the notices they call for"), *recall, *alarms]


def recall_of(kind: NoticeKind) -> str:
    return f"notice recall: {kind}"


def alarms_of(kind: NoticeKind) -> str:
    return f"notice false alarms: {kind}"


_ALL = (
    Measure("nDCG@10", "gain of the first 10 documents, graded, discounted by rank, of the best possible"),
    Measure("RR@10", "1 / rank of the first relevant document among 10"),
    Measure("R@100", "share of the relevant documents that are among the first 100"),
    Measure("Success@1", "the first document is relevant"),
    Measure("Success@3", "one of the first 3 documents is relevant"),
    Measure("quote success@1", "answerable: a gold quote stands in the first passage shown; declined counts 0"),
    Measure("quote success@3", "answerable: a gold quote stands in the passages shown; declined counts 0"),
    Measure("found@1", "answerable: a gold quote stands in the first passage found, whether shown or not"),
    Measure("found@3", "answerable: a gold quote stands in the first 3 passages found, whether shown or not"),
    Measure("false declines", "answerable: share that got no answer", True),
    Measure("false answers", "unanswerable: share that got an answer", True),
    Measure("answers set apart", f"unanswerable {', '.join(sorted(APART))}: share that got an answer", True),
    Measure("reason right", "declined as it should be: share with the reason that is the right one"),
    Measure("topics right", "declined as it should be: share with a nearest topic that is one of those wanted"),
    Measure("marked right", "first passage holds a gold quote: what is marked in it overlaps one"),
    Measure("nothing marked", "first passage holds a gold quote: nothing in it is marked", True),
    *_notice_measures(),
    Measure("AUROC", "a random answerable question has a higher probability than an unanswerable one"),
    Measure("AURC", "share of answers that are wrong, mean over all thresholds", True),
    Measure("ECE", "difference between probability and share found, mean over 10 bins", True),
    Measure("p50 ms", "half of the questions took no longer", True),
    Measure("p95 ms", "95 % of the questions took no longer", True),
)

MEASURES = {measure.name: measure for measure in _ALL}
