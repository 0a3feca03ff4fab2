"""Files in, articles out. One module a format; `reader_for` finds the one for a file."""

from pathlib import Path

from corpus.readers.jsonl import JsonLinesReader
from corpus.readers.markdown import MarkdownReader
from corpus.readers.reading import Dropped, Reader, Reading, bad
from corpus.readers.text import TextReader

__all__ = ["READERS", "SUFFIXES", "Dropped", "Reader", "Reading", "reader_for"]

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
