"""Files in, articles out. One module a format; `reader_for` finds the one for a file, `read_bytes` also for a page."""

import codecs
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import PurePath
from urllib.parse import urlsplit

from corpus.errors import ArticleError
from corpus.readers.isolated import IsolatedReader
from corpus.readers.jsonl import JsonLinesReader
from corpus.readers.markdown import MarkdownReader
from corpus.readers.reading import Dropped, Reader, Reading, bad
from corpus.readers.text import TextReader

__all__ = ["READERS", "SUFFIXES", "Dropped", "Reader", "Reading", "read_bytes", "reader_for"]

READERS: tuple[Reader, ...] = (
    TextReader(),
    MarkdownReader(),
    JsonLinesReader(),
    IsolatedReader((".html", ".htm"), "html"),
    IsolatedReader((".pdf",), "pdf"),
    IsolatedReader((".docx",), "docx"),
    IsolatedReader((".xml",), "medlineplus"),
)
SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)

_CONTENT_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/markdown": ".md",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
}
_VAGUE = {"text/plain": ".txt"}
"""Servers give these to files they do not know; the ending says more."""
_TEXTS = (".txt", ".md", ".markdown", ".jsonl", ".html", ".htm")
_ENCODINGS = frozenset({
    "ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "cp866", "cp874", "tis-620",
    "shift_jis", "cp932", "euc_jp", "iso2022_jp", "euc_kr", "cp949", "gb18030", "gbk", "gb2312", "big5", "big5hkscs",
    *(f"iso8859-{part}" for part in range(1, 17)),
    *(f"cp125{page}" for page in range(9)),
})  # fmt: skip
"""Those of web pages, as Python names them; others ("punycode") can take hours, and here nothing cuts them off."""
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def reader_for(path: PurePath) -> Reader:
    """Find the reader of a file by its suffix, in any case of letters.

    Raises:
        ArticleError: no reader knows the suffix.
    """
    return _reader(path.suffix.lower(), str(path))


def read_bytes(
    data: bytes, name: str, origin: str, content_type: str | None = None
) -> Iterator[Reading | ArticleError]:
    """Read what came as bytes, as from a server. What parsers could choke on is read in a child process.

    Args:
        data: the whole document.
        name: its file name, or its address; the ending tells the format where the content type does not.
        origin: how messages name it.
        content_type: as a server states it, with its `charset`.

    Raises:
        ArticleError: no reader knows the format, or the document as a whole cannot be read.
    """
    told = Message()
    told["Content-Type"] = content_type or "application/octet-stream"
    suffix = _suffix(name, told.get_content_type())
    text = _as_utf8(data, told.get_content_charset()) if suffix in _TEXTS else data
    for reading in _reader(suffix, origin).read(text, origin):
        yield replace(reading, source=data) if isinstance(reading, Reading) and reading.source is text else reading


def _suffix(name: str, content_type: str) -> str:
    path = urlsplit(name).path if "://" in name else name
    suffix = PurePath(path).suffix.lower()
    return _CONTENT_TYPES.get(content_type) or (suffix if suffix in SUFFIXES else _VAGUE.get(content_type, suffix))


def _reader(suffix: str, origin: str) -> Reader:
    for reader in READERS:
        if suffix in reader.suffixes:
            return reader
    kind = f"files ending in {suffix!r}" if suffix else "files without an ending"
    raise bad(origin, f"{kind} cannot be read", f"Known endings: {', '.join(SUFFIXES)}.")


def _as_utf8(data: bytes, charset: str | None) -> bytes:
    """What the server says of the encoding goes before what a page says; a byte order mark goes before both."""
    if not charset or data.startswith(_MARKS):
        return data
    try:
        # What calls itself Latin-1 on the web is Windows-1252.
        name = codecs.lookup(charset).name
        if name not in _ENCODINGS:
            return data
        return data.decode("cp1252" if name in ("iso8859-1", "ascii") else name).encode("utf-8-sig")
    except (LookupError, ValueError):
        return data
