"""A fetched page to what is in it: its name for the readers, its text as UTF-8, its address."""

import codecs
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from corpus.errors import ArticleError
from corpus.readers import SUFFIXES, Reading, bad, read_bytes
from corpus.web.fetching import Page

_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
}
_VAGUE = ("", "text/plain", "application/octet-stream", "binary/octet-stream")
"""Types that servers give to files they do not know: the ending in the address says more."""
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_RECORDS = ".jsonl"
"""A file of many articles: its address is that of none of them."""


def read_page(page: Page) -> Iterator[Reading | ArticleError]:
    """Read the articles of a page. An article that names no address of its own has that of the page.

    Raises:
        ArticleError: the page as a whole cannot be read.
    """
    name = file_name(page)
    for reading in read_bytes(_utf8(page), name, page.url):
        if isinstance(reading, Reading) and not name.endswith(_RECORDS):
            url = _own_address(reading.article.url, page.url)
            yield replace(reading, article=replace(reading.article, url=url))
        else:
            yield reading


def file_name(page: Page) -> str:
    """A file name for a page, whose ending tells its format.

    Raises:
        ArticleError: the format is not known, or is that of no article.
    """
    path = PurePosixPath(unquote(urlsplit(page.url).path))
    kind = _header(page).get_content_type() if page.content_type else ""
    ending = path.suffix.lower() if kind in _VAGUE and path.suffix.lower() in SUFFIXES else _ENDINGS.get(kind, "")
    if not ending:
        told = f"is {kind}" if kind else "does not say what it is"
        raise bad(page.url, f"it {told}, which cannot be read", "Save the article as a file of a known format.")
    return f"{path.stem or 'page'}{ending}"


def _own_address(told: str | None, fetched: str) -> str:
    """The address a page gives itself, unless it is a whole site's, which is a common mistake of sites."""
    if not told or (urlsplit(told).path in ("", "/") and not urlsplit(told).query):
        return fetched
    return told


def _utf8(page: Page) -> bytes:
    """The data; text in the older encoding that the header names as UTF-8, with a mark that says so."""
    header = _header(page)
    charset = header.get_content_charset() or ""
    if header.get_content_maintype() != "text" or not charset or page.data.startswith(_BOMS):
        return page.data
    try:
        if codecs.lookup(charset).name in ("utf-8", "ascii"):
            return page.data
        return codecs.BOM_UTF8 + page.data.decode(charset).encode()
    except (LookupError, ValueError):
        return page.data


def _header(page: Page) -> Message:
    header = Message()
    header["Content-Type"] = page.content_type
    return header
