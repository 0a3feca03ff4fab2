"""Questions and messages written for this project; docs/quality.md says how.

The writers were language models, each told the task and nothing of how the product decides. A question names its
article and, where that answers it, the answer: of the shipped articles its words; of MedlinePlus, whose text is not in
the project, the place. A set of one writer, of MedlinePlus on articles of its own, is in one part as a whole: `train`
for the judges, `fit` for what is set after, `report` for neither.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.models import Passage
from qa.models import NoticeKind

Part = Literal["train", "fit", "report"]
Site = Literal["shipped", "medlineplus"]
BEGINNING = 40
_DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody asks of a site, mostly on one of its articles."""

    site: Site
    part: Part
    article: str | None
    """None for what is beside the site's subject: other illnesses, other things, or nothing at all."""
    text: str
    answer: tuple[int, int] | str | None
    """The characters of the article's text that answer it, or the words themselves; None if no article does."""
    history: tuple[str, ...] = ()
    """What the same person asked before, oldest first."""
    urgent: bool = False
    """It calls for a notice as well, or may."""

    def answered_by(self, passage: Passage) -> bool:
        """Whether the answer, or the beginning of it, stands in the passage."""
        if self.answer is None or passage.article_id != self.article:
            return False
        if isinstance(self.answer, str):
            return self.answer[:BEGINNING] in passage.text
        return passage.start <= self.answer[0] < passage.end


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody typed, and the notices it calls for."""

    part: Part
    text: str
    notices: frozenset[NoticeKind]


def questions(site: Site, part: Part) -> list[Written]:
    return [question for question in _every(site) if question.part == part]


def asked(part: Part) -> list[str]:
    """Questions for the shipped site, and what people type there beside its subject, that call for no notice."""
    return [question.text for question in questions("shipped", part) if not question.urgent]


def urgent() -> list[str]:
    """The others among them: they call for a notice, or may."""
    return [question.text for question in _every("shipped") if question.urgent]


def messages(part: Part) -> list[Message]:
    every = (Message(line["part"], line["message"], frozenset(line["notices"])) for line in _lines("messages.jsonl"))
    return [message for message in every if message.part == part]


def _every(site: Site) -> list[Written]:
    return [
        Written(
            site,
            line["part"],
            line["article"],
            line["question"],
            _answer(line["answer"]),
            tuple(line.get("history", ())),
            line.get("urgent", False),
        )
        for line in _lines(f"questions/{site}.jsonl")
    ]


def _answer(stored: list[int] | str | None) -> tuple[int, int] | str | None:
    return (stored[0], stored[1]) if isinstance(stored, list) else stored


def _lines(name: str) -> Iterator[dict]:  # type: ignore[type-arg]
    with (_DATA / name).open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)
