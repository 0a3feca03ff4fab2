"""The shape of an article's body: blocks, sections and sentences, as exact half-open spans.

The body is plain text: `#` headings, paragraphs parted by blank lines, `- ` list items, no inline markup.
All offsets count Unicode code points. Only `\\n` ends a line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sentencex

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range [start, end) of code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or one list item with its marker."""

    kind: Literal["heading", "paragraph", "item"]
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """The text below one heading, up to the next. `path` is the headings above it, outermost first."""

    path: tuple[str, ...]
    span: Span


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of `text` in order; blank lines belong to none."""
    paragraph: Span | None = None
    for line in _lines(text):
        kind = _kind(line.of(text))
        if paragraph and kind != "paragraph":
            yield Block("paragraph", paragraph)
            paragraph = None
        if kind == "paragraph":
            paragraph = Span(paragraph.start if paragraph else line.start, line.end)
        elif kind:
            yield Block(kind, line)
    if paragraph:
        yield Block("paragraph", paragraph)


def sections(text: str) -> tuple[Section, ...]:
    """Split `text` at its headings. Text before the first heading has an empty path."""
    found: list[Section] = []
    path: list[tuple[int, str]] = []
    start = 0
    for block in blocks(text):
        if block.kind != "heading":
            continue
        found.append(Section(tuple(title for _, title in path), Span(start, block.span.start)))
        level, title = _heading(block.span.of(text))
        path = [entry for entry in path if entry[0] < level] + [(level, title)]
        start = block.span.end
    found.append(Section(tuple(title for _, title in path), Span(start, len(text))))
    return tuple(section for section in found if section.span.of(text).strip())


def sentences(text: str) -> Iterator[Span]:
    """Yield the sentences of `text` without surrounding white space or list markers. Headings are not sentences."""
    for block in blocks(text):
        if block.kind != "heading":
            yield from block_sentences(text, block)


def block_sentences(text: str, block: Block) -> Iterator[Span]:
    """Yield the sentences of one paragraph or list item."""
    source = block.span.of(text)
    marker = _ITEM.match(source) if block.kind == "item" else None
    offset = marker.end() if marker else 0
    for boundary in sentencex.get_sentence_boundaries("en", source[offset:]):
        start, end = offset + boundary["start_index"], offset + boundary["end_index"]
        piece = source[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield Span(block.span.start + start + lead, block.span.start + start + len(piece.rstrip()))


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        yield Span(start, start + len(line))
        start += len(line) + 1


def _kind(line: str) -> Literal["heading", "paragraph", "item"] | None:
    if not line.strip():
        return None
    if _HEADING.match(line):
        return "heading"
    return "item" if _ITEM.match(line) else "paragraph"


def _heading(line: str) -> tuple[int, str]:
    match = _HEADING.match(line)
    assert match, "blocks() only calls a line a heading when it matches"
    return len(match[1]), match[2].strip()
