"""Article text as HTML whose text content is the text itself, character for character.

Headings, paragraphs and list items become elements; what marks them in the source (`## `, `- `, blank lines) stays
in the text content, out of sight. A part may start or end inside a paragraph: its pieces then flow on in the line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from corpus.structure import Block, Span, blocks

_MARKER = re.compile(r"#{1,6}[ \t]+|[ \t]*-[ \t]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A span of a text that gets an element of its own. `attributes` are those of the element."""

    span: Span
    attributes: Markup = Markup()  # noqa: RUF009 (immutable)
    before: Markup = Markup()  # noqa: RUF009 (immutable)
    """Empty elements that go before its text."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one part holds of one block."""

    block: Block
    span: Span

    @property
    def inline(self) -> bool:
        return self.block.kind == "paragraph" and self.span != self.block.span


def characters(text: str) -> Markup:
    """Escape `text` so that its white space survives both an HTML parser and Gradio's Markdown."""
    escaped = str(escape(text))
    for character in "\t\n\r":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return Markup(escaped)  # noqa: S704 (escaped above)


def as_html(text: str, parts: Iterable[Part] = (), marks: Sequence[Span] = (), heading_level: int = 2) -> Markup:
    """Render `text`: its `parts`, disjoint and in order, in a `<div>` each, and `marks` in `<mark>`.

    Args:
        heading_level: the HTML level of the outermost headings of `text`.
    """
    found = list(blocks(text))
    outermost = min((_hashes(text, block) for block in found if block.kind == "heading"), default=1)
    render = _PieceRenderer(text, marks, heading_level - outermost)
    out: list[Markup] = []
    for part, own in _cover(parts, len(text)):
        pieces = _pieces(found, part.span)
        body = _flow(text, part.span, pieces, render)
        out.append(_wrapped(part, pieces, body) if own else body)
    return Markup().join(out)


def _cover(parts: Iterable[Part], end: int) -> Iterator[tuple[Part, bool]]:
    """Yield the parts, flagged as such, and the text around them."""
    at = 0
    for part in parts:
        if at < part.span.start:
            yield Part(Span(at, part.span.start)), False
        yield part, True
        at = part.span.end
    if at < end:
        yield Part(Span(at, end)), False


def _pieces(found: Iterable[Block], span: Span) -> list[_Piece]:
    cut = [_Piece(block, Span(max(block.span.start, span.start), min(block.span.end, span.end))) for block in found]
    return [piece for piece in cut if piece.span.start < piece.span.end]


def _wrapped(part: Part, pieces: Sequence[_Piece], body: Markup) -> Markup:
    kind = "part part-inline" if any(piece.inline for piece in pieces) else "part"
    return Markup('<div class="{}" {}>{}{}</div>').format(kind, part.attributes, part.before, body)


def _flow(text: str, span: Span, pieces: Sequence[_Piece], render: Callable[[_Piece], Markup]) -> Markup:
    """The pieces with the white space between them; runs of list items in a list."""
    out: list[Markup] = []
    at = span.start
    for is_list, run in groupby(pieces, key=lambda piece: piece.block.kind == "item"):
        body: list[Markup] = []
        for piece in run:
            (out if is_list and not body else body).append(characters(text[at : piece.span.start]))
            body.append(render(piece))
            at = piece.span.end
        joined = Markup().join(body)
        out.append(Markup("<ul>{}</ul>").format(joined) if is_list else joined)
    return Markup().join([*out, characters(text[at : span.end])])


def _hashes(text: str, heading: Block) -> int:
    source = heading.span.of(text)
    return len(source) - len(source.lstrip("#"))


def _gap(there: bool) -> Markup:
    """What keeps two paragraphs apart when both flow in a line."""
    return Markup('<span class="gap"></span>') if there else Markup()


@dataclass(frozen=True, slots=True)
class _PieceRenderer:
    text: str
    marks: Sequence[Span]
    deeper: int
    """HTML heading level less the number of `#`."""

    def __call__(self, piece: _Piece) -> Markup:
        marker = self._marker(piece)
        body = Markup().join(self._marked(Span(piece.span.start + len(marker), piece.span.end)))
        if marker:
            body = Markup('<span class="marker" aria-hidden="true">{}</span>{}').format(characters(marker), body)
        if piece.inline:
            return Markup('{}<p class="inline">{}</p>{}').format(
                _gap(piece.span.start == piece.block.span.start), body, _gap(piece.span.end == piece.block.span.end)
            )
        return Markup("<{0}>{1}</{0}>").format(self._element(piece), body)

    def _element(self, piece: _Piece) -> str:
        if piece.block.kind != "heading":
            return "li" if piece.block.kind == "item" else "p"
        return f"h{min(6, _hashes(self.text, piece.block) + self.deeper)}"

    def _marker(self, piece: _Piece) -> str:
        if piece.block.kind == "paragraph" or piece.span.start != piece.block.span.start:
            return ""
        match = _MARKER.match(piece.span.of(self.text))
        return match[0] if match else ""

    def _marked(self, span: Span) -> Iterator[Markup]:
        at = span.start
        for mark in self.marks:
            start, end = max(mark.start, at), min(mark.end, span.end)
            if start < end:
                yield characters(self.text[at:start])
                yield Markup("<mark>{}</mark>").format(characters(self.text[start:end]))
                at = end
        yield characters(self.text[at : span.end])
