"""Word documents: mammoth turns their styles into headings, lists and tables of HTML; the words are read from that."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePath

import mammoth
from lxml import etree

from corpus import language
from corpus.errors import ArticleError
from corpus.readers.body import collapse, compose
from corpus.readers.boilerplate import metadata as told_by_text
from corpus.readers.fields import article_from, slug, title_of
from corpus.readers.page import blocks, left_out
from corpus.readers.page_metadata import day
from corpus.readers.page_source import parse_text
from corpus.readers.reading import Dropped, Reading, bad
from corpus.readers.trimming import trim

_LARGEST = 200_000_000
"""Bytes of the document's parts, unpacked."""
_PROPERTIES = "docProps/core.xml"
_ADVICE = "Open the document, save it again as .docx, and add that."
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => p:fresh
"""
_PICTURE = mammoth.images.img_element(lambda _: {"src": ""})


class DocxReader:
    """Reads `.docx`."""

    suffixes = (".docx",)

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield the article of the document."""
        told = _properties(data, origin)
        page = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, convert_image=_PICTURE).value
        if not page.strip():
            raise bad(origin, "there is no text in the document", "Check that the text was saved.")
        root = parse_text(f"<html><body>{page}</body></html>", origin)
        found = list(blocks(root))
        pieces, trimmed = trim([block.piece for block in found])
        first = pieces[0] if pieces and pieces[0].kind == "heading" and pieces[0].level == 1 else None
        told = {**told_by_text(trimmed), **told}
        title = collapse(first.text) if first else str(told.get("title") or title_of(origin))
        body = compose(pieces[1:] if first or (pieces and collapse(pieces[0].text) == title) else pieces)
        if not body:
            raise bad(origin, "there is no text below the title", "Check that the text was saved.")
        named = {"id": slug(title) or slug(PurePath(origin).stem), **told, "title": title}
        pictures = tuple(Dropped("image", str(each.get("alt") or "")) for each in root.iter("img"))
        article = article_from(language.declare(named, body), body, origin)
        yield Reading(article, data, (*trimmed, *left_out(found), *pictures))


def _properties(data: bytes, origin: str) -> dict[str, object]:
    """What the document's properties tell; and whether its parts can be unpacked at all."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _LARGEST:
                reason = f"it unpacks to more than {_LARGEST / 1e6:.0f} MB"
                raise bad(origin, reason, "Save the document without its pictures.")
            core = parts.read(_PROPERTIES) if _PROPERTIES in parts.namelist() else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise bad(origin, f"not a Word document: {collapse(str(error)).lower()}", _ADVICE) from None
    return _told(core)


def _told(core: bytes) -> dict[str, object]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        properties = etree.fromstring(core, parser)
    except etree.LxmlError:
        return {}
    told = {etree.QName(each).localname: collapse(each.text or "") for each in properties.iter(etree.Element)}
    found = {
        "title": told.get("title"),
        "authors": [name for each in told.get("creator", "").split(";") if (name := each.strip()) not in _TOOLS],
        "published": day(told.get("created")),
        "updated": day(told.get("modified")),
        "language": told.get("language"),
    }
    return {key: value for key, value in found.items() if value}


_TOOLS = ("", "python-docx", "Microsoft Office User", "Apache POI", "Un-named")
"""What programs write in place of an author."""

READER = DocxReader()
