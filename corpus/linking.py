"""Links in articles that should lead to an article here, and do not.

An article's page is `/articles/{id}`, a place in it `#p{start}-{end}`, a span of its text. The body is plain text, so
such an address stands in it as it is read; `url` and the sources may hold one as well.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from corpus.models import Article

_HERE = frozenset({"127.0.0.1", "localhost"})
_PAGE = re.compile(
    r"(?:https?://(?P<host>[\w.-]+)(?::\d+)?|(?<![\w./:-]))/articles/(?P<id>[A-Za-z0-9][\w.-]*)(?:#(?P<place>[\w:~=-]*))?"
)
_PLACE = re.compile(r"p(\d{1,9})-(\d{1,9})")
_MARKDOWN = re.compile(r"\[[^\[\]\n]{1,200}\]\((?:#|/)[^()\s]{0,200}\)")
"""A link that was left in the text: readers see its brackets, and cannot follow it."""

Dead = tuple[str, str]
"""What is wrong, and the words it is about."""


class Links:
    """Knows which articles there are, and how long (code points) each is."""

    def __init__(self, lengths: Mapping[str, int], hosts: Iterable[str] = ()) -> None:
        self._lengths = lengths
        self._hosts = _HERE | {host.lower() for host in hosts}

    def dead(self, article: Article) -> Iterator[Dead]:
        """Yield what in an article leads nowhere."""
        for text in (article.text, article.url or "", *(source.url for source in article.sources)):
            for match in _PAGE.finditer(text):
                if (match["host"] or "localhost").lower() in self._hosts and (reason := self._wrong(match)):
                    yield reason, match[0]
        for match in _MARKDOWN.finditer(article.text):
            yield "a link in the text, which is shown as it stands and leads nowhere", match[0]

    def _wrong(self, page: re.Match[str]) -> str | None:
        article_id = page["id"] if page["id"] in self._lengths else page["id"].rstrip(".-_")
        if article_id not in self._lengths:
            return f"no article has the id {article_id!r}"
        place = page["place"]
        if not place or place.startswith(":~:"):
            return None
        span = _PLACE.fullmatch(place)
        if not span or not int(span[1]) < int(span[2]) <= self._lengths[article_id]:
            return f"the article {article_id!r} has no place {place!r}"
        return None
