"""Bytes of a page -> its elements: decoded as browsers do, and parsed whole or not at all."""

import codecs
import re
from contextlib import suppress
from typing import Any

import lxml.etree
import lxml.html

from corpus.readers.body import collapse
from corpus.readers.reading import bad

Element = Any
"""An lxml element; lxml has no types of its own."""

DEEPEST = 2000
"""Nested elements. libxml2 drops what is nested deeper than 2,048 (256 where it is not told to read huge trees)."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PRESCAN = 4096
"""Bytes in which a page declares its encoding: browsers look at 1,024, and some pages are late."""


def parse(data: bytes, origin: str) -> Element:
    """Parse a page.

    Raises:
        ArticleError: it cannot be decoded, holds nothing, or nests deeper than can be read whole.
    """
    return parse_text(decode(data, origin), origin)


def parse_text(text: str, origin: str) -> Element:
    """Parse a page that is decoded already.

    Raises:
        ArticleError: it holds nothing, or nests deeper than can be read whole.
    """
    if not text.strip():
        raise bad(origin, "the page is empty", "Check that the page was saved, and add it again.")
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise bad(origin, f"not HTML: {collapse(str(error))}", "Save the page again from a browser.") from None
    if any("RESOURCE_LIMIT" in entry.type_name for entry in parser.error_log) or _depth(root) > DEEPEST:
        reason = f"its elements are nested more than {DEEPEST} deep, and its text would be lost there"
        raise bad(origin, reason, "Save the text of the page, and add that.")
    return root


def decode(data: bytes, origin: str) -> str:
    """Decode a page as browsers do: by its byte order mark or what it declares, else as UTF-8, else Windows-1252.

    Raises:
        ArticleError: much of it is no text in that encoding.
    """
    mark = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    declared = _CHARSET.search(data[:_PRESCAN])
    encodings = [mark] if mark else [_python_name(declared[1].decode("ascii"))] if declared else []
    for encoding in (*encodings, "utf-8", "cp1252"):
        with suppress(ValueError):
            return data.decode(encoding)
    # A few damaged bytes lose a few characters; `corpus check` finds them in the text.
    text = data.decode(encodings[0] if encodings else "utf-8", "replace")
    if text.count("\N{REPLACEMENT CHARACTER}") > len(text) / 100:
        raise bad(origin, "not text in any encoding it could be in", "Save the page as UTF-8, and add it again.")
    return text


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _ in lxml.etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _python_name(charset: str) -> str:
    """The encoding that a label means on the web: what calls itself Latin-1 is read as Windows-1252."""
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return "utf-8"
    return "cp1252" if name in ("iso8859-1", "ascii") else name
