"""Whether the notices shown are those a question calls for."""

from collections.abc import Set
from typing import get_args

from qa.evaluation.measures import alarms_of, recall_of
from qa.models import NoticeKind


def notice_scores(wanted: Set[NoticeKind], given: Set[NoticeKind]) -> dict[str, float]:
    """Each kind counts for recall where it is called for, and for false alarms where it is not."""
    scores = {"notices exact": float(wanted == given)}
    for kind in get_args(NoticeKind):
        name = recall_of(kind) if kind in wanted else alarms_of(kind)
        scores[name] = float(kind in given)
    return scores
