"""MedlinePlus health topics: the XML that the National Library of Medicine publishes, a record a topic.

https://medlineplus.gov/xml.html describes it. A topic's own id is kept, so that a renamed topic stays the same article.
"""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from lxml import etree

from corpus import language
from corpus.errors import ArticleError
from corpus.readers.body import collapse, compose
from corpus.readers.fields import article_from, slug
from corpus.readers.page import blocks, left_out
from corpus.readers.page_source import parse_text
from corpus.readers.reading import Dropped, Reading, bad
from corpus.readers.trimming import trim

_PUBLISHER = "MedlinePlus, National Library of Medicine"
_TOPIC = "health-topic"
_ELSEWHERE = ("group", "mesh-heading", "related-topic", "other-language", "primary-institute", "site")
"""What a record has besides the article; the first two name its subject."""
_DECLARATION = re.compile(rb"<!(?:ENTITY|ATTLIST)|<!DOCTYPE[^>]*\[")


class MedlinePlusReader:
    """Reads `.xml`. A record that cannot be read does not keep the others out."""

    suffixes = (".xml",)

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield the article of each record, or why there is none."""
        if _DECLARATION.search(data.replace(b"\0", b"")):  # as UTF-16 too
            reason = "it declares entities, and what they stand for is not read"
            raise bad(origin, reason, "Write out what the entities stand for.")
        found = 0
        try:
            for record in _records(data):
                found += 1
                yield _reading(record, origin)
        except etree.LxmlError as error:
            reason = f"not XML: {collapse(str(error))}"
            raise bad(origin, reason, f"{found} topics were read before that. Fetch the file again.") from None
        if not found:
            advice = "Of XML, only the health topics of MedlinePlus are read. Save other articles as HTML or text."
            raise bad(origin, "there are no health topics in the file", advice)


def _records(data: bytes) -> Iterator[Any]:
    """Yield each record, and forget it then: the file has thousands."""
    told = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    for _, record in etree.iterparse(io.BytesIO(data), tag=_TOPIC, remove_comments=True, remove_pis=True, **told):
        yield record
        record.clear()
        while record.getprevious() is not None:
            del record.getparent()[0]


def _reading(record: Any, origin: str) -> Reading | ArticleError:
    title = collapse(_told(record, "title"))
    named = f"{origin}: {title or _told(record, 'id') or 'a topic without a title'}"
    try:
        summary = _told(record, "full-summary")
        if not summary.strip():
            raise bad(named, "no full-summary", "The topic has no article of its own.")
        found = list(blocks(parse_text(summary, named)))
        pieces, trimmed = trim([block.piece for block in found])
        fields = {
            "id": _told(record, "id") or slug(title),
            "title": title,
            "also_called": _other_names(record, title),
            "url": _told(record, "url") or None,
            "publisher": _PUBLISHER,
            "published": _day(_told(record, "date-created")),
            "language": _told(record, "language"),
        }
        body = compose(pieces)
        article = article_from(language.declare(fields, body), body, named)
    except ArticleError as error:
        return error
    return Reading(article, etree.tostring(record, with_tail=False), (*trimmed, *left_out(found), *_besides(record)))


def _told(record: Any, name: str) -> str:
    """The attribute or the child element of this name: its text, and the source of elements inside it as HTML."""
    if (value := record.get(name)) is not None:
        return str(value).strip()
    child = record.find(name)
    if child is None:
        return ""
    inside = "".join(etree.tostring(each, encoding="unicode") for each in child)
    return f"{child.text or ''}{inside}" if inside else "".join(child.itertext()).strip()


def _other_names(record: Any, title: str) -> list[str]:
    """What else the topic is called; "see" references are the names that people look it up by."""
    names = [
        collapse("".join(each.itertext())) for tag in ("also-called", "see-reference") for each in record.iter(tag)
    ]
    return [name for name in dict.fromkeys(names) if name and name.casefold() != title.casefold()]


def _besides(record: Any) -> Iterator[Dropped]:
    for tag in _ELSEWHERE:
        if found := [_shown(each) for each in record.iter(tag)]:
            yield Dropped(tag.replace("-", " "), "\n".join(found))


def _shown(element: Any) -> str:
    """The words of an element, or of its attributes where it has none."""
    return collapse(" ".join(element.itertext())) or collapse(" ".join(map(str, element.attrib.values())))


def _day(text: str) -> date | None:
    """A day as MedlinePlus writes it: month/day/year."""
    try:
        return datetime.strptime(text, "%m/%d/%Y").date()
    except ValueError:
        return None


READER = MedlinePlusReader()
