"""Several passages that would say one thing -> one: neighbours are joined, near-duplicates left out."""

from collections.abc import Sequence

from corpus.chunking import count_words
from corpus.duplicates import normal
from corpus.models import Article, Passage, cut
from corpus.structure import Span
from index.lexical import terms
from index.snapshot import Snapshot
from qa.evidence import Evidence

MOST_WORDS = 200
"""Longer than this is no longer read at once, so neighbours stay apart."""
ALIKE_WORDS = 0.8


def joinable(article: Article, first: Passage, second: Passage) -> bool:
    """Whether `second` follows `first` in the same section with nothing but white space between them."""
    return (
        first.article_id == second.article_id
        and first.section == second.section
        and first.end <= second.start
        and not article.text[first.end : second.start].strip()
        and count_words(first.text) + count_words(second.text) <= MOST_WORDS
    )


def joined_spans(article: Article, passages: Sequence[Passage]) -> dict[Passage, list[Span]]:
    """For each passage the spans that it and the passages after it can be joined to; `passages` in order."""
    spans: dict[Passage, list[Span]] = {}
    for at, first in enumerate(passages):
        joined = first
        for following in passages[at + 1 :]:
            if not joinable(article, joined, following):
                break
            joined = cut(article, first.start, following.end)
            spans.setdefault(first, []).append(Span(first.start, following.end))
    return spans


def merge(snapshot: Snapshot, ranked: Sequence[Evidence]) -> list[Evidence]:
    """Join neighbours and drop passages whose words an earlier one already has; best first."""
    kept: list[Evidence] = []
    for evidence in ranked:
        # What another article said already is not joined to a neighbour here: it would be shown twice.
        alike = [other.passage.article_id for other in kept if _says_the_same(other.passage, evidence.passage)]
        if any(article_id != evidence.passage.article_id for article_id in alike):
            continue
        neighbour = next((other for other in kept if _joined(snapshot, other, evidence)), None)
        if neighbour:
            kept[kept.index(neighbour)] = _joined(snapshot, neighbour, evidence) or neighbour
        elif not alike:
            kept.append(evidence)
    return sorted(kept, key=lambda evidence: -evidence.score)


def _joined(snapshot: Snapshot, one: Evidence, other: Evidence) -> Evidence | None:
    first, second = sorted((one, other), key=lambda evidence: evidence.passage.start)
    article = snapshot.articles[first.passage.article_id]
    if not joinable(article, first.passage, second.passage):
        return None
    shift = second.passage.start - first.passage.start
    moved = tuple(Span(span.start + shift, span.end + shift) for span in second.sentences)
    return Evidence(
        cut(article, first.passage.start, second.passage.end),
        fused=max(one.fused, other.fused),
        similarity=max(one.similarity, other.similarity),
        coverage=max(one.coverage, other.coverage),
        heading_coverage=max(one.heading_coverage, other.heading_coverage),
        read=max(one.read, other.read),
        sentences=first.sentences + moved,
        sentence_scores=first.sentence_scores + second.sentence_scores,
    )


def _says_the_same(one: Passage, other: Passage) -> bool:
    """Whether `one` has the words of `other`: all of them in a row, or nearly all."""
    if normal(other.text) in normal(one.text):
        return True
    left, right = set(terms(one.text)), set(terms(other.text))
    return len(left & right) >= ALIKE_WORDS * max(len(left | right), 1)
