"""Passages with the same words in several articles, so that they are quoted once with every citation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.duplicates import fingerprint, normal
from corpus.models import Article, Passage, cut
from index.searcher import Hit


class Twins:
    """Finds where else the words of a passage stand, whatever the white space and the case there."""

    def __init__(self, articles: Mapping[str, Article], passages: Iterable[Passage]) -> None:
        self._articles = articles
        groups: dict[bytes, list[Passage]] = {}
        for passage in passages:
            groups.setdefault(fingerprint(passage.text), []).append(passage)
        found = [group for group in groups.values() if len({passage.article_id for passage in group}) > 1]
        self._group = {passage.id: group for group in found for passage in group}

    def of(self, passage: Passage, parts: Sequence[Passage]) -> Iterator[Passage]:
        """Yield the same words in other articles: the first place in each, by article id.

        Args:
            passage: one of the index, or several that were joined.
            parts: the indexed passages it consists of, in order.
        """
        ends: dict[str, list[Passage]] = {}
        for last in self._group.get(parts[-1].id, ()):
            ends.setdefault(last.article_id, []).append(last)
        told = {passage.article_id}
        for first in self._group.get(parts[0].id, ()):
            if first.article_id in told:
                continue
            for last in ends.get(first.article_id, ()):
                if twin := self._same(passage, first, last):
                    told.add(first.article_id)
                    yield twin
                    break

    def _same(self, passage: Passage, first: Passage, last: Passage) -> Passage | None:
        """What reaches from `first` to `last`, if it has the words of `passage`."""
        if first.start > last.start:
            return None
        twin = cut(self._articles[first.article_id], first.start, last.end)
        return twin if normal(twin.text) == normal(passage.text) else None

    def once(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Yield `hits` without those whose words an earlier one has."""
        seen: set[str] = set()
        for hit in hits:
            if hit.passage_id not in seen:
                seen.update(passage.id for passage in self._group.get(hit.passage_id, ()))
                yield hit
