"""JSON Lines: an article a line, as `id`, `title`, `url`, `text` and any other field of an article file."""

import json
from collections.abc import Iterator, Mapping

from corpus import language
from corpus.errors import ArticleError
from corpus.readers.body import collapse, compose
from corpus.readers.fields import KNOWN, article_from, slug
from corpus.readers.layout import first_line, lines, pieces
from corpus.readers.reading import Dropped, Reading, bad, decode


class JsonLinesReader:
    """Reads `.jsonl`. A line that cannot be read does not keep the others out."""

    suffixes = (".jsonl",)

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield an article, or an error, for each line that is not blank."""
        for number, line in enumerate(decode(data, origin).split("\n"), start=1):
            if line.strip():
                yield _reading(line, f"{origin}: line {number}")


def _reading(line: str, origin: str) -> Reading | ArticleError:
    try:
        fields = _fields(line, origin)
        text = fields.get("text")
        if not isinstance(text, str) or not text.strip():
            return bad(origin, "no text", "Give it the field 'text'.")
        title = fields.get("title")
        if isinstance(title, str):
            fields = {"id": slug(title), **fields, "title": collapse(title)}
        content = body(text, str(title))
        article = article_from(language.declare(fields, content), content, origin)
    except ArticleError as error:
        return error
    unknown = (key for key in fields if key not in (*KNOWN, "text"))
    return Reading(article, line.encode(), tuple(Dropped("unknown field", key) for key in unknown))


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
