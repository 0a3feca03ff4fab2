"""`notices.toml` -> signs and context. The file explains its own rule language."""

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import WellQuotedError
from index.lexical import stem, words
from qa.models import NoticeKind
from qa.notices.phrases import Choice, Context, Doubt, Near, Pattern, Person, Row, Sign
from qa.notices.sentences import plain

_GAP = 4
"""Words that "..." may stand for."""


class NoticesError(WellQuotedError):
    """A file of notices that breaks a rule. The message names the file and the entry."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _SignEntry(_Entry):
    name: str
    say: list[str] = Field(min_length=1)
    examples: list[str] = Field(min_length=1)
    unless: list[str] = []
    person: Person | None = None
    even_if: list[Doubt] = []


class KindEntry(_Entry):
    text: str = Field(min_length=1)
    even_if: list[Doubt] = []
    signs: list[_SignEntry]


class _ContextEntry(_Entry):
    person: list[str]
    now: list[str]
    topic: list[str]
    asking: list[str]
    general: list[str]
    past: list[str]
    ahead: list[str]
    denied: list[str]


class _FileEntry(_Entry):
    fillers: list[str]
    words: dict[str, list[str]]
    context: _ContextEntry
    emergency: KindEntry
    crisis: KindEntry
    personal: KindEntry


def parse(file: Path) -> _FileEntry:
    try:
        return _FileEntry.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise _broken(file, ".".join(map(str, first["loc"])), first["msg"]) from error
    except (OSError, ValueError) as error:
        raise NoticesError(f"{file}: {error}", "See the comments at the top of the shipped notices.toml.") from error


def _broken(file: Path, entry: str, reason: str) -> NoticesError:
    return NoticesError(f"{file}: {entry}: {reason}", "See the comments at the top of the shipped notices.toml.")


def _word(key: str) -> Choice:
    return Choice(frozenset({key}), {})


def _choice(options: Sequence[Pattern]) -> Choice:
    """One choice of all options; choices among them are opened up."""
    keys = frozenset[str]().union(*(option.keys for option in options if isinstance(option, Choice)))
    longer: dict[str, list[Pattern]] = defaultdict(list)
    for option in options:
        for phrase in _longer_phrases(option):
            for key in phrase.needs():
                longer[key].append(phrase)
    return Choice(keys, dict(longer))


def _longer_phrases(option: Pattern) -> Sequence[Pattern]:
    if isinstance(option, Choice):
        return list({id(phrase): phrase for phrases in option.longer.values() for phrase in phrases}.values())
    return [option]


class Grammar:
    """Compiles the phrases of one file, and collects the words they are made of."""

    def __init__(self, file: Path, entries: _FileEntry) -> None:
        self._file = file
        self._entries = entries
        self._lists: dict[str, Pattern] = {}
        self._open: set[str] = set()
        self.fillers = frozenset(plain(word) for word in entries.fillers)
        self.vocabulary: set[str] = set()

    def sign(self, kind: NoticeKind, group: KindEntry, entry: _SignEntry) -> Sign:
        where = f'{kind}, sign "{entry.name}"'
        say, unless = self._any_of(where, entry.say), self._any_of(where, entry.unless)
        even_if = frozenset(group.even_if + entry.even_if)
        return Sign(kind, entry.name, say, unless, entry.person, even_if, tuple(entry.examples))

    def context(self) -> Context:
        lists = self._entries.context.model_dump().items()
        return Context(**{name: self._any_of(f"context.{name}", phrases) for name, phrases in lists})

    def _any_of(self, where: str, phrases: Sequence[str]) -> Pattern:
        return _choice([self._phrase(where, phrase) for phrase in phrases])

    def _phrase(self, where: str, phrase: str) -> Pattern:
        rows = tuple(self._row(f'{where}, "{phrase}"', part.split()) for part in phrase.split("&"))
        return rows[0] if len(rows) == 1 else Near(rows)

    def _row(self, where: str, parts: Sequence[str]) -> Pattern:
        if not parts or "..." in (parts[0], parts[-1]):
            raise _broken(self._file, where, "a phrase begins and ends with a word")
        items = tuple(self._item(where, part) for part in parts if part != "...")
        gaps = tuple(_GAP if before == "..." else 0 for before, part in pairwise(parts) if part != "...")
        return items[0] if len(items) == 1 else Row(items, gaps)

    def _item(self, where: str, item: str) -> Pattern:
        alternatives = [self._alternative(where, written) for written in item.split("/")]
        return alternatives[0] if len(alternatives) == 1 else _choice(alternatives)

    def _alternative(self, where: str, written: str) -> Pattern:
        if written.isupper():
            return self._list(where, written)
        return self._row(where, written.split("_")) if "_" in written else _word(self._key(where, written))

    def _key(self, where: str, written: str) -> str:
        if written in ("#", "#many", "#year"):
            return written
        word = plain(written.removeprefix("="))
        if words(word) != [word]:
            raise _broken(self._file, where, f'"{written}" is not one word')
        if word in self.fillers:
            raise _broken(self._file, where, f'"{word}" is a filler: leave it out')
        self.vocabulary.add(word)
        return "=" + word if written.startswith("=") else stem(word)

    def _list(self, where: str, name: str) -> Pattern:
        if name not in self._entries.words or name in self._open:
            raise _broken(self._file, where, f"the list {name} is missing, or names itself")
        if name not in self._lists:
            self._open.add(name)
            self._lists[name] = self._any_of(f"words.{name}", self._entries.words[name])
            self._open.remove(name)
        return self._lists[name]
