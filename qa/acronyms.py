"""Short names the articles themselves explain: "benign fasciculation syndrome (BFS)"."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from corpus.models import Article
from index.lexical import words
from qa.spelling import english

SHORTEST_SWAPPED = 3
"""Of two letters, the swapped ones are as good an acronym as the others."""

_LONGEST = 200
"""Characters of a long name."""
_ACRONYM = re.compile(r"[A-Z]{2,6}")
_SHORT = re.compile(r"\(([A-Z]{2,6})s?\)")
_WORDS_BEFORE = re.compile(r"(?:[A-Za-z][\w'-]*[ -]){2,8}$")


def acronyms(articles: Iterable[Article]) -> dict[str, str]:
    """Acronym -> its usual expansion in lower case, from "long name (SHORT)" and titles also called SHORT."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        for long_name, acronym in _explained(f"{article.title}\n{article.text}"):
            found[acronym][long_name.lower()] += 1
        for name in filter(_ACRONYM.fullmatch, article.also_called):
            found[name][article.title.lower()] += 1
    return {acronym: counts.most_common(1)[0][0] for acronym, counts in found.items()}


def _explained(text: str) -> Iterator[tuple[str, str]]:
    """Yield each long name with its acronym. The brackets are looked for first: they are few."""
    for short in _SHORT.finditer(text):
        before = _WORDS_BEFORE.search(text[max(0, short.start() - _LONGEST) : short.start()])
        if before and (long_name := _long_name(before[0], short[1])):
            yield long_name, short[1]


def expand(text: str, known: Mapping[str, str]) -> str:
    """Write acronyms out; in lower case too, or with two letters swapped, unless that is an English word ("aids")."""
    for word in dict.fromkeys(words(text)):
        for form in (word, re.sub(r"['\u2019]?s$", "", word)):
            long_name = _meant(form, known)
            if long_name:
                text = text if long_name in text.lower() else re.sub(rf"\b{re.escape(form)}\b", long_name, text)
                break
    return text


def _meant(form: str, known: Mapping[str, str]) -> str | None:
    """The long name of an acronym as somebody typed it."""
    if form.isupper() and form in known:
        return known[form]
    if form.lower() in english():
        return None
    typed = [form.upper(), *(_swapped(form.upper()) if len(form) >= SHORTEST_SWAPPED else [])]
    return next((known[acronym] for acronym in typed if acronym in known), None)


def _swapped(word: str) -> list[str]:
    """The word with each two neighbouring letters swapped."""
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def _long_name(before: str, acronym: str) -> str | None:
    """The last words of `before` whose initials spell `acronym`."""
    parts = re.split(r"(?<=[ -])", before.strip())
    tail = "".join(parts[-len(acronym) :])
    initials = "".join(part[0] for part in re.split(r"[ -]+", tail) if part)
    return tail if initials.upper() == acronym else None
