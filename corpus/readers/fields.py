"""The fields of an article file, checked one by one: front matter and JSON Lines share them."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePath
from typing import TypeVar
from urllib.parse import urlsplit

from corpus.models import Article, Imported, Source
from corpus.readers.reading import bad

KNOWN = (
    "id", "title", "also_called", "url", "publisher", "authors", "published", "updated", "reviewed",
    "review_status", "language", "licence", "sources", "imported",
)  # fmt: skip

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")
"""JSON can escape them, and no text file can hold them."""
_LONGEST_SLUG = 60

_T = TypeVar("_T")


def slug(title: str) -> str:
    """ASCII lower-case kebab of a title, at most 60 characters, cut between words; may be empty."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    found = ""
    for word in words:
        if len(found) + 1 + len(word) > _LONGEST_SLUG:
            break
        found = f"{found}-{word}" if found else word
    return found or "".join(words)[:_LONGEST_SLUG]


def is_id(value: object) -> bool:
    """Whether an article can have this id."""
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def title_of(path: str) -> str:
    """A title for an article that names none: its file's name in words."""
    words = " ".join(re.sub(r"[-_\s]+", " ", PurePath(path).stem).split())
    return words[:1].upper() + words[1:] or "Untitled"


def article_from(fields: Mapping[str, object], text: str, origin: str) -> Article:
    """Make an article of its fields; those with no value or an empty one count as absent.

    Args:
        fields: by the names in `KNOWN`; others are not looked at.
        origin: how messages name the file, and the line if it has several articles.

    Raises:
        ArticleError: a field is missing or is not what it should be.
    """
    try:
        return _article({key: value for key, value in fields.items() if value not in (None, "", [])}, text)
    except _Invalid as problem:
        raise bad(origin, str(problem), problem.advice) from None


def to_fields(article: Article) -> dict[str, object]:
    """The fields of an article in the order of an article file, without those that are empty."""
    imported = article.imported
    fields: dict[str, object] = {
        "id": article.id,
        "title": article.title,
        "also_called": list(article.also_called),
        "url": article.url,
        "publisher": article.publisher,
        "authors": list(article.authors),
        "published": article.published,
        "updated": article.updated,
        "reviewed": article.reviewed,
        "review_status": article.review_status,
        "language": article.language,
        "licence": article.licence,
        "sources": [
            {"title": source.title, "publisher": source.publisher, "url": source.url} for source in article.sources
        ],
        "imported": imported and {"from": imported.origin, "sha256": imported.sha256, "at": imported.at},
    }
    return {key: value for key, value in fields.items() if value not in (None, "", [])}


class _Invalid(Exception):
    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.advice = advice


def _article(fields: Mapping[str, object], text: str) -> Article:
    def optional(key: str, convert: Callable[[str, object], _T], default: _T) -> _T:
        return convert(key, fields[key]) if key in fields else default

    if damage := _UNWRITABLE.search(text):
        raise _Invalid(f"the text has the character {damage[0]!r}", "Remove it, and add the article again.")
    return Article(
        id=_required(fields, "id", _id),
        title=_required(fields, "title", _string),
        text=text,
        url=optional("url", _url, None),
        publisher=optional("publisher", _string, None),
        authors=optional("authors", _strings, ()),
        published=optional("published", _date, None),
        updated=optional("updated", _date, None),
        reviewed=optional("reviewed", _date, None),
        review_status=optional("review_status", _string, "not clinically reviewed"),
        language=optional("language", _string, "en"),
        licence=optional("licence", _string, None),
        sources=optional("sources", _sources, ()),
        imported=optional("imported", _imported, None),
        also_called=optional("also_called", _strings, ()),
    )


def _required(fields: Mapping[str, object], key: str, convert: Callable[[str, object], _T]) -> _T:
    if fields.get(key) in (None, ""):
        raise _Invalid(f"no {key}", f"Give it the field {key!r}.")
    return convert(key, fields[key])


def _string(key: str, value: object) -> str:
    if isinstance(value, str) and value.strip() and not _UNWRITABLE.search(value):
        return value
    raise _Invalid(f"{key} is {value!r}, not text", f"Write the {key} as text, in quotes if need be.")


def _id(key: str, value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _string(key, value)
    if not _ID.fullmatch(text):
        advice = "Use letters, digits, '-', '_' and '.', at most 100, such as 'muscle-cramps'."
        raise _Invalid(f"{text!r} is not an {key}", advice)
    return text


def _url(key: str, value: object) -> str:
    text = _string(key, value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or not re.fullmatch(r"[^\s<>\"]+", text):
        raise _Invalid(f"{key} is {text!r}, not a web address", "Write it from 'https://' on.")
    return text


def _date(key: str, value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_string(key, value))
    except ValueError:
        raise _Invalid(f"{key} is {value!r}, not a date", "Write dates as 2017-12-21.") from None


def _strings(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(_string(key, each) for each in value)
    return (_string(key, value),)


def _sources(key: str, value: object) -> tuple[Source, ...]:
    if not isinstance(value, list):
        raise _Invalid(f"{key} is not a list", "Give each source a title, a publisher and a url.")
    return tuple(_source(each) for each in value)


def _source(value: object) -> Source:
    fields = _mapping("source", value)
    title, publisher = (_required(fields, key, _string) for key in ("title", "publisher"))
    return Source(title, publisher, _required(fields, "url", _url))


def _imported(key: str, value: object) -> Imported:
    fields = _mapping(key, value)
    origin, sha256, at = (_required(fields, name, _string) for name in ("from", "sha256", "at"))
    if not _SHA256.fullmatch(sha256):
        raise _Invalid(f"{key}.sha256 is {sha256!r}", "It is 64 hexadecimal digits; 'corpus add' writes it.")
    return Imported(origin, sha256, at)


def _mapping(key: str, value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise _Invalid(f"{key} is {value!r}, not a mapping", f"Write each field of the {key} as 'name: value'.")
