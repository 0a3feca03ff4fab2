"""HTML -> its blocks in reading order: headings, paragraphs, items and table rows, every word as it stands.

What is no text (scripts, forms, pictures) has no block. Which blocks are the article is not decided here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import lxml.etree

from corpus.readers.body import Piece, collapse
from corpus.readers.page_source import Element
from corpus.readers.reading import Dropped

_NO_TEXT = frozenset(
    "script style noscript template svg math iframe object embed canvas audio video select textarea input option"
    " datalist meter progress dialog head map area picture".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table"
    " caption thead tbody tfoot tr td th ul".split()
)
_NUMBER = re.compile(r"[-+\u2212]?[0-9]{1,4}")
_SUPERSCRIPTS = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_BACK = ("↑", "↩", "^")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


@dataclass(slots=True)
class Block:
    """A run of text that no block element parts. For a table, a block is one row."""

    piece: Piece
    element: Element
    """The innermost block element that holds it."""
    linked: int = 0
    """Characters of it that are links."""
    marks: list[str] = field(default_factory=list)
    """Marks of notes ("1" in "harmless¹") that were left out of the text."""


def blocks(root: Element) -> Iterator[Block]:
    """Yield the blocks below `root` in reading order. Blank ones are left out."""
    return _Walk().of(root)


class _Walk:
    """One walk through a page: the text that has come since the last block ended."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._linked = 0
        self._marks: list[str] = []
        self._breaks = 0
        self._links = 0
        self._owners: list[Element] = []
        self._item: Element = None
        """The list item whose first block has not come."""
        self._rows = _Rows()

    def of(self, root: Element) -> Iterator[Block]:
        """Without recursion: pages nest deeper than Python does."""
        left_out: Element = None
        self._owners = [root]
        for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
            if left_out is not None:
                if element is left_out and event == "end":
                    left_out = None
                    self._add(element.tail)
            elif event == "start" and self._has_no_text(element):
                left_out = element
            elif event == "start":
                yield from self._start(element)
                self._add(_raised(element.text) if element.tag == "sup" else element.text)
            else:
                yield from self._end(element)
                self._add(element.tail if element is not root else None)

    def _has_no_text(self, element: Element) -> bool:
        if _is_note_mark(element):
            self._marks.append(collapse("".join(element.itertext())))
            return True
        return element.tag in _NO_TEXT

    def _start(self, element: Element) -> Iterator[Block]:
        self._links += element.tag == "a"
        if element.tag == "br":
            yield from self._break()
        elif self._parts(element):
            yield from self._flush()
            self._owners.append(element)
            self._rows.start(element)
            self._item = element if element.tag == "li" else self._item

    def _end(self, element: Element) -> Iterator[Block]:
        self._links -= element.tag == "a"
        if element is self._owners[-1]:
            yield from self._flush()
            yield from self._rows.end(element)
            self._owners.pop()
            self._item = None if element is self._item else self._item

    def _parts(self, element: Element) -> bool:
        """Whether text before and after an element's start is apart; a button in a heading is the heading."""
        return element.tag in _BLOCKS or (element.tag == "button" and not _heads(self._owners[-1]))

    def _add(self, text: str | None) -> None:
        if text:
            self._text.append(text)
            if text.strip():
                self._breaks = 0
                self._linked += len(text) if self._links else 0

    def _break(self) -> Iterator[Block]:
        """Two line breaks in a row part paragraphs; one is a space."""
        self._breaks += 1
        self._text.append("\n")
        if self._breaks > 1:
            yield from self._flush()

    def _flush(self) -> Iterator[Block]:
        if text := collapse("".join(self._text)):
            owner = self._owners[-1]
            block = Block(self._piece(owner, text), owner, self._linked, self._marks)
            self._item = None
            if not self._rows.take(block):
                yield block
        self._text, self._linked, self._marks, self._breaks = [], 0, [], 0

    def _piece(self, owner: Element, text: str) -> Piece:
        if level := _heads(owner):
            return Piece("heading", text, level)
        if owner.tag in ("summary", "dt", "button") and text.endswith("?"):
            return Piece("heading", text, 3)
        return Piece("item" if self._item is not None else "paragraph", text)


def _heads(owner: Element) -> int:
    """The level of a block's heading, or 0."""
    if owner.get("role") == "heading":
        level = str(owner.get("aria-level"))
        return min(int(level), 6) if level in "123456789" else 2
    parent = owner.getparent()
    inside = parent.tag if parent is not None else ""
    return _HEADINGS.get(owner.tag) or _HEADINGS.get(inside) or 0


def _raised(text: str | None) -> str | None:
    """A superscript number as it looks: 10 to the power of 6 must not become 106."""
    return text.translate(_SUPERSCRIPTS) if text and _NUMBER.fullmatch(text) else text


def _is_note_mark(element: Element) -> bool:
    """Whether an element only points to a note or back from it; "m²" and "10⁶" are text."""
    if element.tag == "a" and str(element.get("href")).startswith("#"):
        return collapse("".join(element.itertext())) in _BACK
    if element.tag != "sup":
        return False
    parent = element.getparent()
    link = parent if parent is not None and parent.tag == "a" else element.find(".//a")
    return link is not None and "#" in str(link.get("href"))


@dataclass(slots=True)
class _Table:
    element: Element
    headers: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    heads: bool = True
    """Whether all cells of the row so far are header cells."""
    rows: int = 0


class _Rows:
    """The tables that are open: their cells are gathered into a block a row, each cell with its column's header."""

    def __init__(self) -> None:
        self._tables: list[_Table | None] = []

    def start(self, element: Element) -> None:
        if element.tag == "table":
            self._tables.append(_Table(element) if _holds_data(element) else None)
        elif table := self._open():
            if element.tag == "tr":
                table.cells, table.blocks, table.heads = [], [], True
            elif element.tag in ("td", "th"):
                table.cells.append("")
                table.heads = table.heads and (element.tag == "th" or element.getparent().getparent().tag == "thead")

    def take(self, block: Block) -> bool:
        """Keep a block for the row it stands in."""
        table = self._open()
        if not table or not table.cells:
            return False
        table.cells[-1] = f"{table.cells[-1]} {block.piece.text}".strip()
        table.blocks.append(block)
        return True

    def end(self, element: Element) -> Iterator[Block]:
        table = self._open()
        if element.tag == "table":
            self._tables.pop()
            if table and table.headers and not table.rows:
                yield Block(Piece("item", "; ".join(filter(None, table.headers))), element)
        elif element.tag == "tr" and table:
            bold = not table.rows and all(_bold(cell) for cell in element)
            if (table.heads or bold) and len(table.cells) > 1 and not table.headers:
                table.headers = table.cells
            elif text := _row(table):
                table.rows += 1
                marks = [mark for block in table.blocks for mark in block.marks]
                yield Block(Piece("item", text), element, sum(block.linked for block in table.blocks), marks)
            table.cells = []

    def _open(self) -> _Table | None:
        return self._tables[-1] if self._tables else None


def _bold(cell: Element) -> bool:
    """Whether all that a cell says is bold: Word and many pages mark the first row so, and in no other way."""
    strong = " ".join("".join(each.itertext()) for each in cell.iter("b", "strong"))
    return bool(strong.strip()) and collapse(strong) == collapse("".join(cell.itertext()))


def _row(table: _Table) -> str:
    """The row as a line: "Header: cell; Header: cell". A cell is written whole, one without a header by itself."""
    named = []
    for at, cell in enumerate(table.cells):
        header = table.headers[at] if at < len(table.headers) else ""
        if cell:
            named.append(f"{header.rstrip(':')}: {cell}" if header and len(table.headers) == len(table.cells) else cell)
    return "; ".join(named)


def _holds_data(table: Element) -> bool:
    """Whether a table has rows of several short cells; the others only lay out a page."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return False
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    several = [row for row in rows if len(row) > 1]
    long = any(len("".join(cell.itertext())) > 1500 for row in several for cell in row)
    return bool(several) and not long and not any(cell.find(".//h1") is not None for row in several for cell in row)


def left_out(found: list[Block]) -> tuple[Dropped, ...]:
    """The marks of notes that are not in the text of these blocks."""
    return tuple(Dropped("note mark", mark) for block in found for mark in block.marks if mark)
