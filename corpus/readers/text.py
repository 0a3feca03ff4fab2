"""Plain text, also as scraped from a page: its blocks that are not the article go, its layout is recovered."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import PurePath

from corpus import language
from corpus.errors import ArticleError
from corpus.readers.body import collapse, compose
from corpus.readers.boilerplate import drop_boilerplate, metadata
from corpus.readers.fields import article_from, slug, title_of
from corpus.readers.layout import Line, first_line, lines, looks_like_title, pieces
from corpus.readers.reading import Reading, bad, decode

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,31});")
_FLATTENED = 1000
"""Characters: a page scraped to one line is longer than this."""
_SENTENCE_GAP = re.compile(r"(?<!\b(?:Dr|Mr|Ms|St|vs))(?<!\bMrs)(?<!\b[A-Z])[.!?:][\"'”’)\]]*([ \t\xa0]+)(?![a-z\s])")


class TextReader:
    """Reads `.txt`."""

    suffixes = (".txt",)

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield the article of the file."""
        found, dropped = drop_boilerplate(lines(_decode_entities(decode(data, origin))))
        told = metadata(dropped)
        title, found = _title(unfold(found), str(told.get("title") or ""), origin)
        body = compose(pieces(found))
        if not body:
            raise bad(origin, "there is no article in the text", "Check that the whole page was saved.")
        named = {"id": slug(title) or slug(PurePath(origin).stem), **told, "title": title}
        yield Reading(article_from(language.declare(named, body), body, origin), data, dropped)


def _decode_entities(text: str) -> str:
    """Only those with their semicolon: "R&D" and "&lt 5" are as they were written."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text)


def unfold(found: list[Line]) -> list[Line]:
    """Part each flattened line into its paragraphs: two spaces after a sentence were a paragraph's end.

    Two spaces elsewhere are what links left. A text with two spaces after every sentence was typed that way.
    """
    return [part for line in found for part in _parts(line)]


def _parts(line: Line) -> Iterator[Line]:
    gaps = list(_SENTENCE_GAP.finditer(line.text)) if len(line.text) > _FLATTENED else []
    wide = [gap for gap in gaps if len(gap[1]) > 1]
    if len(wide) > 0.75 * len(gaps):
        wide = []
    start = 0
    for gap in wide:
        yield Line(line.text[start : gap.start(1)])
        start = gap.end()
    yield Line(line.text[start:], line.gap or start > 0, line.indent)


def _title(found: list[Line], told: str, origin: str) -> tuple[str, list[Line]]:
    """The title, and the lines without it: told by a citation, or the first line, or the file's name."""
    first = first_line(found) if len(found) > 1 else ""
    if told:
        return collapse(told), found[1:] if first == collapse(told) else found
    if first and looks_like_title(found[0], most=20):
        return first, found[1:]
    return title_of(origin), found
