"""Questions that the start page offers."""

from collections.abc import Iterator, Sequence

from corpus.models import Article
from index.snapshot import Snapshot

SHIPPED = {
    "What is benign fasciculation syndrome?": "what-is-bfs",
    "Can stress cause muscle twitching?": "stress-anxiety-and-twitching",
    "How is BFS different from ALS?": "bfs-and-als",
    "How is BFS diagnosed?": "bfs-diagnosis",
    "Does coffee make twitching worse?": "caffeine-nicotine-and-medicines",
    "When should I see a doctor about twitching?": "when-to-see-a-doctor",
}
"""For the articles that ship: question -> the article it is about."""
OFFERED = 6
LONGEST = 60
"""Characters of a question that fits a button."""


def examples(snapshot: Snapshot | None) -> Sequence[str]:
    """Questions that the live articles answer: the shipped ones where their articles are, else headings that ask.

    At most one an article, of articles spread over all of them.
    """
    if not snapshot:
        return ()
    if set(SHIPPED.values()) <= snapshot.articles.keys():
        return tuple(SHIPPED)
    articles = list(snapshot.articles.values())
    step = max(1, len(articles) // OFFERED)
    parts = (articles[start : start + step] for start in range(0, len(articles), step))
    found = (next(_asking(part), None) for part in parts)
    return tuple(dict.fromkeys(question for question in found if question))[:OFFERED]


def _asking(articles: Sequence[Article]) -> Iterator[str]:
    for article in articles:
        for section in article.sections:
            if section.path and section.path[-1].endswith("?") and len(section.path[-1]) <= LONGEST:
                yield section.path[-1]
