"""Links from a passage to the place it stands: at its source and on this site.

Text fragments: the WICG draft "URL Fragment Text Directives".
"""

import re
from itertools import islice
from urllib.parse import quote

from corpus.models import Article, Passage
from corpus.structure import sentences
from index.snapshot import Snapshot
from qa.models import AlsoIn, CitedArticle

EDGE = 6
"""Words that name the start, and the end, of a passage in a text fragment."""

MOST_ALSO = 5
"""Other articles that are cited with a passage; words that stand in many are a publisher's, not an article's."""


def cited_article(article: Article, passage: Passage) -> CitedArticle:
    return CitedArticle(
        id=article.id,
        title=article.title,
        url=article.url or article_page(article.id),
        publisher=article.publisher,
        published=article.published.isoformat() if article.published else None,
        reviewed=article.reviewed.isoformat() if article.reviewed else None,
        review_status=article.review_status,
        section=passage.section,
    )


def also_in(snapshot: Snapshot, passage: Passage) -> tuple[AlsoIn, ...]:
    """The other articles with the words of a passage of the index, or of several joined; at most `MOST_ALSO`."""
    inside = [p for p in snapshot.passages_of(passage.article_id) if passage.start <= p.start and p.end <= passage.end]
    twins = islice(snapshot.twins.of(passage, inside), MOST_ALSO)
    return tuple(_elsewhere(snapshot.articles[twin.article_id], twin) for twin in twins)


def _elsewhere(article: Article, twin: Passage) -> AlsoIn:
    return AlsoIn(twin.id, cited_article(article, twin), source_link(article, twin), article_link(twin))


def article_page(article_id: str) -> str:
    return f"/articles/{quote(article_id, safe='')}"


def article_link(passage: Passage) -> str:
    """The article's page here, scrolled to the passage."""
    return f"{article_page(passage.article_id)}#p{passage.start}-{passage.end}"


def source_link(article: Article, passage: Passage) -> str:
    """The article's source with a text fragment that a browser scrolls to and marks."""
    url = (article.url or article_page(article.id)).partition(":~:")[0]
    joint = ":~:" if "#" in url else "#:~:"
    return f"{url}{joint}text={text_directive(passage.text)}"


def text_directive(text: str) -> str:
    """`start,end` of a text directive: the first and last words, or all of a short sentence.

    Browsers match whole words inside one block, so neither end reaches beyond its sentence.
    """
    found = [span.of(text) for span in sentences(text)]
    if not found:
        return _encoded(text)
    first, last = found[0].split(), found[-1].split()
    if len(found) == 1 and len(first) <= 2 * EDGE:
        return _encoded(found[0])
    return f"{_encoded(' '.join(first[:EDGE]))},{_encoded(' '.join(last[-EDGE:]))}"


def _encoded(text: str) -> str:
    """Percent-encoded, with the spaces that scraping left before punctuation taken out again."""
    tidy = re.sub(r"\s+([.,;:!?)])", r"\1", " ".join(text.split()))
    return quote(tidy, safe="").replace("-", "%2D")
