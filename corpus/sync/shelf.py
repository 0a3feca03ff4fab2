"""The folder of articles as a sync sees it: which ids are taken, by what, and whether a file is as a sync wrote it."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from corpus.library import Library
from corpus.models import Article
from corpus.readers.markdown import dump
from corpus.readers.reading import bad
from corpus.storing import load, sync_folder, write_whole


class Shelf:
    """The articles of a library by id."""

    def __init__(self, library: Library) -> None:
        self._folder = library.folder
        self._paths = library.known() if library.folder.is_dir() else {}

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._paths

    def get(self, article_id: str) -> Article | None:
        """Read an article, if there is one of this id."""
        path = self._paths.get(article_id)
        return load(path) if path and path.exists() else None

    def id_for(self, wanted: str, origin: str, owners: Mapping[str, str]) -> str:
        """The id for an article from `origin`: the one it wants if it is free or its own, or a longer one.

        Args:
            owners: the origins of ids that are spoken for.

        Raises:
            ArticleError: both are taken.
        """
        digest = hashlib.sha256(origin.encode()).hexdigest()[:6]
        for article_id in (wanted, f"{wanted[:90]}-{digest}"):
            present = self.get(article_id)
            if owners.get(article_id, origin) != origin:
                continue
            if present and present.imported and present.imported.origin == origin:
                return article_id
            if not present and not self._place(article_id).exists():
                return article_id
        raise bad(origin, f"the ids {wanted!r} and {wanted}-{digest} are taken", "Remove or rename those articles.")

    def write(self, article: Article) -> None:
        """Write an article over the one of its id, or into a file of its own."""
        path = self._paths.setdefault(article.id, self._place(article.id))
        write_whole(path, dump(article))

    def remove(self, article_id: str) -> None:
        """Remove the file of an article; `Library.remove` would look through all of them each time."""
        path = self._paths.pop(article_id)
        path.unlink()
        sync_folder(path.parent)

    def _place(self, article_id: str) -> Path:
        return self._folder / f"{article_id}.md"


def digest(article: Article) -> str:
    """SHA-256 of all that an article says, but not of when it was imported."""
    return hashlib.sha256(dump(replace(article, imported=None)).encode()).hexdigest()
