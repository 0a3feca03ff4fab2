"""sources.toml: where the articles of a folder come from. docs/sources.md describes it."""

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from corpus.errors import SourcesError
from corpus.web.fetching import can_be_split, site_of

Kind = Literal["urls", "sitemap", "feed", "folder"]
KINDS: tuple[Kind, ...] = ("urls", "sitemap", "feed", "folder")

_Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
_Address = Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$")]
_Pattern = Annotated[str, Field(pattern=r"^(/|https?://|\*)")]
_HEADER = re.compile(r"^\s*\[\[\s*source\s*\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One `[[source]]`: exactly one of `urls`, `sitemap`, `feed` and `folder` says where its articles are."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: _Text
    urls: tuple[_Address, ...] = ()
    sitemap: _Address | None = None
    feed: _Address | None = None
    folder: _Text | None = None
    """Relative to the file of sources."""
    include: tuple[_Pattern, ...] = ()
    exclude: tuple[_Pattern, ...] = ()
    publisher: _Text | None = None
    licence: _Text | None = None
    review_status: _Text | None = None
    language: _Text | None = None

    @property
    def kind(self) -> Kind:
        return next(kind for kind in KINDS if getattr(self, kind))

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return self.sitemap or self.feed or self.folder or self.urls[0]

    def told(self) -> dict[str, str]:
        """The fields that the source gives to each of its articles."""
        names = ("publisher", "licence", "review_status", "language")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def takes(self, url: str) -> bool:
        """Say whether a page that the sitemap or feed lists belongs to the source."""
        if not can_be_split(url) or any(_matches(url, pattern) for pattern in self.exclude):
            return False
        elsewhere = site_of(url) != site_of(self.sitemap or self.feed or url)
        wanted = [pattern for pattern in self.include if not elsewhere or not pattern.startswith(("/", "*"))]
        return any(_matches(url, pattern) for pattern in wanted) if self.include else not elsewhere

    def takes_file(self, path: str) -> bool:
        """The same for a file, named by its path below the folder."""
        if any(fnmatchcase(f"/{path}", pattern) for pattern in self.exclude):
            return False
        return not self.include or any(fnmatchcase(f"/{path}", pattern) for pattern in self.include)


def load_sources(file: Path) -> tuple[Source, ...]:
    """Read a file of sources.

    Raises:
        SourcesError: names the file, the line and the source.
    """
    try:
        text = file.read_text("utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        advice = "Write one (docs/sources.md shows a whole one), or name it with --sources FILE."
        raise SourcesError(f"{file}: {(error.strerror or str(error)).lower()}", advice) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourcesError(f"{file}: not TOML: {error}", "docs/sources.md shows a whole file.") from None
    entries = tables.pop("source", None)
    if tables or not isinstance(entries, list) or not entries:
        found = f"unknown key {next(iter(tables))!r}" if tables else "no source"
        raise SourcesError(f"{file}: {found}", "Begin each source with a line [[source]].")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if _HEADER.match(line)]
    return _checked([_source(entry, _Place(file, lines, number)) for number, entry in enumerate(entries)], file)


@dataclass(frozen=True, slots=True)
class _Place:
    file: Path
    lines: list[int]
    number: int

    def bad(self, name: object, reason: str) -> SourcesError:
        line = f":{self.lines[self.number]}" if self.number < len(self.lines) else ""
        named = repr(name) if name else f"number {self.number + 1}"
        return SourcesError(f"{self.file}{line}: source {named}: {reason}", "docs/sources.md explains every key.")


_SOURCE = TypeAdapter(Source)


def _source(entry: object, place: _Place) -> Source:
    name = entry.get("name") if isinstance(entry, dict) else None
    try:
        source = _SOURCE.validate_python(entry)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        raise place.bad(name, f"{key}: {problem['msg'][0].lower()}{problem['msg'][1:]}") from None
    kinds = [kind for kind in KINDS if getattr(source, kind)]
    if len(kinds) != 1:
        given = " and ".join(kinds) or "none of them"
        raise place.bad(name, f"give it one of {', '.join(KINDS)}; it has {given}")
    if source.kind == "urls" and (source.include or source.exclude):
        raise place.bad(name, "include and exclude are for a sitemap, feed or folder")
    return source


def _checked(sources: list[Source], file: Path) -> tuple[Source, ...]:
    names = [source.name for source in sources]
    if twice := [name for name in names if names.count(name) > 1]:
        raise SourcesError(f"{file}: two sources are named {twice[0]!r}", "Give each source a name of its own.")
    return tuple(sources)


def _matches(url: str, pattern: str) -> bool:
    """A pattern from a slash on is for path and query, one from http on for the whole address."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return fnmatchcase(url if pattern.startswith("http") else path, pattern)
