"""JSON Lines: an article a line, as `id`, `title`, `url`, `text` and any other field of an article file, or as a
question-and-answer record (`corpus.readers.questions`)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import BinaryIO

from corpus import language
from corpus.errors import ArticleError
from corpus.readers import questions
from corpus.readers.body import collapse, compose
from corpus.readers.fields import KNOWN, article_from, slug
from corpus.readers.layout import first_line, lines, pieces
from corpus.readers.reading import UTF16, Dropped, Reading, bad, binary, decode

LONGEST = 20_000_000
"""Bytes of a line; a file may have any number of them."""
_PROBE = 4096
"""Bytes that tell whether a file is text."""


class JsonLinesReader:
    """Reads `.jsonl`. A line that cannot be read does not keep the others out."""

    suffixes = (".jsonl",)

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield an article, or an error, for each line that is not blank."""
        return self.stream(BytesIO(data), origin)

    def stream(self, file: BinaryIO, origin: str) -> Iterator[Reading | ArticleError]:
        """The same of an open file, of which one line at a time is held.

        Raises:
            ArticleError: the file as a whole cannot be read.
        """
        read_any = False
        for number, line in enumerate(_lines(file, origin), start=1):
            if line.strip():
                read_any = True
                yield _line(line, f"{origin}: line {number}")
        if not read_any:
            raise bad(origin, "the file is empty", "Check that the text was saved, and add the file again.")


def _lines(file: BinaryIO, origin: str) -> Iterable[bytes]:
    """The lines without their ends; of one that is too long, its first bytes."""
    start = file.read(_PROBE)
    file.seek(0)
    if start.startswith(UTF16):
        return decode(file.read(), origin).encode("utf-8", "surrogatepass").split(b"\n")
    if b"\0" in start or start.startswith(b"%PDF-"):
        raise binary(origin)
    return _utf8_lines(file)


def _utf8_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST + 1):
        yield line.removesuffix(b"\n")
        while len(line) > LONGEST and not line.endswith(b"\n"):
            line = file.readline(LONGEST + 1)


def _line(line: bytes, origin: str) -> Reading | ArticleError:
    if len(line) > LONGEST:
        return bad(origin, f"longer than the {LONGEST / 1e6:.0f} MB that are read", "Write one article a line.")
    try:
        return _reading(decode(line, origin), origin)
    except ArticleError as error:
        return error


def _reading(line: str, origin: str) -> Reading:
    fields = _fields(line, origin)
    named: Mapping[str, object]
    if questions.is_record(fields):
        named, content, dropped = questions.read_record(fields)
        if not named["title"]:
            raise bad(origin, "no title", "Give it the field 'focus', or 'title'.")
        if not content:
            raise bad(origin, "no answer", 'Give it "qa": [{"question": …, "answer": …}].')
    else:
        named, content = _named(fields, origin)
        dropped = tuple(Dropped("unknown field", key) for key in fields if key not in (*KNOWN, "text"))
    return Reading(article_from(language.declare(named, content), content, origin), line.encode(), dropped)


def _named(fields: Mapping[str, object], origin: str) -> tuple[Mapping[str, object], str]:
    """The fields of an article, with an id, and its body."""
    text, title = fields.get("text"), fields.get("title")
    if not isinstance(text, str) or not text.strip():
        raise bad(origin, "no text", "Give it the field 'text'.")
    if isinstance(title, str):
        fields = {"id": slug(title), **fields, "title": collapse(title)}
    return fields, body(text, str(title))


def _fields(line: str, origin: str) -> Mapping[str, object]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise bad(origin, f"not JSON: {error}", "Write one JSON object a line.") from None
    if not isinstance(fields, dict):
        raise bad(origin, "not a JSON object", 'Write it as {"id": …, "title": …, "url": …, "text": …}.')
    return fields


def body(text: str, title: str) -> str:
    """The canonical body of plain text, without a first line that only repeats the title."""
    found = lines(text)
    if len(found) > 1 and first_line(found) == collapse(title):
        found = found[1:]
    return compose(pieces(found))
