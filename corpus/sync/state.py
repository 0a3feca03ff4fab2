"""What a sync remembers of each page: what its site said of it, and which articles came from it.

One JSON line is appended for each page as soon as it is done, so that a sync that was stopped, even killed, goes on
where it was; the file is written anew, whole, when a sync ends.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from corpus.storing import write_whole, writing
from corpus.web.fetching import Validators


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one page or file."""

    key: str
    """The address as its source lists it, or folder and path of a file."""
    source: str
    """Name."""
    location: str = ""
    """Where the page was found, after redirects."""
    url: str | None = None
    """Of its article."""
    sha256: str = ""
    """Of its bytes."""
    told: str = ""
    """SHA-256 of what its source said, and the version of this program: another one reads the page again."""
    articles: dict[str, str] = field(default_factory=dict)
    """Id -> SHA-256 of the article as it was written."""
    validators: Validators = field(default_factory=Validators)
    run: str = ""
    """Of the sync that last looked at it."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One of the three: a record, a key that is no longer known, the run that has begun ("" when it has ended)."""

    record: Record | None = None
    forgotten: str | None = None
    run: str | None = None


_LINE = TypeAdapter(_Line)


class State:
    """The records of one file of sources, by key. Open it with `opened`; without, it is only read."""

    def __init__(self, file: Path) -> None:
        self.run = ""
        """The run that has not ended, if any."""
        self.records: dict[str, Record] = {}
        self._file = file
        self._log: BinaryIO | None = None
        self._load()

    def put(self, record: Record) -> None:
        """Remember a page, and write it down when the state is open."""
        self._note(_Line(record=record))

    def claim(self, record: Record) -> None:
        """Say which articles a page is about to bring in, before their files are there: they are the sync's own."""
        self.put(Record(record.key, record.source, articles=record.articles))
        if self._log:
            os.fsync(self._log.fileno())

    def forget(self, key: str) -> None:
        self._note(_Line(forgotten=key))

    def rename(self, old: str, new: Record) -> None:
        """Know a page under another key from now on."""
        self.put(new)
        if old != new.key:
            self.forget(old)

    def begin(self, run: str) -> None:
        """Begin a run, or go on with the one that has not ended."""
        self._note(_Line(run=run))

    def _load(self) -> None:
        self.records.clear()
        for line in _lines(self._file):
            self._take(line)

    def _note(self, line: _Line) -> None:
        if self._log:
            self._log.write(_LINE.dump_json(line, exclude_defaults=True) + b"\n")
            self._log.flush()
        self._take(line)

    def _take(self, line: _Line) -> None:
        if line.record:
            self.records[line.record.key] = line.record
        if line.forgotten is not None:
            self.records.pop(line.forgotten, None)
        if line.run is not None:
            self.run = line.run

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Write down all that is noted. Only one process at a time can.

        Raises:
            LibraryError: another process writes to the folder, or it cannot be written.
        """
        with writing(self._file.parent):
            self._load()
            self._repair()
            try:
                with self._file.open("ab") as self._log:
                    yield
            finally:
                self._log = None
            self._rewrite("")

    def _repair(self) -> None:
        """A last line that was cut short would spoil the next one."""
        if self._file.exists() and not self._file.read_bytes().endswith(b"\n"):
            self._rewrite(self.run)

    def _rewrite(self, run: str) -> None:
        records = [_Line(record=record) for record in self.records.values()]
        lines = [*records, _Line(run=run)]
        write_whole(self._file, "".join(f"{_LINE.dump_json(line, exclude_defaults=True).decode()}\n" for line in lines))


def state_file(folder: Path, sources: Path) -> Path:
    """Where a folder of articles keeps the state of a file of sources; hidden, so that it is no article.

    Files elsewhere may have one name: a digest of the way to them, from the folder, tells them apart. It stays the same
    when both are moved together.
    """
    way = os.path.relpath(sources.parent.resolve() / sources.name, folder.resolve())
    apart = "" if way == f"{sources.stem}.toml" else f"-{hashlib.sha256(os.fsencode(way)).hexdigest()[:8]}"
    return folder / f".{sources.stem}{apart}.sync.jsonl"


def _lines(file: Path) -> Iterator[_Line]:
    """Each line that can be read. One that cannot be was cut short when it was written: its page is looked at again."""
    if not file.exists():
        return
    for line in file.read_bytes().splitlines():
        try:
            yield _LINE.validate_json(line)
        except ValidationError:
            continue
