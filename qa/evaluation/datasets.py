"""Question files, and what both kinds of dataset share: lines read one by one, errors that name the line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from corpus.errors import WellQuotedError
from qa.models import NoticeKind, Reason

SPLITS = ("tune", "report")
"""Of a question file: the number at the end of an id is even, odd."""

Id = Annotated[str, Field(pattern=r"^\S+$", coerce_numbers_to_str=True)]
"""No white space: ids are columns of a run file."""


class DatasetError(WellQuotedError):
    """A dataset that cannot be used. The message names the file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of a question file."""

    id: Id
    text: Annotated[str, Field(validation_alias="question", min_length=1)]
    answerable: bool | None = None
    """Whether the articles answer it; None where nobody has said. With a gold quote they do."""
    history: tuple[str, ...] = ()
    """The questions asked before, oldest first."""
    gold: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Quotes any one of which answers; some exactly when the question is answerable."""
    kind: str = ""
    notices: frozenset[NoticeKind] | None = None
    """The notices the question calls for; None where nobody has said."""
    reason: Reason | None = None
    """Why it should be declined; None where nobody has said."""
    topics: frozenset[str] = frozenset()
    """Ids of articles any one of which is a nearest topic; none where nobody has said."""


class Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T")
I = TypeVar("I", bound=Identified)  # noqa: E741 (a type variable)
_QUESTION = TypeAdapter(Question)


def load_questions(file: Path, split: str | None = None) -> tuple[Question, ...]:
    """Read a question file: JSON Lines of `id`, `question`, `answerable`, `gold`, `history`, `kind`, `notices`,
    `reason`, `topics`.

    Args:
        split: "tune" or "report"; None for all.

    Raises:
        DatasetError: names the file and the line.
    """
    if split is not None and split not in SPLITS:
        raise DatasetError(f"{file}: there is no split {split}", f"A question file has: {', '.join(SPLITS)}.")
    records = [_checked(place, question) for place, question in read_json_lines(file, _QUESTION)]
    questions = by_id(records).values()
    chosen = tuple(question for question in questions if split is None or split_of(file, question.id) == split)
    if not chosen:
        raise DatasetError(f"{file}: there are no questions" + (f" in the split {split}" if split else ""))
    return chosen


def split_of(file: Path, question_id: str) -> str:
    """The split a question belongs to by the number at the end of its id.

    Raises:
        DatasetError: it has none.
    """
    number = re.search(r"[0-9]+$", question_id)
    if not number:
        raise DatasetError(
            f"{file}: the id {question_id} has no number at its end, so it is in no split",
            "Number the ids, or leave --split out to use all questions.",
        )
    return SPLITS[int(number[0]) % 2]


def read_json_lines(file: Path, schema: TypeAdapter[T]) -> Iterator[tuple[str, T]]:
    """Yield each record after the place where it stands, `file:line`."""
    for place, line in numbered_lines(file):
        try:
            yield place, schema.validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ": ".join([place, *(str(part) for part in problem["loc"])])
            raise DatasetError(f"{where}: {problem['msg']}") from error


def numbered_lines(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines of a file that are not blank, each after its place."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file} cannot be read: {error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{file}:{number}", line


def by_id(records: Iterable[tuple[str, I]]) -> dict[str, I]:
    """The records by their ids, in order; an id may be used once."""
    found: dict[str, I] = {}
    for place, record in records:
        if record.id in found:
            raise DatasetError(f"{place}: the id {record.id} was used before")
        found[record.id] = record
    return found


def _checked(place: str, question: Question) -> tuple[str, Question]:
    if question.answerable and not question.gold:
        raise DatasetError(f"{place}: answerable, but no gold quote says by what")
    if question.gold and question.answerable is None:
        question = replace(question, answerable=True)
    if question.gold and not question.answerable:
        raise DatasetError(f"{place}: not answerable, but there is a gold quote")
    return place, question
