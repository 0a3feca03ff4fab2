"""One run of `Library.add`: files, folders and web addresses in, what became of each article out, one by one.

Nothing is held but ids, so that any number of articles go in; what a run that was stopped has added stays, and the
same run again finds it unchanged.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePath
from typing import Literal

from corpus import language
from corpus.duplicates import fingerprint
from corpus.errors import ArticleError
from corpus.models import Article, Imported
from corpus.readers import SUFFIXES, Dropped, Reading, reader_for
from corpus.readers.fields import article_from, slug, to_fields
from corpus.readers.jsonl import JsonLinesReader
from corpus.readers.markdown import dump
from corpus.readers.reading import bad
from corpus.storing import article_files, load, look, read_file, sync_folder, unreadable, visible, write_whole, writing
from corpus.web.fetching import Fetcher, is_address
from corpus.web.pages import read_page

Progress = Callable[[int, int], None]
"""Told how many bytes are read, of how many."""

_NAMED = 5
"""Files of unknown kinds that are named."""
_SYNC_EVERY = 100
"""Writes to a folder after which their names are made to last: that costs as much as seven writes."""


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
    """What became of one article that was to be added, or which files of a folder were passed over."""

    status: Literal["added", "updated", "unchanged", "refused", "passed over"]
    origin: str
    """The file or folder, as it was named."""
    article: Article | None = None
    dropped: tuple[Dropped, ...] = ()
    error: ArticleError | None = None
    """Why it was refused or passed over."""
    same_text_as: str | None = None
    """Id of the article that was there first with the same words."""


class Adding:
    """What is in the folder, and which ids this run has seen, from where."""

    def __init__(
        self, folder: Path, overrides: Overrides, replace: bool, progress: Progress | None, fetcher: Fetcher
    ) -> None:
        self._folder = folder
        self._overrides = overrides
        self._replace = replace
        self._progress = progress
        self._fetcher = fetcher
        self._known: dict[str, Path] = {}
        self._texts: dict[bytes, str] = {}
        self._seen: dict[str, str] = {}
        self._named = False
        self._read = 0
        self._unsynced: dict[Path, int] = {}

    def outcomes(self, paths: Iterable[Path | str]) -> Generator[Outcome]:
        """Yield what becomes of each article; see `Library.add`."""
        with writing(self._folder), self._lasting():
            self._look_around()
            found = [file for path in paths for file in _files_of(path)]
            total = sum(_size(file.path) for file in found if isinstance(file, _File))
            done = 0
            for file in found:
                if isinstance(file, Outcome):
                    yield file
                    continue
                if isinstance(file, str):
                    yield from self._of(file, file, self._page(file))
                    continue
                for outcome in self._of(str(file.path), file.origin, self._readings(file.path)):
                    self._tell(done + self._read, total)
                    yield outcome
                done += _size(file.path)
                self._tell(done, total)

    def _tell(self, done: int, total: int) -> None:
        if self._progress:
            self._progress(done, total)

    def _look_around(self) -> None:
        for path in article_files(self._folder):
            try:
                article_id, body = look(path)
            except ArticleError:
                continue
            if self._known.setdefault(article_id, path) is path:
                self._texts.setdefault(fingerprint(body), article_id)

    def _page(self, url: str) -> Iterator[Reading | ArticleError]:
        yield from read_page(self._fetcher.get(url))

    def _readings(self, path: Path) -> Iterator[Reading | ArticleError]:
        """Yield each article of a file; JSON Lines are read line by line."""
        self._read = 0
        reader = reader_for(path)
        if not isinstance(reader, JsonLinesReader):
            yield from reader.read(read_file(path), str(path))
            return
        try:
            with path.open("rb") as file:
                for reading in reader.stream(file, str(path)):
                    self._read = file.tell()
                    yield reading
        except OSError as error:
            raise unreadable(path, error) from None

    def _of(self, origin: str, name: str, readings: Iterator[Reading | ArticleError]) -> Iterator[Outcome]:
        try:
            for reading in readings:
                yield self._of_reading(reading, origin, name)
        except ArticleError as error:
            yield Outcome("refused", origin, error=error)

    def _of_reading(self, reading: Reading | ArticleError, origin: str, name: str) -> Outcome:
        if isinstance(reading, ArticleError):
            return Outcome("refused", origin, error=reading)
        try:
            article = self._as_told(reading, origin, name)
            status = self._put(article, origin)
        except ArticleError as error:
            return Outcome("refused", origin, dropped=reading.dropped, error=error)
        first = self._texts.setdefault(fingerprint(article.text), article.id)
        return Outcome(status, origin, article, reading.dropped, same_text_as=first if first != article.id else None)

    def _as_told(self, reading: Reading, origin: str, name: str) -> Article:
        """The article with the overrides; an id made of the title follows an overridden title."""
        language.check(reading.article, self._overrides.language, origin)
        told = {key: value for key, value in asdict(self._overrides).items() if value}
        if "id" in told and self._named:
            raise bad(origin, "one id was given for several articles", "Add them one at a time.")
        self._named = True
        fields = {**to_fields(reading.article), **told}
        if self._overrides.title and "id" not in told and reading.article.id == slug(reading.article.title):
            fields["id"] = slug(self._overrides.title)
        digest = hashlib.sha256(reading.source).hexdigest()
        imported = Imported(name, digest, datetime.now(UTC).isoformat(timespec="seconds"))
        return replace(article_from(fields, reading.article.text, origin), imported=imported)

    def _put(self, article: Article, origin: str) -> Literal["added", "updated", "unchanged"]:
        path = self._known.get(article.id)
        present = load(path) if path else None
        if present and _same(present, article):
            self._seen[article.id] = origin
            return "unchanged"
        self._check_free(article, present, origin)
        target = path or self._folder / f"{article.id}.md"
        if not path and target.exists():
            reason = f"its place {target} is taken by a file that is not the article {article.id!r}"
            raise bad(origin, reason, "Move that file away, or repair it.")
        self._write(target, article)
        if present and self._texts.get(fingerprint(present.text)) == article.id:
            del self._texts[fingerprint(present.text)]
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

    def _write(self, target: Path, article: Article) -> None:
        write_whole(target, dump(article), lasting=False)
        written = self._unsynced.get(target.parent, 0) + 1
        self._unsynced[target.parent] = written % _SYNC_EVERY
        if written == _SYNC_EVERY:
            sync_folder(target.parent)

    @contextmanager
    def _lasting(self) -> Iterator[None]:
        """However the run ends, what it has said is in the folder is there to stay."""
        try:
            yield
        finally:
            for folder in self._unsynced:
                sync_folder(folder)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read. `origin` is how its articles name it: with its folder, but not with where that is."""

    path: Path
    origin: str


def _files_of(path: Path | str) -> Iterator[_File | Outcome | str]:
    """The files to read for one argument of `add`, or a web address."""
    if is_address(str(path)):
        yield str(path)
    elif (place := Path(path)).is_dir():
        yield from _files_in(place)
    else:
        yield _File(place, f"{place.parent.resolve().name}/{place.name}".lstrip("/"))


def _files_in(folder: Path) -> Iterator[_File | Outcome]:
    """The files of known kinds, then what was passed over."""
    known: list[str] = []
    unknown: list[str] = []
    for file in visible(folder):
        (known if file.suffix.lower() in SUFFIXES else unknown).append(file.relative_to(folder).as_posix())
    endings = f"Known endings: {', '.join(SUFFIXES)}."
    if not known:
        error = bad(str(folder), "no article file in this folder", endings)
        yield Outcome("refused", str(folder), error=error)
    for name in known:
        yield _File(folder / name, f"{folder.resolve().name}/{name}")
    if known and unknown:
        files = "1 file of another kind was" if len(unknown) == 1 else f"{len(unknown)} files of other kinds were"
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        error = bad(str(folder), f"{files} passed over: {', '.join(unknown[:_NAMED])}{more}", endings)
        yield Outcome("passed over", str(folder), error=error)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _same(one: Article, other: Article) -> bool:
    return replace(one, imported=None) == replace(other, imported=None)


def _same_origin(one: Article, other: Article) -> bool:
    """Whether two articles with one id are versions of one: from one address, or from one file."""
    if one.url and one.url == other.url:
        return True
    return bool(one.imported and other.imported and _same_file(one.imported.origin, other.imported.origin))


def _same_file(one: str, other: str) -> bool:
    """Whether two origins name one file: a file may be added by itself or with a folder it is below."""
    shorter, longer = sorted((PurePath(one).parts, PurePath(other).parts), key=len)
    return longer[-len(shorter) :] == shorter
