"""Files of a folder of articles: read within limits, written whole or not at all, by one writer at a time."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.errors import ArticleError, LibraryError
from corpus.models import Article
from corpus.readers.markdown import glance, parse
from corpus.readers.reading import bad, decode

LARGEST = 50_000_000
"""Bytes of a file that is read at once. The topics of MedlinePlus are one file of some 30 MB."""
_UNFINISHED = ".adding-"
"""What the name of a file that is being written begins with."""


def visible(folder: Path) -> list[Path]:
    """The files in a folder and those below it, by path, without hidden ones."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def article_files(folder: Path) -> list[Path]:
    """The files in a folder of articles that hold one each, by path."""
    return [path for path in visible(folder) if path.suffix == ".md"]


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        ArticleError: it cannot be read, or is too large.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            reason = f"{size / 1e6:.0f} MB, more than the {LARGEST / 1e6:.0f} MB that are read"
            raise bad(str(path), reason, "Split the file.")
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> ArticleError:
    """The error about a file that cannot be read."""
    return bad(str(path), (error.strerror or str(error)).lower(), "Check the name and the permissions.")


def load(path: Path) -> Article:
    """Read an article file.

    Raises:
        ArticleError: it cannot be read, or breaks a rule.
    """
    return parse(decode(read_file(path), str(path)), str(path))


def look(path: Path) -> tuple[str, str]:
    """The id and the body of an article file; a tenth of the work of `load`.

    Raises:
        ArticleError: it cannot be read, or has no id.
    """
    return glance(decode(read_file(path), str(path)), str(path))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold `folder` as its only writer, and clear what a writer that was killed left there.

    Raises:
        LibraryError: another process is adding articles.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor, folder)
        for left in folder.rglob(f"{_UNFINISHED}*"):
            with suppress(OSError):
                left.unlink()
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        advice = "Wait until it is done, and run the same command again."
        raise LibraryError(f"another process is adding articles to {folder}", advice) from None


def write_whole(path: Path, text: str, *, lasting: bool = True) -> None:
    """Write a file so that a reader sees the old one or the new one, whole, even after a crash.

    Args:
        lasting: whether its name outlasts a power failure from now on; else `sync_folder` sees to that for many files
            at once, and until then the name may lead to the old file, or nowhere.

    Raises:
        LibraryError: it cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
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
        if lasting:
            sync_folder(path.parent)
    except OSError as error:
        raise not_writable(path.parent, error) from None


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def not_writable(folder: Path, error: OSError) -> LibraryError:
    """The error about a folder that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    return LibraryError(f"{folder} cannot be written: {reason}", "Check its permissions and the free space.")
