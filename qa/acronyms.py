"""Short names the articles themselves explain: "benign fasciculation syndrome (BFS)"."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from corpus.models import Article
from index.lexical import words
from qa.spelling import english

_EXPLAINED = re.compile(r"((?:[A-Za-z][\w'-]*[ -]){2,8})\(([A-Z]{2,6})s?\)")


def acronyms(articles: Iterable[Article]) -> dict[str, str]:
    """Acronym -> its usual expansion in lower case, from every "long name (SHORT)" of the articles."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        for before, acronym in _EXPLAINED.findall(f"{article.title}\n{article.text}"):
            long_name = _long_name(before, acronym)
            if long_name:
                found[acronym][long_name.lower()] += 1
    return {acronym: counts.most_common(1)[0][0] for acronym, counts in found.items()}


def expand(text: str, known: Mapping[str, str]) -> str:
    """Write acronyms out. In lower case too, unless the letters are an English word ("aids")."""
    for word in dict.fromkeys(words(text)):
        bare = re.sub(r"['\u2019]?s$", "", word)
        for form in (word, bare):
            long_name = known.get(form.upper())
            if long_name and (form.isupper() or form.lower() not in english()):
                text = text if long_name in text.lower() else re.sub(rf"\b{re.escape(form)}\b", long_name, text)
                break
    return text


def _long_name(before: str, acronym: str) -> str | None:
    """The last words of `before` whose initials spell `acronym`."""
    parts = re.split(r"(?<=[ -])", before.strip())
    tail = "".join(parts[-len(acronym) :])
    initials = "".join(part[0] for part in re.split(r"[ -]+", tail) if part)
    return tail if initials.upper() == acronym else None
