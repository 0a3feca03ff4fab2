"""Questions and messages written for this project; docs/quality.md says how.

The writers were language models, each told the task and nothing of how the product decides. A question names its
article and, where that answers it, the answer: of the shipped articles its words; of MedlinePlus, whose text is not in
the project, the place. A set of one writer, on articles of its own, is in one part as a whole: `train` for the judges,
`fit` for what is set after, `report` for neither. From `asked.jsonl`, all for the shipped site, only the listener for
emergencies has learnt: docs/quality.md has why.
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
    """A question on one article of a site."""

    site: Site
    part: Part
    article: str
    text: str
    answer: tuple[int, int] | str | None
    """The characters of the article's text that answer it, or the words themselves; None if no article does."""

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
    every = (
        Written(line["site"], line["part"], line["article"], line["question"], _answer(line["answer"]))
        for line in _lines("questions.jsonl")
    )
    return [question for question in every if (question.site, question.part) == (site, part)]


def asked(part: Part) -> list[str]:
    """Questions for the shipped site, and what people type there beside its subject, that call for no notice."""
    return [line["question"] for line in _shipped() if line["part"] == part and not line.get("urgent")]


def urgent() -> list[str]:
    """The others among them: they call for a notice, or may."""
    return [line["question"] for line in _shipped() if line.get("urgent")]


def messages(part: Part) -> list[Message]:
    every = (Message(line["part"], line["message"], frozenset(line["notices"])) for line in _lines("messages.jsonl"))
    return [message for message in every if message.part == part]


def _shipped() -> Iterator[dict]:  # type: ignore[type-arg]
    yield from (line for line in _lines("questions.jsonl") if line["site"] == "shipped")
    yield from _lines("asked.jsonl")


def _answer(stored: list[int] | str | None) -> tuple[int, int] | str | None:
    return (stored[0], stored[1]) if isinstance(stored, list) else stored


def _lines(name: str) -> Iterator[dict]:  # type: ignore[type-arg]
    with (_DATA / name).open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)
