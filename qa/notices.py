"""Which fixed notices a question calls for. Texts, signs and the rule language stand in `notices.toml`."""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Literal, Protocol, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from corpus.errors import WellQuotedError
from index.lexical import STOP_WORDS, stem, words
from qa.models import Notice, NoticeKind

DEFAULT_FILE = Path(__file__).with_name("notices.toml")
KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
Doubt = Literal["not", "past", "ahead", "general"]
Person = Literal["named", "hinted"]
Span = tuple[int, int]

_GAP = 4
_NEAR = 12
_WINDOW, _STEP = 60, 40
_MANY = 5
_LONGEST = 30
_SENTENCE = re.compile(r"(?:[^.!?;\n]|\.(?=\S)|(?<=\.)\.)+[.!?;\n]*")
_APOSTROPHE = re.compile(r"['’‘`´]")
_STUCK = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")


class NoticesError(WellQuotedError):
    """A file of notices that breaks a rule. The message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Up to `_WINDOW` words. `places` maps a key (a stem, or "=word") to its positions; `found` remembers searches."""

    places: Mapping[str, Sequence[int]]
    commas: frozenset[int]
    asked: bool
    found: dict[int, Sequence[Span]] = field(default_factory=dict)


class Pattern(Protocol):
    """A phrase of a rule."""

    def needs(self) -> frozenset[str]:
        """Keys of which a sentence must have at least one."""

    def spans(self, sentence: Sentence) -> Sequence[Span]:
        """Where it stands in the sentence: half-open spans of word positions."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of several words or longer phrases. `longer` finds a phrase by the words that it needs."""

    keys: frozenset[str]
    longer: Mapping[str, Sequence[Pattern]]

    def needs(self) -> frozenset[str]:
        return self.keys | self.longer.keys()

    def spans(self, sentence: Sentence) -> Sequence[Span]:
        known = sentence.found.get(id(self))
        if known is None:
            known = sentence.found[id(self)] = sorted(self._search(sentence))
        return known

    def _search(self, sentence: Sentence) -> set[Span]:
        single = {(place, place + 1) for key in self.keys & sentence.places.keys() for place in sentence.places[key]}
        likely = {id(phrase): phrase for key in sentence.places for phrase in self.longer.get(key, ())}
        return single.union(*(phrase.spans(sentence) for phrase in likely.values()))


@dataclass(frozen=True, slots=True)
class Row:
    """Items in this order; before item i + 1 up to `gaps[i]` other words may stand."""

    items: tuple[Pattern, ...]
    gaps: tuple[int, ...]

    def needs(self) -> frozenset[str]:
        return min((item.needs() for item in self.items), key=_commonness)

    def spans(self, sentence: Sentence) -> Sequence[Span]:
        found = self.items[0].spans(sentence)
        for gap, item in zip(self.gaps, self.items[1:], strict=True):
            after = item.spans(sentence) if found else ()
            found = sorted({(a, d) for a, b in found for c, d in after if 0 <= c - b <= gap})
        return found


@dataclass(frozen=True, slots=True)
class Near:
    """Rows in any order, at most `_NEAR` words between one and the next."""

    rows: tuple[Pattern, ...]

    def needs(self) -> frozenset[str]:
        return min((row.needs() for row in self.rows), key=_commonness)

    def spans(self, sentence: Sentence) -> Sequence[Span]:
        found = self.rows[0].spans(sentence)
        for done, row in enumerate(self.rows[1:]):
            others = row.spans(sentence) if found else ()
            found = sorted({(min(a, c), max(b, d)) for a, b in found for c, d in others if _near(b, c, d, a, done > 0)})
        return found


def _commonness(keys: frozenset[str]) -> tuple[bool, int]:
    return not keys.isdisjoint(STOP_WORDS), len(keys)


def _near(end: int, other_start: int, other_end: int, start: int, inside: bool) -> bool:
    """Whether two spans stand at most `_NEAR` words apart; one inside the other counts where `inside`."""
    apart = max(other_start - end, start - other_end)
    return apart <= _NEAR and (inside or apart >= 0)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a notice: any phrase of `say`, unless the sentence speaks against it."""

    kind: NoticeKind
    name: str
    say: Pattern
    unless: Pattern
    person: Person | None
    even_if: frozenset[Doubt]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Words that tell whether a phrase is about somebody, now."""

    person: Pattern
    now: Pattern
    topic: Pattern
    asking: Pattern
    general: Pattern
    past: Pattern
    ahead: Pattern
    denied: Pattern


class Notices:
    """The notices of one file. Safe to share between threads."""

    def __init__(
        self, texts: Mapping[NoticeKind, str], signs: Sequence[Sign], context: Context, reader: "_Reader"
    ) -> None:
        self.texts = texts
        self.signs = tuple(signs)
        self._context = context
        self._reader = reader

    @classmethod
    def load(cls, file: Path = DEFAULT_FILE) -> Self:
        """Read and check a file of notices; NoticesError names the entry that breaks a rule."""
        entries = _parse(file)
        grammar = _Grammar(file, entries)
        kinds: dict[NoticeKind, _KindEntry] = {kind: getattr(entries, kind) for kind in KINDS}
        signs = [grammar.sign(kind, entry, sign) for kind, entry in kinds.items() for sign in entry.signs]
        texts = {kind: " ".join(entry.text.split()) for kind, entry in kinds.items()}
        return cls(texts, signs, grammar.context(), _Reader(frozenset(grammar.vocabulary), grammar.fillers))

    def for_question(self, text: str) -> tuple[Notice, ...]:
        """The notices that `text` calls for, in the order of `KINDS`."""
        raised = {sign.kind for sign in self.signs_in(text)}
        return tuple(Notice(kind, self.texts[kind]) for kind in KINDS if kind in raised)

    def signs_in(self, text: str) -> tuple[Sign, ...]:
        """The signs found in `text`, in the order of the file: why a notice is shown."""
        sentences = tuple(self._reader.sentences(text))
        return tuple(
            sign for sign in self.signs if any(_shows(sign, sentence, self._context) for sentence in sentences)
        )


def _shows(sign: Sign, sentence: Sentence, context: Context) -> bool:
    found = sign.say.spans(sentence)
    if not found or sign.unless.spans(sentence):
        return False
    return any(not _doubtful(sign, sentence, span, context) for span in found)


def _doubtful(sign: Sign, sentence: Sentence, span: Span, context: Context) -> bool:
    doubts: Mapping[Doubt, bool] = {
        "not": _is_denied(sentence, span, context),
        "past": bool(context.past.spans(sentence)) and not context.now.spans(sentence),
        "ahead": _is_ahead(sentence, span, context),
        "general": _is_general(sentence, span, context, sign.person),
    }
    return any(present and doubt not in sign.even_if for doubt, present in doubts.items())


def _is_denied(sentence: Sentence, span: Span, context: Context) -> bool:
    """The words just before the span deny it: "no chest pain"; but "no, chest pain" does not."""
    return any(end == span[0] and end - 1 not in sentence.commas for _, end in context.denied.spans(sentence))


def _is_ahead(sentence: Sentence, span: Span, context: Context) -> bool:
    """The span is feared, asked about or imagined, by the words shortly before it."""
    people = context.person.spans(sentence)
    return any(
        end <= span[0] <= end + 2 and not any(end <= who < span[0] for who, _ in people)
        for _, end in context.ahead.spans(sentence)
    )


def _is_general(sentence: Sentence, span: Span, context: Context, needed: Person | None) -> bool:
    """The span is about an illness as such, not about somebody."""
    general = context.general.spans(sentence)
    if _has_person(sentence, span, context, general):
        return False
    if any(needed or start < span[0] for start, _ in general):
        return True
    if any(start == 0 for start, _ in context.asking.spans(sentence)):
        return True
    bare = needed == "named" or sentence.asked or bool(context.topic.spans(sentence))
    return needed is not None and bare and not context.now.spans(sentence)


def _has_person(sentence: Sentence, span: Span, context: Context, general: Sequence[Span]) -> bool:
    return any(
        span[0] - _NEAR <= start < span[1] + 4 and not any(end <= word < span[0] for word, _ in general)
        for start, end in context.person.spans(sentence)
    )


class _Reader:
    """Text to sentences; a word that is not English is read as the word of the rules it most resembles."""

    def __init__(self, vocabulary: frozenset[str], fillers: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._fillers = fillers
        self._keys = {word: frozenset({stem(word), "=" + word}) for word in sorted(vocabulary)}
        self._stems = {stem(word): frozenset({stem(word)}) for word in sorted(vocabulary)}
        self._english = _english()
        self._read = lru_cache(maxsize=50_000)(self._read_word)

    def sentences(self, text: str) -> Iterator[Sentence]:
        plain = _plain(text)
        for match in _SENTENCE.finditer(plain):
            keys, commas = self._keys_of(match.group())
            for start in range(0, max(len(keys) - _WINDOW + _STEP, 1), _STEP):
                part = keys[start : start + _WINDOW]
                yield Sentence(_places(part), frozenset(at - start for at in commas), "?" in match.group())

    def _keys_of(self, sentence: str) -> tuple[list[frozenset[str]], list[int]]:
        keys: list[frozenset[str]] = []
        commas = []
        for clause in sentence.split(","):
            keys.extend(key for word in words(clause) for key in self._read(word))
            commas.append(len(keys) - 1)
        return keys, commas[:-1]

    def _read_word(self, word: str) -> tuple[frozenset[str], ...]:
        if word in self._fillers:
            return ()
        if word.isdecimal():
            return (_number_keys(word),)
        known = word in self._vocabulary or stem(word) in self._stems or word in self._english
        if known or len(word) > _LONGEST:
            return (frozenset({stem(word), "=" + word}),)
        return self._split(word) or (self._nearest(word),)

    def _split(self, word: str) -> tuple[frozenset[str], ...]:
        """The two words of the rules that were typed as one: "cantbreathe"."""
        cuts = ((word[:at], word[at:]) for at in range(1, len(word)) if len(word) > _MANY)
        pairs = [cut for cut in cuts if all(part in self._keys and (len(part) > 1 or part == "i") for part in cut)]
        return tuple(self._keys[part] for part in pairs[0]) if pairs else ()

    def _nearest(self, word: str) -> frozenset[str]:
        choices = [
            (distance, keys[choice])
            for written, keys in ((word, self._keys), (stem(word), self._stems))
            for choice, distance, _ in extract(
                written, list(keys), scorer=OSA.distance, score_cutoff=_mistakes(written), limit=None
            )
            if distance and (choice[0] == written[0] or distance == 1 < len(written) - 3)
        ]
        closest = min((distance for distance, _ in choices), default=0)
        return frozenset({stem(word), "=" + word}).union(*(keys for distance, keys in choices if distance == closest))


def _plain(text: str) -> str:
    folded = _APOSTROPHE.sub("", unicodedata.normalize("NFKC", text).lower())
    return _DRAWN_OUT.sub(r"\1\1", _STUCK.sub(" ", folded))


def _places(keys: Sequence[frozenset[str]]) -> Mapping[str, Sequence[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, alternatives in enumerate(keys):
        for key in alternatives:
            places[key].append(place)
    return dict(places)


def _number_keys(digits: str) -> frozenset[str]:
    if len(digits) == 4 and digits[:2] in ("19", "20"):
        return frozenset({"#", "#year", digits, "=" + digits})
    many = {"#many"} if len(digits) > 1 or int(digits) >= _MANY else set()
    return frozenset({"#", digits, "=" + digits, *many})


def _mistakes(word: str) -> int:
    """How many letters may be wrong, missing, added or swapped with the next."""
    return min(len(word) // 4, 3)


@cache
def _english() -> frozenset[str]:
    listed = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    return frozenset(line.split(" ")[0] for line in listed.splitlines())


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _SignEntry(_Entry):
    name: str
    say: list[str] = Field(min_length=1)
    examples: list[str] = Field(min_length=1)
    unless: list[str] = []
    person: Person | None = None
    even_if: list[Doubt] = []


class _KindEntry(_Entry):
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
    emergency: _KindEntry
    crisis: _KindEntry
    personal: _KindEntry


def _parse(file: Path) -> _FileEntry:
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


class _Grammar:
    """Compiles the phrases of one file, and collects the words they are made of."""

    def __init__(self, file: Path, entries: _FileEntry) -> None:
        self._file = file
        self._entries = entries
        self._lists: dict[str, Pattern] = {}
        self._open: set[str] = set()
        self.fillers = frozenset(_plain(word) for word in entries.fillers)
        self.vocabulary: set[str] = set()

    def sign(self, kind: NoticeKind, group: _KindEntry, entry: _SignEntry) -> Sign:
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
        word = _plain(written.removeprefix("="))
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
