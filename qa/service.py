"""Puts the parts together for a command or the server."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from corpus.errors import ArticleError, SnapshotError
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

    Files that cannot be read are logged. They are left out of a first index; a live one is kept, for it may hold
    what they said.

    Returns:
        What was built; None when what is live was kept.
    """
    store = open_store(settings)
    if store.is_held():
        return None
    articles, errors = load_articles(settings)
    for error in errors:
        _log.warning("an article file cannot be read: %s %s", error, error.advice)
    if errors and (live := _live_id(store)):
        _log.warning("snapshot %s stays live: a build would leave out the articles that cannot be read", live)
        return None
    return store.build(articles, progress, wait=True)


def _live_id(store: SnapshotStore) -> str | None:
    """The snapshot that can be answered from; None when there is none, it is damaged, or of another model."""
    with suppress(SnapshotError):
        return store.open().id
    return None
