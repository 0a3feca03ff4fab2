"""Files in, articles out. One module a format; `reader_for` finds the one for a file."""

from collections.abc import Iterator
from pathlib import Path

from corpus.errors import ArticleError
from corpus.readers.jsonl import JsonLinesReader
from corpus.readers.markdown import MarkdownReader
from corpus.readers.reading import Dropped, Reader, Reading, bad
from corpus.readers.text import TextReader

__all__ = ["READERS", "SUFFIXES", "Dropped", "Reader", "Reading", "bad", "read_bytes", "reader_for"]

READERS: tuple[Reader, ...] = (TextReader(), MarkdownReader(), JsonLinesReader())
SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)


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


def read_bytes(data: bytes, name: str, origin: str) -> Iterator[Reading | ArticleError]:
    """Yield each article of a file's bytes, or why that one cannot be read.

    Args:
        data: the whole file.
        name: of the file; its ending tells the format.
        origin: how messages name the file.

    Raises:
        ArticleError: no reader knows the ending, or the file as a whole cannot be read.
    """
    return reader_for(Path(name)).read(data, origin)
