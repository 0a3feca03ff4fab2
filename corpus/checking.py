"""What a maintainer should look at before articles go live."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.chunking import MOST, chunk, count_words, dangling
from corpus.duplicates import near_copies, same_text
from corpus.linking import Links
from corpus.models import Article

Progress = Callable[[int, int], None]
"""Called with (done, total)."""

_LEAST = 8
"""Words of a passage that can stand alone."""
_STALE_YEARS = 3
_LONGEST_QUOTE = 120
"""Characters."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an article that a maintainer should look at."""

    article_id: str
    level: Literal["error", "warning"]
    rule: str
    message: str
    quote: str = ""
    """Where in the text, if it is about a place."""


def check(
    articles: Iterable[Article], today: date, hosts: Iterable[str] = (), progress: Progress | None = None
) -> tuple[Finding, ...]:
    """Check each article by every rule, then the articles against each other.

    Args:
        hosts: names this site is reached by, whose addresses must lead to an article.
        progress: told how many articles are checked, of how many.
    """
    found: list[Finding] = []
    checked = tuple(articles)
    copies = same_text(checked)
    links = Links({article.id: len(article.text) for article in checked}, hosts)
    for done, (article, near) in enumerate(zip(checked, near_copies(checked), strict=True), start=1):
        found += _reviewed(article, today)
        for rule in _RULES:
            found += rule(article)
        found += (Finding(article.id, "error", "link", *dead) for dead in links.dead(article))
        if article.id in copies:
            message = f"the text is the same as that of {copies[article.id]}"
            found.append(Finding(article.id, "warning", "duplicate", message))
        elif near:
            message = f"nearly the text of {near.of}: {near.share:.0%} of their runs of five words are in both"
            found.append(Finding(article.id, "warning", "near-duplicate", message))
        if progress:
            progress(done, len(checked))
    return tuple(found)


def _reviewed(article: Article, today: date) -> Iterator[Finding]:
    if not article.reviewed:
        yield Finding(article.id, "warning", "review", "no date of review")
    elif (today - article.reviewed).days > _STALE_YEARS * 365.25:
        message = f"last reviewed {article.reviewed}, more than {_STALE_YEARS} years ago"
        yield Finding(article.id, "warning", "review", message)


def _sourced(article: Article) -> Iterator[Finding]:
    if not article.url and not article.sources:
        yield Finding(article.id, "warning", "source", "neither a url nor sources")


def _passages(article: Article) -> Iterator[Finding]:
    for passage in chunk(article):
        words = count_words(passage.text)
        if not _LEAST <= words <= MOST:
            length = "short" if words < _LEAST else "long"
            message = f"a passage of {words} words is too {length}: {_LEAST} to {MOST} are read at once"
            yield Finding(article.id, "warning", "passage", message, _quote(passage.text))


def _introductions(article: Article) -> Iterator[Finding]:
    for span in dangling(article):
        message = "introduces a list that is not there; it is in no passage"
        yield Finding(article.id, "warning", "dangling", message, _quote(span.of(article.text)))


def _readable(article: Article) -> Iterator[Finding]:
    for text in (article.title, article.text):
        if match := _UNREADABLE.search(text):
            around = text[max(0, match.start() - 20) : match.end() + 20]
            message = f"unreadable: {match[0]!r}; the file was read in the wrong encoding, or is damaged"
            yield Finding(article.id, "error", "unreadable", message, _quote(around))


def _quote(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def _windows(first: int, last: int) -> str:
    """The characters that Windows-1252 shows for a range of bytes."""
    return "".join(bytes([each]).decode("cp1252", "ignore") for each in range(first, last + 1))


_CONTROL = "".join(char for char in map(chr, range(0xA0)) if unicodedata.category(char) == "Cc" and char not in "\n\t")
_TRAIL = re.escape(_windows(0x80, 0xBF))
_UNREADABLE = re.compile(rf"[{re.escape(_CONTROL)}\N{{REPLACEMENT CHARACTER}}]|[ÂÃ][{_TRAIL}]|â[€‚„][{_TRAIL}]?")
"""A control character, a lost one, or UTF-8 that was read as Windows-1252: "â€™" for an apostrophe."""
_RULES: tuple[Callable[[Article], Iterator[Finding]], ...] = (_sourced, _passages, _introductions, _readable)
