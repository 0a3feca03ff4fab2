"""A question-and-answer record -> the fields and the body of an article: a section a question.

The form is that of MedQuAD: `{"focus", "url", "source", "qa": [{"question", "answer"}]}`; any field of an article file
may stand beside them. Answers are often flattened: what was a list or a new paragraph is only wide white space.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from corpus.readers.body import Piece, collapse, compose
from corpus.readers.fields import KNOWN, is_id, slug
from corpus.readers.layout import lines, pieces
from corpus.readers.reading import Dropped
from corpus.readers.text import unfold

NAMES = {"title": "focus", "publisher": "source"}
"""Article field -> what such a record calls it."""

_BULLET = re.compile(r"(?<=\S)[ \t]{2,}(?=-[ \t]+\S)")
"""The white space before a list item that was put on one line with the text before it."""
_LEVEL = 2
"""Of the heading a question becomes; those in an answer go below it."""
_SUFFIX = 6
"""Hexadecimal digits that keep pages on one subject apart."""


def is_record(fields: Mapping[str, object]) -> bool:
    """Whether a JSON object is of this form."""
    return "qa" in fields and "text" not in fields


def read_record(fields: Mapping[str, object]) -> tuple[dict[str, object], str, tuple[Dropped, ...]]:
    """The fields of the article, its body, and what was left out. The body is empty if nothing is answered."""
    named = {key: fields.get(key) or fields.get(NAMES.get(key, key)) for key in KNOWN}
    if isinstance(named["title"], str):
        named["title"] = collapse(named["title"])
    dropped = tuple(Dropped("unknown field", key) for key in fields if key not in (*KNOWN, *NAMES.values(), "qa"))
    if named["id"] and not is_id(named["id"]):
        dropped += (Dropped("id", str(named["id"])),)
        named["id"] = None
    named["id"] = named["id"] or _id(str(named["title"] or ""), str(named["url"] or ""))
    found, unanswered = _pairs(fields["qa"])
    body = compose(piece for question, answer in found for piece in _section(question, answer))
    return named, body, dropped + unanswered


def _id(title: str, url: str) -> str:
    """Made of the title, and of the address, for several pages may have one title."""
    suffix = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:_SUFFIX]
    return f"{slug(title)}-{suffix}" if url else slug(title)


def _pairs(qa: object) -> tuple[list[tuple[str, str]], tuple[Dropped, ...]]:
    """The questions with their answers, and what has not both."""
    found: list[tuple[str, str]] = []
    dropped: list[Dropped] = []
    for pair in qa if isinstance(qa, list) else [qa]:
        question, answer = (_text(pair, key) for key in ("question", "answer"))
        if question and answer:
            found.append((question, answer))
        elif question:
            dropped.append(Dropped("question without an answer", question))
        else:
            dropped.append(Dropped("not a question", str(pair)))
    return found, tuple(dropped)


def _text(pair: object, key: str) -> str:
    value = pair.get(key) if isinstance(pair, Mapping) else None
    return value.strip() if isinstance(value, str) else ""


def _section(question: str, answer: str) -> Iterator[Piece]:
    yield Piece("heading", question, _LEVEL)
    for piece in pieces(unfold(lines(_BULLET.sub("\n", answer)))):
        deeper = min(6, max(piece.level, _LEVEL) + 1)
        yield replace(piece, level=deeper) if piece.kind == "heading" else piece
