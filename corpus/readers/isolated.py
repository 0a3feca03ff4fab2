"""Readers whose parsers are large and fed by strangers: they work in a child process. See `corpus.isolation`.

`main` is what the child runs. The parsers are imported there and nowhere else.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from corpus.errors import ArticleError
from corpus.isolation import CutOff, Pool, serve
from corpus.readers.fields import article_from, to_fields
from corpus.readers.reading import Dropped, Reader, Reading, bad

POOL = Pool("corpus.readers.isolated")


@dataclass(frozen=True, slots=True)
class IsolatedReader:
    """Reads one format as the reader of a module does, at a distance."""

    suffixes: tuple[str, ...]
    module: str
    """In this package; the reader is its `READER`."""
    pool: Pool = POOL

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield what the reader yields.

        Raises:
            ArticleError: the file cannot be read, or ended the process that read it.
        """
        head = json.dumps({"module": self.module, "origin": origin}).encode()
        try:
            for reply in self.pool.ask(head, data):
                yield _unpacked(json.loads(reply), data, origin)
        except CutOff as problem:
            advice = "The document is damaged or made to do harm. Save its text in a plain file, and add that."
            raise bad(origin, f"reading it was cut off: {problem}", advice) from None


def main() -> None:
    """Read documents for the parent until it goes."""
    serve(_replies, frames=2)


def _replies(request: list[bytes]) -> Iterator[bytes]:
    head, data = json.loads(request[0]), request[1]
    try:
        reader: Reader = import_module(f"corpus.readers.{head['module']}").READER
        for reading in reader.read(data, head["origin"]):
            yield _packed(reading, data)
    except ArticleError as error:
        yield _packed(error, data)
    except MemoryError:
        raise
    except Exception as error:  # a parser may fail in any way on a damaged document
        reason = f"it cannot be read ({type(error).__name__}: {str(error)[:200]})"
        yield _packed(bad(head["origin"], reason, "Open the document, save it again, and add that."), data)


def _packed(reading: Reading | ArticleError, data: bytes) -> bytes:
    if isinstance(reading, ArticleError):
        return json.dumps({"error": [str(reading), reading.advice, reading.origin]}).encode()
    packed = {
        "fields": to_fields(reading.article),
        "text": reading.article.text,
        "source": None if reading.source is data else b64encode(reading.source).decode(),
        "dropped": [[block.kind, block.text] for block in reading.dropped],
    }
    return json.dumps(packed, default=str).encode()


def _unpacked(packed: dict[str, object], data: bytes, origin: str) -> Reading | ArticleError:
    match packed:
        case {"error": [str(message), str(advice), str(named)]}:
            return ArticleError(message, advice, named)
        case {"fields": dict(fields), "text": str(text), "source": source, "dropped": list(dropped)}:
            return Reading(
                article_from(fields, text, origin),
                b64decode(source) if isinstance(source, str) else data,
                tuple(Dropped(str(kind), str(block)) for kind, block in dropped),
            )
    raise bad(origin, "reading it gave no article", "Save the document again, and add that.")
