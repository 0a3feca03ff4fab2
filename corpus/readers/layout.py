"""Plain text -> headings, paragraphs and list items, from how its lines are laid out.

Marks that stand in the text (bullets, numbers, `#`) are taken at their word. Where there are none, headings and
lists are recovered from evidence: a line that ends in a colon, lines without a full stop, questions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.readers.body import Piece, collapse

_LINE_END = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
BULLET = re.compile(r"[-*•‣▪◦·●○■□►✓✔➢⁃][ \t\xa0]+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)][ \t\xa0]+(?=\S)")
HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_SENTENCE_BREAK = re.compile(r"[.!?][\"'”’)\]]*\s+[A-Z]")
_UNFINISHED = re.compile(r"(?:[.:;,!…]|\b(?:and|as|of|or|the|to|with))$")
"""How a heading does not end."""
_QUESTION = re.compile(
    r"(what|how|who|whose|when|where|why|which|can|could|do|does|did|is|are|should|will|would|may|must|has|have|if|in)\b",
    re.IGNORECASE,
)
_PROSE_BEGINS = frozenset(
    "after all also although and because before but call contact even for however if in it many most no often once"
    " other since so some sometimes talk then there these they this though to until usually we when while with you"
    " your".split()
)
_SMALL_WORD = 4
"""Letters: title case leaves shorter words in lower case."""
_NARROW, _WIDE = 60, 120
"""Characters: the longest line of hard-wrapped text is between these."""
_FULL = 0.8
"""Of the longest line: one that would be longer with the next word was wrapped there."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank."""

    text: str
    """Without surrounding white space."""
    gap: bool = True
    """Whether a blank line stands above it."""
    indent: int = 0
    """Columns of white space before it."""

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def ends_sentence(self) -> bool:
        return bool(_SENTENCE_END.search(self.text))

    @property
    def introduces(self) -> bool:
        return self.text.endswith(":")

    @property
    def asks(self) -> bool:
        return self.text.endswith("?")

    @property
    def continues(self) -> bool:
        return self.text[0].islower()

    def without(self, mark: re.Pattern[str]) -> str | None:
        """The text after its mark, or None if it does not begin with one."""
        match = mark.match(self.text)
        return self.text[match.end() :] if match else None


def lines(text: str) -> list[Line]:
    """Split `text` into its lines, each hard-wrapped paragraph on one."""
    found: list[Line] = []
    gap = True
    for raw in _LINE_END.sub("\n", text).expandtabs().split("\n"):
        if stripped := raw.strip():
            found.append(Line(stripped, gap, len(raw) - len(raw.lstrip())))
        gap = not stripped
    return _unwrapped(found)


def _unwrapped(found: list[Line]) -> list[Line]:
    width = _wrap_width(found)
    whole: list[Line] = []
    last = Line("")
    for line in found:
        if whole and _goes_on(whole[-1], last, line, width):
            whole[-1] = replace(whole[-1], text=f"{whole[-1].text} {line.text}")
        else:
            whole.append(line)
        last = line
    return whole


def _wrap_width(found: list[Line]) -> float:
    """The columns the text was wrapped at; infinite if each paragraph is on its own line."""
    width = max((line.indent + len(line.text) for line in found), default=0)
    full = [line for line in found if line.indent + len(line.text) > _FULL * width]
    cut_short = sum(not line.ends_sentence for line in full)
    return width if _NARROW <= width <= _WIDE and cut_short > 1 and 2 * cut_short >= len(full) else float("inf")


def _goes_on(start: Line, last: Line, line: Line, width: float) -> bool:
    """Whether `line` goes on the paragraph or item whose first line is `start` and newest is `last`."""
    if line.gap or any(line.without(mark) for mark in (BULLET, _NUMBER, HEADING)) or start.without(HEADING):
        return False
    if last.indent + len(last.text) + len(line.text.split()[0]) + 1 > _FULL * width:
        return True
    if last.ends_sentence or last.introduces:
        return False
    hangs = bool(start.without(BULLET) or start.without(_NUMBER)) and line.indent > start.indent
    return hangs or (line.continues and not last.continues)


def pieces(found: list[Line]) -> Iterator[Piece]:
    """Recover headings and lists."""
    marked = [_marked(found, position) for position in range(len(found))]
    items = set() if any(p and p.kind == "item" for p in marked) else set(_unmarked_items(found))
    laid_out = any(line.without(HEADING) and _alone(found, at) for at, line in enumerate(found))
    headings = set() if laid_out else set(_unmarked_headings(found, items))
    for at, line in enumerate(found):
        unmarked = Piece("item" if at in items else "heading" if at in headings else "paragraph", line.text)
        yield marked[at] or unmarked


def first_line(found: list[Line]) -> str:
    """The first line, which may be the title, without a heading's mark."""
    return collapse(found[0].without(HEADING) or found[0].text)


def looks_like_title(line: Line, most: int = 12) -> bool:
    """Whether a line could head a text: at most `most` words and one sentence, no full stop."""
    text = line.without(_NUMBER) or line.text
    return (
        not text[0].islower()
        and any(character.isalpha() for character in text)
        and line.words <= (20 if line.asks else most)
        and not _UNFINISHED.search(text)
        and not _SENTENCE_BREAK.search(text)
    )


def title_case(text: str) -> bool:
    """Whether all words but the small ones begin with a capital."""
    words = re.findall(r"[^\W\d_][\w'’]*", text)
    long = [word for word in words if len(word) >= _SMALL_WORD] or words
    return bool(words) and words[0][0].isupper() and all(word[0].isupper() for word in long)


def _marked(found: list[Line], at: int) -> Piece | None:
    """The piece whose mark stands in the text."""
    line = found[at]
    if (heading := HEADING.match(line.text)) and _alone(found, at):
        return Piece("heading", line.text[heading.end() :], len(heading[1]))
    if item := line.without(BULLET):
        return Piece("heading", item, 3) if line.asks and _answered(found, at) else Piece("item", item)
    return Piece("item", line.without(_NUMBER) or "") if _counted(found, at) else None


def _alone(found: list[Line], at: int) -> bool:
    return found[at].gap and looks_like_title(found[at], most=30) and at + 1 < len(found)


def _answered(found: list[Line], at: int) -> bool:
    """Whether a bullet is followed by text that is indented below it."""
    following = found[at + 1] if at + 1 < len(found) else None
    return bool(following and not following.without(BULLET) and following.indent > found[at].indent)


def _counted(found: list[Line], at: int) -> bool:
    """Whether a number belongs to a list: the next line counts on, or the one before counted up to it."""
    number = _number(found, at)
    return number is not None and (_number(found, at + 1) == number + 1 or _number(found, at - 1) == number - 1)


def _number(found: list[Line], at: int) -> int | None:
    match = _NUMBER.match(found[at].text) if 0 <= at < len(found) else None
    return int(match[1]) if match else None


def _unmarked_items(found: list[Line]) -> Iterator[int]:
    """Yield the lines that a line ending in a colon introduces."""
    for at, line in enumerate(found):
        if line.introduces:
            end = _list_end(found, at + 1)
            yield from range(at + 1, end)


def _list_end(found: list[Line], start: int) -> int:
    """The end of the list that begins at `start`, or `start` if there is none."""
    group = _group(found, start)
    if not group:
        return start
    if len(group) == 1 and found[start].gap:
        return _end_of_spaced_list(found, start)
    if group.stop < len(found) and found[group.stop].gap:
        return group.stop
    without_stop = [at for at in group if not found[at].ends_sentence]
    return without_stop[-1] + 1 if without_stop else _end_of_parallel_items(found, group)


def _end_of_parallel_items(found: list[Line], group: range) -> int:
    """Where a list of whole sentences gives way to prose: the first word tells, unless all items begin with it."""
    first = _first_word(found[group.start])
    for at in group:
        if _first_word(found[at]) != first and _first_word(found[at]) in _PROSE_BEGINS:
            return at
    return group.stop


def _first_word(line: Line) -> str:
    return line.text.split()[0].strip(",").lower()


def _end_of_spaced_list(found: list[Line], start: int) -> int:
    """The end of a list with a blank line between its items: at least two, all without a full stop."""
    end = start
    while end < len(found) and looks_like_title(found[end]) and not found[end].asks:
        end += 1
    return end if end - start > 1 else start


def _group(found: list[Line], start: int) -> range:
    """The lines from `start` to the next blank line, question, introduction or attribution."""
    end = start
    while end < len(found) and (end == start or not found[end].gap) and not _ends_group(found, end):
        end += 1
    return range(start, end)


def _ends_group(found: list[Line], at: int) -> bool:
    line = found[at]
    attribution = at == len(found) - 1 and line.words > 2 and not line.ends_sentence and title_case(line.text)
    return line.introduces or attribution or (_heads_as_question(line) and not _among_questions(found, at))


def _heads_as_question(line: Line) -> bool:
    return line.asks and looks_like_title(line) and bool(_QUESTION.match(line.text))


def _among_questions(found: list[Line], at: int) -> bool:
    return found[at - 1].asks or (at + 1 < len(found) and found[at + 1].asks)


def _unmarked_headings(found: list[Line], items: set[int]) -> Iterator[int]:
    """Yield questions and title-case lines; and those in sentence case, unless title case is this text's way."""
    candidates = [at for at in range(len(found) - 1) if at not in items and _may_head(found, at)]
    over_text = {at for at in candidates if _parts_text(found, at, items)}
    titles = {at for at in candidates if title_case(found[at].text) and (at in over_text or _stands_alone(found[at]))}
    plain = {at for at in over_text - titles if found[at].words <= 8}
    if sum(found[at].words > 1 for at in titles) > len(plain):
        plain = set()
    for at in candidates:
        if at in titles or at in plain or _heads_as_question(found[at]):
            yield at


def _may_head(found: list[Line], at: int) -> bool:
    return looks_like_title(found[at]) and not (at and found[at - 1].introduces)


def _stands_alone(line: Line) -> bool:
    return line.gap and line.words > 1


def _parts_text(found: list[Line], at: int, items: set[int]) -> bool:
    """Whether a line stands between a sentence, list or blank line and a whole paragraph or list."""
    before = found[at].gap or at - 1 in items or found[at - 1].ends_sentence
    following = found[at + 1]
    prose = following.ends_sentence and following.words > 12
    return not found[at].asks and before and (prose or following.without(BULLET) is not None)
