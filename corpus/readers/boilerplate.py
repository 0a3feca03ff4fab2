"""The blocks of a scraped page that are not its article: how each is recognised, and what it tells of the article.

Every step takes the lines of the text and gives back those that stay, with what it dropped.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime

from corpus.readers.layout import BULLET, Line, looks_like_title, title_case
from corpus.readers.reading import Dropped

Kept = tuple[list[Line], tuple[Dropped, ...]]

_CITE = re.compile(r"(?:Please use (?:one of )?the following formats? to cite|How to cite|Cite this)\b", re.IGNORECASE)
_STYLE = re.compile(r"(?:MLA|APA|AMA|Chicago|Harvard|Vancouver|BibTeX)\b")
_CITE_NOTE = re.compile(r"Please note: If no author\b")
_YEAR = r"(?:19|20)\d\d"
_AUTHOR_YEAR = re.compile(rf"[A-Z][^\s,]*(?: [A-Z][^\s,]*)*, (?:[A-Z]\.[- ]?)+.{{0,300}}?\({_YEAR}")
_AUTHORS_INITIALS = re.compile(rf"[A-Z][\w'’-]+ [A-Z]{{1,3}}(?:,|\.).*\b{_YEAR}\b")
_DATED = re.compile(rf".*\({_YEAR}(?:, [A-Z][a-z]+(?: \d\d?)?)?\)\.")
_QUOTED = re.compile(r"[^\"“]*[\"“].+[\"”]")
_LOCATOR = re.compile(r"\bdoi:|\bPMID:|\bet al\b|\b\d+\(\d[\w -]*\):", re.IGNORECASE)
_REFERENCES = re.compile(r"(?:\d+ )?(?:article )?(?:sources|references|bibliography|works cited)", re.IGNORECASE)
_NUMBERED = re.compile(r"\[?\d{1,3}[.)\]]\s")
_EDITORIAL = re.compile(r"(?P<publisher>[A-Z][\w&.’'-]*(?: [A-Z][\w&.’'-]*)*) (?:only )?(?:uses|has|relies|adheres)\b")
_NAME = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){1,3}"
_BYLINE = re.compile(rf"(?:(?:Written )?[Bb]y|Author:) (?P<name>{_NAME})(?P<titles>(?:, [A-Z][\w.]*)*)")
_AGENCY = re.compile(
    r"\b(?:Getty|iStock|Shutterstock|Alamy|Adobe Stock|Unsplash|Pexels|Science Photo Library|Corbis|Wikimedia)\b"
)
_CREDIT = re.compile(r"(?:Image|Photo|Picture|Illustration)(?: credit| by|:)", re.IGNORECASE)


def drop_boilerplate(lines: list[Line]) -> Kept:
    """Drop all that this module knows."""
    dropped: tuple[Dropped, ...] = ()
    for step in (drop_citation_formats, drop_references, drop_byline, drop_captions):
        lines, gone = step(lines)
        dropped += gone
    return lines, dropped


def drop_citation_formats(lines: list[Line]) -> Kept:
    """Drop the "how to cite this article" block: from that phrase to the end of the citations below it."""
    for at, line in enumerate(lines):
        if match := _CITE.search(line.text):
            end = at + 1
            while end < len(lines) and _is_citation(lines[end]):
                end += 1
            if end == at + 1 and not _STYLE.search(line.text, match.end()):
                continue
            before = line.text[: match.start()].rstrip()
            rest = [Line(before, line.gap, line.indent)] if before else []
            block = [Line(line.text[match.start() :]), *lines[at + 1 : end]]
            return [*lines[:at], *rest, *lines[end:]], (_dropped("citation formats", block),)
    return lines, ()


def drop_references(lines: list[Line]) -> Kept:
    """Drop the reference list, headed or not, and the editorial note under its heading."""
    for at, line in enumerate(lines):
        start = at + 1 if _REFERENCES.fullmatch(line.text.rstrip(":")) else at
        first = start + (start > at and start < len(lines) and not _is_reference(lines[start]))
        end = first
        while end < len(lines) and _is_reference(lines[end], listed=start > at or end > first):
            end += 1
        if end > first and (start > at or _ends_text(lines, end)):
            note, listed = lines[start:first], lines[at:start] + lines[first:end]
            notes = (_dropped("editorial note", note),) if note else ()
            return lines[:at] + lines[end:], (_dropped("reference list", listed), *notes)
    return lines, ()


def drop_byline(lines: list[Line]) -> Kept:
    """Drop "By NAME", and the line about the author that follows it."""
    for at, line in enumerate(lines):
        if match := _BYLINE.fullmatch(line.text):
            about = re.compile(re.escape(match["name"]) + r"(?:,[^.]*)? (?:is|writes)\b")
            end = at + 1 + any(about.match(line.text) for line in lines[at + 1 : at + 2])
            return lines[:at] + lines[end:], (_dropped("by-line", lines[at:end]),)
    return lines, ()


def drop_captions(lines: list[Line]) -> Kept:
    """Drop image credits, and the caption above each."""
    dropped: list[Dropped] = []
    kept: list[Line] = []
    for line in lines:
        if not _is_credit(line):
            kept.append(line)
            continue
        if len(kept) > 1 and looks_like_title(kept[-1]) and not title_case(kept[-1].text) and not kept[-1].asks:
            dropped.append(_dropped("caption", [kept.pop()]))
        dropped.append(_dropped("image credit", [line]))
    return kept, tuple(dropped)


def metadata(dropped: Iterable[Dropped]) -> dict[str, object]:
    """The fields of the article that its dropped blocks tell."""
    told: dict[str, object] = {}
    for block in dropped:
        if block.kind == "citation formats":
            told |= _from_citation(block.text)
        elif block.kind == "editorial note" and (match := _EDITORIAL.match(block.text)):
            told.setdefault("publisher", match["publisher"])
        elif block.kind == "by-line" and (match := _BYLINE.match(block.text)):
            told.setdefault("authors", [match["name"] + match["titles"]])
    return told


def _dropped(kind: str, lines: list[Line]) -> Dropped:
    return Dropped(kind, "\n".join(line.text for line in lines))


def _is_citation(line: Line) -> bool:
    opens = _STYLE.match(line.text) or _CITE_NOTE.match(line.text)
    return bool(opens or (re.search(rf"\b{_YEAR}\b", line.text) and _QUOTED.match(line.text)))


def _is_reference(line: Line, *, listed: bool = False) -> bool:
    """Whether a line is a reference; one that is `listed`, below the heading or another, needs less to show it."""
    if listed and (_NUMBERED.match(line.text) or _DATED.match(line.text)):
        return True
    text = _NUMBERED.sub("", line.text, count=1)
    return bool(_AUTHOR_YEAR.match(text) or (_AUTHORS_INITIALS.match(text) and _LOCATOR.search(text)))


def _ends_text(lines: list[Line], end: int) -> bool:
    """Whether nothing but a by-line may follow: a list of references without a heading stands at the end."""
    return all(_BYLINE.match(line.text) for line in lines[end : end + 1])


def _is_credit(line: Line) -> bool:
    short = line.words <= 15 and not line.ends_sentence
    return short and not line.without(BULLET) and bool(_CREDIT.match(line.text) or _AGENCY.search(line.text))


# Every repetition is bounded, and so is the text that is searched: crafted text must not keep the reader busy.
_CITED = 1000
_LAST = r"(?P<last>[A-Z][^\s,]{0,40}(?: [A-Z][^\s,]{0,40}){0,5})"
_TITLE = r"[\"“](?P<title>[^\"”]{1,300})[\"”] (?P<publisher>\S.{0,100}?) ?\."
_MLA = re.compile(
    rf"{_LAST}, (?P<first>[A-Z][\w.'’ -]{{0,80}}?)\. {_TITLE}\s.{{0,100}}?"
    r"(?P<published>\d{1,2} [A-Z][a-z]{2,8}\.? \d{4})"
)
_APA = re.compile(
    rf"{_LAST}, (?P<first>(?:[A-Z]\. ?){{1,5}})"
    rf"\((?P<published>\d{{4}}, [A-Z][a-z]{{2,8}} \d{{1,2}})\)\. {_TITLE}(?:\s|$)"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;]")
_DATE_FORMS = ("%d %b %Y", "%d %B %Y", "%Y, %B %d")


def _from_citation(text: str) -> dict[str, object]:
    """Read the MLA citation, which has the author's full name, or else the APA one."""
    address = _ADDRESS.search(text)
    found: dict[str, object] = {"url": address[0]} if address else {}
    flat = _STYLE.sub("", " ".join(text.split()))[:_CITED]
    if match := _MLA.search(flat) or _APA.search(flat):
        found |= {
            "title": _without_added_stop(match["title"]),
            "authors": [f"{match['first'].strip()} {match['last']}"],
            "publisher": match["publisher"],
            "published": _date(match["published"]),
        }
    return found


def _without_added_stop(title: str) -> str:
    """Without the full stop that citation styles put after a title."""
    return title.rstrip().removesuffix(".").rstrip()


def _date(text: str) -> date | None:
    plain = text.replace(".", "").replace("Sept ", "Sep ")
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    return None
