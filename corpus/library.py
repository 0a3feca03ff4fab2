"""A folder of article files: add, list, show and remove articles. Every write is whole or not at all."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from corpus.adding import Adding, Outcome, Overrides, Progress
from corpus.errors import ArticleError, LibraryError
from corpus.models import Article
from corpus.readers.reading import bad
from corpus.storing import article_files, load, look, not_writable, sync_folder
from corpus.web.fetching import Fetcher

__all__ = ["Library", "Loaded", "Outcome", "Overrides"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The articles of a library, sorted by id, and what could not be read."""

    articles: tuple[Article, ...]
    errors: tuple[ArticleError, ...]


class Library:
    """The articles in a folder and the folders below it, one `.md` file each; hidden files are left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def articles(self) -> Loaded:
        """Read every article. Of two files with one id, the first by path counts and the other is an error.

        Raises:
            LibraryError: the folder does not exist.
        """
        found: dict[str, Article] = {}
        paths: dict[str, Path] = {}
        errors: list[ArticleError] = []
        for path in self._files():
            try:
                article = load(path)
            except ArticleError as error:
                errors.append(error)
                continue
            if article.id in found:
                reason = f"its id {article.id!r} is also that of {paths[article.id]}"
                errors.append(bad(str(path), reason, "Give one of the two files another id."))
                continue
            found[article.id], paths[article.id] = article, path
        return Loaded(tuple(found[each] for each in sorted(found)), tuple(errors))

    def get(self, article_id: str) -> Article:
        """Read one article.

        Raises:
            LibraryError: no article has this id, or the folder does not exist.
        """
        return load(self._path(article_id))

    def remove(self, article_id: str) -> None:
        """Remove one article.

        Raises:
            LibraryError: no article has this id, or the folder cannot be written.
        """
        path = self._path(article_id)
        try:
            path.unlink()
            sync_folder(path.parent)
        except OSError as error:
            raise not_writable(path.parent, error) from None

    def add(
        self,
        paths: Iterable[Path | str],
        overrides: Overrides | None = None,
        *,
        replace: bool = False,
        progress: Progress | None = None,
        fetcher: Fetcher | None = None,
    ) -> Generator[Outcome]:
        """Add the articles of files and folders one by one; what cannot be added does not keep the others out.

        Each article is in when its outcome comes. Stopped anywhere, the same call again does the rest.

        Args:
            paths: files of a known format, folders, read with the folders below them, or web addresses.
            overrides: fields that go before those of the files.
            replace: whether an article from elsewhere that has the same id gives way.
            progress: told how many bytes are read, of how many.
            fetcher: gets the pages at web addresses; one with the usual limits if there is none.

        Raises:
            LibraryError: the folder cannot be written, or another process is adding to it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_writable(self.folder, error) from None
        return Adding(self.folder, overrides or Overrides(), replace, progress, fetcher or Fetcher()).outcomes(paths)

    def known(self) -> dict[str, Path]:
        """The file of each article that has an id, by id."""
        found: dict[str, Path] = {}
        for path in self._files():
            try:
                found.setdefault(look(path)[0], path)
            except ArticleError:
                continue
        return found

    def _path(self, article_id: str) -> Path:
        known = self.known()
        if article_id in known:
            return known[article_id]
        close = get_close_matches(article_id, known, n=3)
        advice = f"Did you mean {' or '.join(close)}?" if close else "'wellquoted corpus list' shows all ids."
        raise LibraryError(f"no article has the id {article_id!r}", advice)

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            advice = "Name a folder of articles in WELLQUOTED_ARTICLES, or add articles to make this one."
            raise LibraryError(f"{self.folder} is not a folder", advice)
        return article_files(self.folder)
