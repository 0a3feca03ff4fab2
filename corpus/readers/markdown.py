"""The article file: UTF-8 Markdown with YAML front matter. `dump` writes what `parse` reads, exactly."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import PurePath

import yaml

from corpus import language
from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers.body import collapse, compose
from corpus.readers.fields import KNOWN, article_from, is_id, slug, title_of, to_fields
from corpus.readers.markup import pieces
from corpus.readers.reading import Dropped, Reading, bad, decode

try:
    from yaml import CSafeDumper as SafeDumper
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeDumper, SafeLoader  # type: ignore[assignment]

_FRONT_MATTER = re.compile(r"---\n(.*?)^---(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_DEEPEST = 4
"""Of nested lists and mappings: the fields need 3, and libyaml overflows the stack at some 10,000."""
_UNWRAPPED = 2**31 - 1
_NULL = "tag:yaml.org,2002:null"


class _Loader(SafeLoader):
    """The safe loader, with each plain word as it is written: `id: 0123` and `title: No` are text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as in the base class
        first: [(tag, pattern) for tag, pattern in resolvers if tag == _NULL]
        for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
    }


def parse(text: str, origin: str) -> Article:
    """Read an article file.

    Raises:
        ArticleError: it has no front matter, or a field is unknown, missing or wrong.
    """
    fields, body = _split(text, origin)
    if fields is None:
        raise bad(origin, "no front matter", "Bring the file in with 'wellquoted corpus add'.")
    if unknown := [key for key in fields if key not in KNOWN]:
        raise bad(origin, f"unknown field{'s' * (len(unknown) > 1)} {', '.join(map(repr, unknown))}", _hint(unknown))
    return article_from(fields, body, origin)


def _hint(unknown: Iterable[str]) -> str:
    """What unknown fields may have been meant to be."""
    meant = {key: close[0] for key in unknown if (close := get_close_matches(key.lower(), KNOWN, n=1))}
    asked = " ".join(f"Did {key!r} mean {field!r}?" for key, field in meant.items())
    return f"{asked} Known fields: {', '.join(KNOWN)}.".lstrip()


def glance(text: str, origin: str) -> tuple[str, str]:
    """The id and the body of an article file, without looking at the other fields.

    Raises:
        ArticleError: it has no front matter that can be read, or no id in it.
    """
    fields, body = _split(text, origin)
    if not fields or not is_id(str(fields.get("id"))):
        raise bad(origin, "no id", "Bring the file in with 'wellquoted corpus add'.")
    return str(fields["id"]), body


def dump(article: Article) -> str:
    """Write an article file; `parse` gives the same article back."""
    front = yaml.dump(to_fields(article), Dumper=SafeDumper, sort_keys=False, allow_unicode=True, width=_UNWRAPPED)
    return f"---\n{front}---\n\n{article.text}\n"


class MarkdownReader:
    """Reads article files and other Markdown; the latter's body becomes canonical."""

    suffixes = (".md", ".markdown")

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield the article of the file."""
        fields, body = _split(decode(data, origin), origin)
        if fields and "imported" in fields:
            yield Reading(article_from(fields, body, origin), data)
            return
        fields = fields or {}
        title, content, dropped = _canonical(body, str(fields.get("title") or ""), origin)
        if not content:
            raise bad(origin, "there is no text below the title", "Check that the text was saved.")
        named = {"id": slug(title) or slug(PurePath(origin).stem), **fields, "title": title}
        unknown = tuple(Dropped("unknown field", key) for key in fields if key not in KNOWN)
        yield Reading(article_from(language.declare(named, content), content, origin), data, unknown + dropped)


def _split(text: str, origin: str) -> tuple[Mapping[str, object] | None, str]:
    """Part front matter and body. Line ends are brought to `\\n` only where the first one is not."""
    if text.startswith("---\r"):
        text = text.replace("\r\n", "\n")
    if not text.startswith("---\n"):
        return None, text
    match = _FRONT_MATTER.match(text)
    if not match:
        raise bad(origin, "the front matter has no end", "Close it with a line that holds only '---'.")
    return _load(match[1], origin), text[match.end() :].removeprefix("\n").removesuffix("\n")


def _load(front: str, origin: str) -> Mapping[str, object]:
    try:
        _check_depth(front)
        fields = yaml.load(front, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 2}: " if error.problem_mark else ""
        raise bad(origin, f"{line}broken front matter: {error.problem}", _ADVICE) from None
    except (yaml.YAMLError, ValueError) as error:
        raise bad(origin, f"broken front matter: {collapse(str(error))}", _ADVICE) from None
    if not isinstance(fields, dict) or not all(isinstance(key, str) for key in fields):
        raise bad(origin, "the front matter is not a list of fields", _ADVICE)
    return fields


_ADVICE = "Write one 'name: value' a line; put a value that has ': ' or '#' in it in quotes."


def _check_depth(front: str) -> None:
    depth = 0
    for event in yaml.parse(front, Loader=SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("it is nested too deep")


def _canonical(body: str, title: str, origin: str) -> tuple[str, str, tuple[Dropped, ...]]:
    """The title, the canonical body and what was left out of a Markdown text."""
    found, dropped = pieces(body)
    first = found[0] if found and found[0].kind == "heading" else None
    if first and (first.text == collapse(title) or (not title and first.level == 1)):
        title, found = first.text, found[1:]
    return collapse(title) or title_of(origin), compose(found), dropped
