"""Files in, articles out. One module a format; `reader_for` finds the one for a file."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from corpus.errors import ArticleError
from corpus.readers.jsonl import JsonLinesReader
from corpus.readers.markdown import MarkdownReader
from corpus.readers.reading import Dropped, Reader, Reading, bad
from corpus.readers.text import TextReader

__all__ = ["READERS", "SUFFIXES", "Dropped", "Reader", "Reading", "read_bytes", "reader_for"]

READERS: tuple[Reader, ...] = (TextReader(), MarkdownReader(), JsonLinesReader())
SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)

_ENDINGS = {"text/markdown": ".md", "application/jsonl": ".jsonl", "application/x-ndjson": ".jsonl"}


def reader_for(path: Path) -> Reader:
    """Find the reader of a file by its suffix, in any case of letters.

    Raises:
        ArticleError: no reader knows the suffix.
    """
    for reader in READERS:
        if path.suffix.lower() in reader.suffixes:
            return reader
    kind = f"files ending in {path.suffix!r}" if path.suffix else "files without an ending"
    raise bad(str(path), f"{kind} cannot be read", f"Known endings: {', '.join(SUFFIXES)}.")


def read_bytes(
    data: bytes, name: str, origin: str, content_type: str | None = None
) -> Iterator[Reading | ArticleError]:
    """Yield each article of what came as bytes, as from a server, or why that one cannot be read.

    Args:
        data: the whole document.
        name: its file name, or its address; the ending tells the format where the content type does not.
        origin: how messages name it.
        content_type: as a server states it.

    Raises:
        ArticleError: no reader knows the format, or the document as a whole cannot be read.
    """
    path = PurePath(urlsplit(name).path if "://" in name else name)
    kind = (content_type or "").partition(";")[0].strip().lower()
    known = path.suffix.lower() in SUFFIXES
    suffix = _ENDINGS.get(kind) or (path.suffix if known else ".txt" if kind == "text/plain" else "")
    if not suffix:
        raise bad(origin, f"{kind or 'what names no type'} cannot be read", "Save it as text or Markdown.")
    return reader_for(Path(f"page{suffix}")).read(data, origin)
