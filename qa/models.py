"""Answer: what a question gets back. Its JSON form is a contract; see `as_json`."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["answered", "no_answer"]
Reason = Literal["not_covered", "unclear", "not_a_question", "empty_index"]
Level = Literal["high", "medium", "low"]
NoticeKind = Literal["emergency", "crisis", "personal"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Fixed, maintainer-edited text shown above an answer."""

    kind: NoticeKind
    text: str


def in_danger(notices: Iterable[Notice]) -> bool:
    """Whether one of them says that somebody may be in danger now."""
    return any(notice.kind in {"crisis", "emergency"} for notice in notices)


@dataclass(frozen=True, slots=True)
class Confidence:
    """How likely the passages answer the question: calibrated `probability` in [0, 1] and its level in words."""

    level: Level
    probability: float


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """Where a passage stands. Dates are ISO 8601 days."""

    id: str
    title: str
    url: str
    publisher: str | None
    published: str | None
    reviewed: str | None
    review_status: str
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlsoIn:
    """Another article with the words of a passage; white space and case may differ there."""

    id: str
    """Of the passage there, `article:start-end`."""
    article: CitedArticle
    source_link: str
    article_link: str


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage of an answer. `text` is the article's `[start:end)`; `highlights` are half-open spans of `text`."""

    number: int
    id: str
    text: str
    start: int
    end: int
    highlights: tuple[tuple[int, int], ...]
    score: float
    why: str
    article: CitedArticle
    source_link: str
    article_link: str
    also_in: tuple[AlsoIn, ...] = ()
    """The same words elsewhere: quoted once, with every citation."""


@dataclass(frozen=True, slots=True)
class Topic:
    """An article section near a question that got no answer."""

    title: str
    article_id: str
    article_link: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`searched` is what was really searched; `reason` is None exactly when `status` is "answered"."""

    question: str
    searched: str
    status: Status
    reason: Reason | None
    confidence: Confidence
    notices: tuple[Notice, ...]
    passages: tuple[CitedPassage, ...]
    nearest: tuple[Topic, ...]
    snapshot: str | None
    took_ms: float


def as_json(answer: Answer) -> dict[str, object]:
    """The answer as JSON types, key for key as `docs/json.md` describes it."""
    return asdict(answer)
