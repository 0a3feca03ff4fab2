"""Phrases as patterns over the words of one sentence, and the signs and contexts that are made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from index.lexical import STOP_WORDS
from qa.models import NoticeKind

Doubt = Literal["not", "past", "ahead", "general"]
Person = Literal["named", "hinted"]
Span = tuple[int, int]
"""Half-open, in words of a sentence."""

NEAR = 12
"""Words that may stand between things said of each other."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A window of words. `places` maps a key (a stem, or "=word") to its positions; `found` remembers searches."""

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
    """Rows in any order, at most `NEAR` words between one and the next."""

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
    """Whether two spans stand at most `NEAR` words apart; one inside the other counts where `inside`."""
    apart = max(other_start - end, start - other_end)
    return apart <= NEAR and (inside or apart >= 0)


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
