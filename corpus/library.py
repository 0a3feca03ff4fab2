"""A folder of article files: add, list, show and remove articles. Every write is whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from corpus import language
from corpus.errors import ArticleError, LibraryError
from corpus.models import Article, Imported
from corpus.readers import SUFFIXES, Dropped, Reading, reader_for
from corpus.readers.fields import article_from, slug, to_fields
from corpus.readers.markdown import dump, parse
from corpus.readers.reading import bad, decode

_LARGEST = 50_000_000
"""Bytes of a file. The topics of MedlinePlus are one file of some 30 MB."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The articles of a library, sorted by id, and what could not be read."""

    articles: tuple[Article, ...]
    errors: tuple[ArticleError, ...]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the person who adds an article says of it; it goes before what the file says."""

    id: str | None = None
    """For a single article only."""
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    updated: date | None = None
    reviewed: date | None = None
    review_status: str | None = None
    language: str | None = None
    licence: str | None = None
    also_called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article that was to be added."""

    status: Literal["added", "updated", "unchanged", "refused"]
    origin: str
    """The file, as it was named."""
    article: Article | None = None
    dropped: tuple[Dropped, ...] = ()
    error: ArticleError | None = None
    """Why it was refused."""


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
                article = _load(path)
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
        return _load(self._path(article_id))

    def remove(self, article_id: str) -> None:
        """Remove one article.

        Raises:
            LibraryError: no article has this id, or the folder cannot be written.
        """
        path = self._path(article_id)
        try:
            path.unlink()
            _sync_folder(path.parent)
        except OSError as error:
            raise _not_writable(path.parent, error) from None

    def add(
        self, paths: Iterable[Path | str], overrides: Overrides | None = None, *, replace: bool = False
    ) -> Iterator[Outcome]:
        """Add the articles of files and folders one by one; what cannot be added does not keep the others out.

        Args:
            paths: files of a known format, or folders, read with the folders below them.
            overrides: fields that go before those of the files.
            replace: whether an article from elsewhere that has the same id gives way.

        Raises:
            LibraryError: the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_writable(self.folder, error) from None
        return _Adding(self, overrides or Overrides(), replace).outcomes(paths)

    def known(self) -> dict[str, Path]:
        """The file of each article that can be read, by id."""
        found: dict[str, Path] = {}
        for path in self._files():
            try:
                found.setdefault(_load(path).id, path)
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
        return [path for path in _visible(self.folder) if path.suffix == ".md"]


class _Adding:
    """One run of `Library.add`: what is in the library, and which ids this run has seen, from where."""

    def __init__(self, library: Library, overrides: Overrides, replace: bool) -> None:
        self._folder = library.folder
        self._overrides = overrides
        self._replace = replace
        self._known = library.known()
        self._seen: dict[str, str] = {}
        self._named = False

    def outcomes(self, paths: Iterable[Path | str]) -> Iterator[Outcome]:
        for path in paths:
            for file in _files_of(path):
                if isinstance(file, ArticleError):
                    yield Outcome("refused", str(path), error=file)
                else:
                    yield from self._of_file(file)

    def _of_file(self, path: Path) -> Iterator[Outcome]:
        try:
            for reading in reader_for(path).read(_bytes(path), str(path)):
                yield self._of_reading(reading, path)
        except ArticleError as error:
            yield Outcome("refused", str(path), error=error)

    def _of_reading(self, reading: Reading | ArticleError, path: Path) -> Outcome:
        if isinstance(reading, ArticleError):
            return Outcome("refused", str(path), error=reading)
        try:
            article = self._as_told(reading, path)
            status = self._put(article, str(path))
        except ArticleError as error:
            return Outcome("refused", str(path), dropped=reading.dropped, error=error)
        return Outcome(status, str(path), article, reading.dropped)

    def _as_told(self, reading: Reading, path: Path) -> Article:
        """The article with the overrides; an id made of the title follows an overridden title."""
        language.check(reading.article, self._overrides.language, str(path))
        told = {key: value for key, value in asdict(self._overrides).items() if value}
        if "id" in told and self._named:
            raise bad(str(path), "one id was given for several articles", "Add them one at a time.")
        self._named = True
        fields = {**to_fields(reading.article), **told}
        if self._overrides.title and "id" not in told and reading.article.id == slug(reading.article.title):
            fields["id"] = slug(self._overrides.title)
        digest = hashlib.sha256(reading.source).hexdigest()
        imported = Imported(path.name, digest, datetime.now(UTC).isoformat(timespec="seconds"))
        return replace(article_from(fields, reading.article.text, str(path)), imported=imported)

    def _put(self, article: Article, origin: str) -> Literal["added", "updated", "unchanged"]:
        path = self._known.get(article.id)
        present = _load(path) if path else None
        if present and _same(present, article):
            self._seen[article.id] = origin
            return "unchanged"
        self._check_free(article, present, origin)
        target = path or self._folder / f"{article.id}.md"
        if not path and target.exists():
            reason = f"its place {target} is taken by a file that is not the article {article.id!r}"
            raise bad(origin, reason, "Move that file away, or repair it.")
        _write(target, dump(article))
        self._known[article.id], self._seen[article.id] = target, origin
        return "updated" if present else "added"

    def _check_free(self, article: Article, present: Article | None, origin: str) -> None:
        if article.id in self._seen:
            reason = f"its id {article.id!r} is also that of an article in {self._seen[article.id]}"
            raise bad(origin, reason, "Give one of the two another id.")
        if present and not self._replace and not _same_origin(present, article):
            source = present.imported.origin if present.imported else "no import"
            reason = f"another article, from {source}, has the id {article.id!r}"
            raise bad(origin, reason, "Give this one another id, or replace that one with --replace.")


def _files_of(path: Path | str) -> Iterator[Path | ArticleError]:
    """The files to read for one argument of `add`."""
    if str(path).startswith(("http:/", "https:/")):
        advice = "Save the page as text or Markdown, and add that file."
        yield bad(str(path), "web addresses cannot be added yet", advice)
    elif not (place := Path(path)).is_dir():
        yield place
    elif found := [file for file in _visible(place) if file.suffix.lower() in SUFFIXES]:
        yield from found
    else:
        yield bad(str(path), "no article file in this folder", f"Known endings: {', '.join(SUFFIXES)}.")


def _visible(folder: Path) -> list[Path]:
    """The files in a folder and those below it, by path, without hidden ones."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            reason = f"{size / 1e6:.0f} MB, more than the {_LARGEST / 1e6:.0f} MB that are read"
            raise bad(str(path), reason, "Split the file.")
        return path.read_bytes()
    except OSError as error:
        raise bad(str(path), (error.strerror or str(error)).lower(), "Check the name and the permissions.") from None


def _load(path: Path) -> Article:
    return parse(decode(_bytes(path), str(path)), str(path))


def _same(one: Article, other: Article) -> bool:
    return replace(one, imported=None) == replace(other, imported=None)


def _same_origin(one: Article, other: Article) -> bool:
    return bool(one.imported and other.imported and one.imported.origin == other.imported.origin)


def _write(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, whole, even after a crash."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(path.parent, error) from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_writable(folder: Path, error: OSError) -> LibraryError:
    reason = (error.strerror or str(error)).lower()
    return LibraryError(f"{folder} cannot be written: {reason}", "Check its permissions and the free space.")
