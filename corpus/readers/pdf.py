"""PDF: lines as they were set -> paragraphs, headings and lists, from where the lines stand and how large they are."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any

import pypdf
from pypdf.errors import PyPdfError

from corpus import language
from corpus.errors import ArticleError
from corpus.readers.body import collapse, compose
from corpus.readers.boilerplate import metadata as told_by_text
from corpus.readers.fields import article_from, slug, title_of
from corpus.readers.layout import pieces
from corpus.readers.pdf_layout import SetLine, laid_out, page_lines, without_margins
from corpus.readers.reading import Dropped, Reading, bad
from corpus.readers.trimming import trim

_NO_TITLE = re.compile(r"(?:microsoft word - .*|untitled.*|.*\.(?:docx?|pdf|indd|rtf|odt|html?))", re.IGNORECASE)
"""What programs write in place of a title."""

_BROWSER = re.compile(r"Skia/PDF|Quartz|Mozilla|wkhtmltopdf|Print To PDF|WeasyPrint", re.IGNORECASE)
"""Programs whose dates are those of a print-out."""

# It tells of every oddity of a file; what cannot be read is refused with its reason.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class PdfReader:
    """Reads `.pdf`."""

    suffixes = (".pdf",)

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield the article of the document."""
        try:
            document = pypdf.PdfReader(io.BytesIO(data))
            if document.is_encrypted and not document.decrypt(""):
                raise bad(origin, "it is locked with a password", "Save it without the password, and add that.")
            told = _properties(document)
            found = [line for number, page in enumerate(document.pages) for line in page_lines(page, number)]
            pictures = not found and any(map(_has_pictures, document.pages))
        except PyPdfError as error:
            raise bad(origin, f"not a PDF that can be read: {collapse(str(error))}", _ADVICE) from None
        if not found:
            reason = f"there is no text in it{', only pictures' if pictures else ''}"
            raise bad(origin, reason, "Scanned pages need text recognition first; save its result as text.")
        yield _reading(data, origin, told, *without_margins(found, len(document.pages)))


def _reading(
    data: bytes, origin: str, told: dict[str, object], found: list[SetLine], margins: tuple[Dropped, ...]
) -> Reading:
    largest, lines = laid_out(found)
    parts, trimmed = trim(list(pieces(lines)))
    told = {**told_by_text(trimmed), **told}
    title = collapse(str(told.get("title") or largest or title_of(origin)))
    same = [piece for piece in parts if piece.kind == "heading" and piece.text.casefold() == title.casefold()]
    body = compose(piece for piece in parts if piece is not (same[0] if same else None))
    if not body:
        raise bad(origin, "there is no text below the title", _ADVICE)
    named = {"id": slug(title) or slug(PurePath(origin).stem), **told, "title": title}
    return Reading(article_from(language.declare(named, body), body, origin), data, (*margins, *trimmed))


def _has_pictures(page: Any) -> bool:
    """Only for the words of a refusal: what is damaged has none. `[...]` follows references, `get` does not."""
    try:
        return len(page["/Resources"]["/XObject"]) > 0
    except Exception:
        return False


_ADVICE = "Open the document, print it to a new PDF or save its text, and add that."


def _properties(document: pypdf.PdfReader) -> dict[str, object]:
    """What the document information tells: title, authors, days, language."""
    info = document.metadata
    found: dict[str, object] = {"language": str(document.root_object.get("/Lang") or "").strip()}
    if info:
        title = collapse(str(info.title or ""))
        found |= {
            "title": "" if _NO_TITLE.fullmatch(title) else title,
            "authors": [name for each in str(info.author or "").split(";") if (name := collapse(each))],
        }
        if not _BROWSER.search(f"{info.producer} {info.creator}"):
            found |= {"published": _day(info, "creation_date"), "updated": _day(info, "modification_date")}
    return {key: value for key, value in found.items() if value}


def _day(info: pypdf.DocumentInformation, name: str) -> object:
    try:
        moment = getattr(info, name)
    except ValueError:  # pypdf reads the date only now
        return None
    return moment.date() if isinstance(moment, datetime) else None


READER = PdfReader()
