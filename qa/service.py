"""Puts the parts together for a command or the server."""

import logging
from collections.abc import Sequence

from corpus.errors import ArticleError
from corpus.library import Library
from corpus.models import Article
from index.encoder import MiniLM, Progress
from index.live import LiveIndex
from index.store import Built, SnapshotStore
from qa.answering import Answerer
from qa.notices import Notices
from qa.settings import Settings

_log = logging.getLogger(__name__)


def open_store(settings: Settings) -> SnapshotStore:
    return SnapshotStore(settings.data, MiniLM(settings.model_sha256))


def open_answerer(settings: Settings) -> Answerer:
    """An answerer over whatever is live; it follows later builds by itself."""
    return Answerer(LiveIndex(open_store(settings)), Notices.load())


def load_articles(settings: Settings) -> tuple[Sequence[Article], Sequence[ArticleError]]:
    """The articles of the library, and the files that could not be read."""
    loaded = Library(settings.articles).articles()
    return loaded.articles, loaded.errors


def bring_up_to_date(settings: Settings, progress: Progress | None = None) -> Built | None:
    """Build the index when there is none or the articles have changed; leave one a maintainer holds alone.

    Files that cannot be read are logged and left out.

    Returns:
        What was built; None when a rolled-back snapshot is held.
    """
    store = open_store(settings)
    if store.is_held():
        return None
    articles, errors = load_articles(settings)
    for error in errors:
        _log.warning("left out: %s", error)
    return store.build(articles, progress, wait=True)
