"""What a reader takes and gives: bytes in; articles out, with everything that was left out."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from corpus.errors import ArticleError
from corpus.models import Article

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What a file in UTF-16 begins with."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A block of the source that is not in the article."""

    kind: str
    """"caption", "image credit", "reference list", "editorial note", "citation formats", "by-line", …"""
    text: str
    """In full, as it stands in the source."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as it was read, before overrides and before it is in the library."""

    article: Article
    source: bytes
    """What it was read from: the whole file, or its line of a JSON Lines file."""
    dropped: tuple[Dropped, ...] = ()


class Reader(Protocol):
    """Reads the files of one format."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Of its files, in lower case."""
        ...

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield each article of a file, or why that one cannot be read.

        Args:
            data: the whole file.
            origin: how messages name the file.

        Raises:
            ArticleError: the file as a whole cannot be read.
        """
        ...


def bad(origin: str, reason: str, advice: str) -> ArticleError:
    """The error about the file or line `origin`."""
    return ArticleError(f"{origin}: {reason}", advice, origin)


def decode(data: bytes, origin: str) -> str:
    """Decode UTF-8, or UTF-16 with its byte order mark.

    Raises:
        ArticleError: the bytes are something else, or hold no text.
    """
    encoding = "utf-16" if data.startswith(UTF16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise binary(origin) from None
        reason = f"not {encoding.removesuffix('-sig').upper()} at byte {error.start}"
        raise bad(origin, reason, "Save the file as UTF-8 and add it again.") from None
    if "\0" in text or text.startswith("%PDF-"):
        raise binary(origin)
    if not text.strip():
        raise bad(origin, "the file is empty", "Check that the text was saved, and add the file again.")
    return text


def binary(origin: str) -> ArticleError:
    """The error about a file that holds no text."""
    return bad(origin, "not text but binary data", "Save the article as text, Markdown or JSON Lines.")
