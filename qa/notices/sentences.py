"""Text -> sentences as the rules read them: plain words, misspellings understood."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from index.lexical import stem, words
from qa.notices.phrases import Sentence
from qa.spelling import english

WINDOW, STEP = 60, 40
"""A longer sentence is read in overlapping windows of so many words."""
_MANY = 5
_LONGEST = 30
_SENTENCE = re.compile(r"(?:[^.!?;\n]|\.(?=\S)|(?<=\.)\.)+[.!?;\n]*")
_APOSTROPHE = re.compile(r"['’‘`´]")
_STUCK = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")


class SentenceReader:
    """Text to sentences; a word that is not English is read as the word of the rules it most resembles."""

    def __init__(self, vocabulary: frozenset[str], fillers: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._fillers = fillers
        self._keys = {word: frozenset({stem(word), "=" + word}) for word in sorted(vocabulary)}
        self._stems = {stem(word): frozenset({stem(word)}) for word in sorted(vocabulary)}
        self._english = english()
        self._read = lru_cache(maxsize=50_000)(self._read_word)

    def sentences(self, text: str) -> Iterator[Sentence]:
        for match in _SENTENCE.finditer(plain(text)):
            keys, commas = self._keys_of(match.group())
            for start in range(0, max(len(keys) - WINDOW + STEP, 1), STEP):
                part = keys[start : start + WINDOW]
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


def plain(text: str) -> str:
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
