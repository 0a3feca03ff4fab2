"""Spelling against the words of the articles: what was typed -> what was meant, real words left alone."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from index.lexical import is_stop_word, stem, words

SHORTEST = 4
"""Shorter words are never corrected: too many real words lie one letter away."""
COMMON = 200_000
"""Count from which an English word is taken to have a plural: "strees" is no plural of the list's rare "stree"."""
SHORTEST_ENGLISH = 7
"""Shorter words are not taken for English words outside the articles: they may be names of medicines."""
SEVERAL = 5
"""English words that make three letters in a row a usual sight."""
_MEDICINE = re.compile(
    r".*(?:statin|pril|sartan|olol|azole|azepam|azolam|oxetine|triptyline|cillin|mycin|oxacin|cycline|tidine|dipine"
    r"|gliptin|gliflozin|glutide|profen|triptan|setron|caine|umab|imab|tinib|ciclovir)s?"
)
"""Endings that the World Health Organization gives to names of medicines ("stems" of INN)."""


class Spelling:
    """Corrects words that neither the articles nor an English word list know."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._counts: Counter[str] = Counter()
        for word, count in vocabulary.items():
            self._counts[_bare(word)] += count
        self._stems = {stem(word) for word in self._counts}
        self._targets = [word for word in self._counts if len(word) >= SHORTEST]

    def correct(self, text: str) -> str:
        """`text` with its misspelt words replaced; everything else stays as typed."""
        for word in dict.fromkeys(words(text)):
            better = self._better(word)
            if better != word:
                text = _replace_word(text, word, better)
        return text

    def knows(self, word: str) -> bool:
        """Whether a word is in the articles or in the English list, in any inflection, or a stop word ("dont")."""
        bare = _bare(word)
        return (
            bare in self._counts
            or is_stop_word(bare)
            or stem(bare) in self._stems
            or bare in english()
            or english().get(bare.removesuffix("s"), 0) >= COMMON
        )

    def recognises(self, word: str) -> bool:
        """Whether a word is known, or its letters follow each other as in one: a misspelling, a name, a medicine."""
        runs = _letter_runs(_bare(word))
        return self.knows(word) or sum(run in english_letter_runs() for run in runs) > len(runs) / 2

    def _better(self, word: str) -> str:
        plain = word.lower()
        if len(plain) < SHORTEST or not plain.isalpha() or _MEDICINE.fullmatch(plain) or self.knows(plain):
            return word
        nearest, distance = self._nearest(plain)
        if distance > 1:
            parted = max(self._parted(plain), default=None)
            if parted:
                return parted[1]
        return nearest or word

    def _nearest(self, word: str) -> tuple[str | None, int]:
        """The closest word of the articles and its distance; where a plain English word is closer, that or none.

        An English word the articles lack is taken for a slip only: "Abilify" is a name, not "ability".
        """
        nearest, distance = _closest(word, self._targets, _allowed(word), self._counts)
        short = len(word) < SHORTEST_ENGLISH
        most = distance - 1 if short else min(distance - 1, 2)
        other, other_distance = _closest(word, english_by_letter()[word[0]], most, english())
        if not other:
            return nearest, distance
        return (other if not short and _is_slip(word, other) else None), other_distance

    def _parted(self, word: str) -> Iterator[tuple[int, str]]:
        """Yield (count, text) for each way to part `word` into two words of the articles."""
        for cut in range(3, len(word) - 2):
            left, right = word[:cut], word[cut:]
            if left in self._counts and right in self._counts:
                yield min(self._counts[left], self._counts[right]), f"{left} {right}"


def _letter_runs(word: str) -> list[str]:
    """All runs of three letters; none of a word too short to tell."""
    return [word[start : start + 3] for start in range(len(word) - 2)] if len(word) >= SHORTEST else []


def _bare(word: str) -> str:
    """Lower case, without a possessive ending."""
    return word.lower().replace("\u2019", "'").removesuffix("'s")


def _allowed(word: str) -> int:
    """Edits that a misspelling of this length may have."""
    return 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3


def _is_slip(word: str, meant: str) -> bool:
    """Whether one letter was left out, or two neighbours were swapped."""
    return OSA.distance(word, meant) == 1 and (len(meant) > len(word) or sorted(meant) == sorted(word))


def _is_plausible(word: str, meant: str, edits: int) -> bool:
    """Two edits are much for a short word, unless it lacks letters; and the first letter is seldom wrong."""
    if edits > 1 and len(word) < SHORTEST_ENGLISH:
        return meant[0] == word[0] and len(meant) > len(word)
    return edits == 1 or meant[0] == word[0] or edits < _allowed(word)


def _closest(word: str, targets: Sequence[str], cutoff: int, counts: Mapping[str, int]) -> tuple[str | None, int]:
    """The target with the fewest edits (then alike at its start, then frequent) and its distance."""
    found = process.extract(word, targets, scorer=OSA.distance, score_cutoff=cutoff, limit=20) if cutoff > 0 else []
    ranked = sorted(
        (distance, -JaroWinkler.similarity(word, target), -counts[target], target)
        for target, distance, _ in found
        if _is_plausible(word, target, int(distance))
    )
    return (ranked[0][3], int(ranked[0][0])) if ranked else (None, cutoff + 1)


def _replace_word(text: str, word: str, better: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", better, text)


@cache
def english() -> Mapping[str, int]:
    """English words and their counts: the list that ships with symspellpy (SCOWL words found in Google Books)."""
    lines = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines()
    return {word: int(count) for word, count in (line.split(" ") for line in lines)}


@cache
def english_by_letter() -> Mapping[str, list[str]]:
    """The English list by first letter: people seldom miss the first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in english():
        found[word[0]].append(word)
    return found


@cache
def english_letter_runs() -> frozenset[str]:
    """The runs of three letters that several English words have."""
    counts = Counter(run for word in english() for run in set(_letter_runs(word)))
    return frozenset(run for run, words_with_it in counts.items() if words_with_it >= SEVERAL)
