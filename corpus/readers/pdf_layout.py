"""The lines of a PDF's pages, and what they make: headings by size, paragraphs by spacing, rows by their columns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot
from statistics import median
from typing import Any

from corpus.readers.body import collapse
from corpus.readers.layout import BULLET, Line, looks_like_title
from corpus.readers.reading import Dropped

_LARGER = 1.12
"""Times the size of most of the text: a heading's."""
_APART = 1.4
"""Times the usual distance of two lines: a paragraph's end."""
_FULL = 0.85
"""Of the longest lines: one that would be longer with the next word was wrapped there."""
_MARGIN = 0.1
"""Of a page's height: where running heads and page numbers stand."""
_COLUMN = 1.5
"""Points that the cells of a column may be out of line. Pieces of a sentence stand below each other by chance only."""
_MARK = re.compile(r"\s*(?:\d{1,3}[.)]|\W)\s*")
"""A list item's, which is set apart from its text."""
_NUMBERED = re.compile(r"\d{1,3}[.)]\s")
_PRINTED = re.compile(
    r"(?:page )?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?|[ivxl]{1,6}"
    r"|(?:file|https?)://\S+(?: [\d/]+)?|\d{1,2}/\d{1,2}/\d{2,4}, \d{1,2}:\d\d.*",
    re.IGNORECASE,
)
"""A page number, or what a browser prints above and below a page."""
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line as it was set, with its place in points from the left: a cell of a table, or a bold word."""

    text: str
    left: float


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line as it was set, in points from the page's lower left corner."""

    cells: tuple[Cell, ...]
    size: float
    bold: bool
    bottom: float
    page: int
    edge: bool
    """Whether it stands in the margin above or below the text."""

    @property
    def text(self) -> str:
        return collapse("".join(cell.text for cell in self.cells))

    @property
    def left(self) -> float:
        return self.cells[0].left


@dataclass(slots=True)
class _Fragment:
    text: str
    left: float
    bottom: float
    size: float
    bold: bool


def page_lines(page: Any, number: int) -> Iterator[SetLine]:
    """Yield the lines of a page in the order they were set."""
    rows: list[list[_Fragment]] = [[]]

    def take(text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        for at, part in enumerate(text.translate(_LIGATURES).split("\n")):
            if at:
                rows.append([])
            if part.strip():
                left = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                bottom = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                scale = hypot(tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3])
                bold = bool(re.search("bold|black|heavy", str((font or {}).get("/BaseFont", "")), re.IGNORECASE))
                rows[-1].append(_Fragment(part, left, bottom, size * scale, bold))

    page.extract_text(visitor_text=take)
    height, low = float(page.mediabox.height) or 1.0, float(page.mediabox.bottom)
    for row in rows:
        if row:
            part = (row[0].bottom - low) / height
            yield _line(row, number, not _MARGIN < part < 1 - _MARGIN)


def _line(row: Sequence[_Fragment], page: int, edge: bool) -> SetLine:
    letters = sum(len(each.text) for each in row)
    size = sum(each.size * len(each.text) for each in row) / letters
    bold = sum(len(each.text) for each in row if each.bold) > letters / 2
    cells = tuple(Cell(each.text, each.left) for each in row)
    return SetLine(cells, round(size, 1), bold, row[0].bottom, page, edge)


def without_margins(found: Sequence[SetLine], pages: int) -> tuple[list[SetLine], tuple[Dropped, ...]]:
    """Leave out running heads, which stand on most pages, page numbers, and the address that a browser prints."""
    counts = Counter(_same(line) for line in found if line.edge)
    kept, dropped = [], []
    for line in found:
        repeated = pages > 1 and counts[_same(line)] > pages / 2
        if line.edge and (repeated or _PRINTED.fullmatch(line.text)):
            dropped.append(Dropped("page header or footer", line.text))
        else:
            kept.append(line)
    return kept, tuple(dict.fromkeys(dropped))


def _same(line: SetLine) -> str:
    return re.sub(r"\d+", "0", line.text)


def laid_out(found: Sequence[SetLine]) -> tuple[str, list[Line]]:
    """The largest heading of the first page, and the lines of the text: a paragraph each, headings with their mark."""
    body = Counter[float]()
    for line in found:
        body[line.size] += len(line.text)
    usual = body.most_common(1)[0][0] if body else 0.0
    setting = _Setting(usual, _leading(found), _width(found), frozenset(_words(found)))
    joined = _joined(list(_rows(found)), setting)
    sizes = sorted({line.size for line, _ in joined if _heads(line, setting)}, reverse=True)
    first = [line for line, _ in joined if _heads(line, setting) and line.page == 0]
    largest = max(first, key=lambda line: line.size).text if first else ""
    lines: list[Line] = []
    for line, gap in joined:
        mark = f"{'#' * min(sizes.index(line.size) + 1, 6)} " if _heads(line, setting) else ""
        lines.append(Line(mark + line.text, gap or bool(mark) or bool(lines and lines[-1].text.startswith("#"))))
    return largest, lines


@dataclass(frozen=True, slots=True)
class _Setting:
    """How most of the text is set."""

    size: float
    leading: float
    """Points from line to line."""
    width: int
    """Letters of a full line."""
    words: frozenset[str]
    """All words of the document: they tell a hyphen of a word from one at a line's end."""


def _leading(found: Sequence[SetLine]) -> float:
    steps = [
        last.bottom - line.bottom
        for last, line in pairwise(found)
        if last.page == line.page and last.size == line.size and 0 < last.bottom - line.bottom < 4 * line.size
    ]
    return median(steps) if steps else 0.0


def _width(found: Sequence[SetLine]) -> int:
    lengths = sorted(len(line.text) for line in found)
    return lengths[-1 - len(lengths) // 20] if lengths else 0


def _words(found: Sequence[SetLine]) -> Iterator[str]:
    for line in found:
        yield from re.findall(r"[\w-]+", line.text.lower())


def _rows(found: Sequence[SetLine]) -> Iterator[SetLine]:
    """The lines; those of a table with their cells apart: "Header: cell; Header: cell" below a bold row."""
    headers: tuple[str, ...] = ()
    for at, line in enumerate(found):
        neighbours = [*found[max(0, at - 1) : at], *found[at + 1 : at + 2]]
        if len(line.cells) < 2 or not any(_aligned(line, other) for other in neighbours):
            headers = ()
            yield line
            continue
        texts = tuple(collapse(cell.text) for cell in line.cells)
        if line.bold and not headers:
            headers = texts
            continue
        named = len(headers) == len(texts)
        row = "; ".join(
            f"{head}: {text}" if named else text for head, text in zip(headers or texts, texts, strict=False)
        )
        yield replace(line, cells=(Cell(f"• {row}", line.left),))


def _aligned(line: SetLine, other: SetLine) -> bool:
    """Whether two lines are rows of one table: their cells begin at the same places."""
    if len(line.cells) != len(other.cells) or line.page != other.page or _MARK.fullmatch(line.cells[0].text):
        return False
    columns = zip(line.cells[1:], other.cells[1:], strict=True)
    return all(abs(one.left - two.left) < _COLUMN for one, two in columns)


def _joined(found: Sequence[SetLine], setting: _Setting) -> list[tuple[SetLine, bool]]:
    """The paragraphs, and whether there is a gap above each."""
    whole: list[tuple[SetLine, bool]] = []
    last: SetLine | None = None
    for line in found:
        if last and whole and _goes_on(whole[-1][0], last, line, setting):
            text = _glued(whole[-1][0].text, line.text, setting.words)
            whole[-1] = (replace(whole[-1][0], cells=(Cell(text, whole[-1][0].left),)), whole[-1][1])
        else:
            whole.append((line, not last or _apart(last, line, setting)))
        last = line
    return whole


def _goes_on(start: SetLine, last: SetLine, line: SetLine, setting: _Setting) -> bool:
    """Whether `line` goes on the paragraph that begins with `start` and ends, so far, with `last`."""
    if abs(line.size - last.size) > 0.6 or BULLET.match(line.text) or _NUMBERED.match(line.text):
        return False
    if _heads(start, setting) or _heads(line, setting):
        return _heads(start, setting) and _heads(line, setting) and not _apart(last, line, setting)
    ended = re.search(r"[.!?:][\"'”’)\]]*$", last.text)
    if last.page != line.page or line.bottom > last.bottom:
        return not ended
    if _apart(last, line, setting):
        return False
    full = len(last.text) + 1 + len(line.text.split()[0]) > _FULL * setting.width
    hangs = bool(BULLET.match(start.text) or _NUMBERED.match(start.text)) and line.left > start.left + 1
    return full or hangs or (line.text[0].islower() and not ended)


def _apart(last: SetLine, line: SetLine, setting: _Setting) -> bool:
    if last.page != line.page:
        return False
    usual = max(setting.leading, setting.size) * max(1.0, line.size / (setting.size or 1.0))
    return abs(last.bottom - line.bottom) > _APART * usual


def _heads(line: SetLine, setting: _Setting) -> bool:
    larger = line.size > _LARGER * setting.size
    return (larger or line.bold) and looks_like_title(Line(line.text), most=20) and not BULLET.match(line.text)


def _glued(before: str, after: str, words: frozenset[str]) -> str:
    """Two lines as one. A hyphen at the line's end goes only if the document has the word without it."""
    if before.endswith(_SOFT_HYPHEN):
        return before[:-1] + after
    split = re.search(r"(\w+)-$", before)
    if split and after[0].isalpha():
        rest = re.match(r"[\w-]+", after)
        parted = (split[1] + (rest[0] if rest else "")).lower()
        return (before[:-1] if parted in words else before) + after
    return f"{before} {after}"
