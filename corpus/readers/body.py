"""The canonical body: what `corpus.structure` reads, written from pieces whose words are left alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_MARK = re.compile(r"(#{1,6}|-) ")
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading, a paragraph or a list item, without its mark."""

    kind: Literal["heading", "paragraph", "item"]
    text: str
    level: int = 2
    """Of a heading."""


def collapse(text: str) -> str:
    """Make every run of white space one space; change nothing else."""
    return " ".join(text.split())


def compose(pieces: Iterable[Piece]) -> str:
    """Write the body: a block a line, a blank line between blocks but not between list items."""
    body, before = "", ""
    for piece in pieces:
        if text := collapse(piece.text):
            gap = "" if not body else "\n" if piece.kind == before == "item" else "\n\n"
            body += gap + _marked(piece, text)
            before = piece.kind
    return body


def _marked(piece: Piece, text: str) -> str:
    if piece.kind == "heading":
        return f"{'#' * piece.level} {text}"
    if piece.kind == "item":
        return f"- {text}"
    # A paragraph that happens to begin like a mark keeps every character: only the kind of space differs.
    return _MARK.sub(lambda mark: mark[1] + _NO_BREAK_SPACE, text, count=1) if _MARK.match(text) else text
