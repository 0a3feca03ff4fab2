"""The questions that got no answer or a thumbs-down, kept on this machine for some days: docs/worklist.md.

SQLite takes care of several processes. Rows have random keys and days without hours, so that neither their order nor
their time tells which questions one person asked; deleted rows are overwritten.
"""

import json
import os
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from corpus.errors import WellQuotedError
from qa.models import Answer, in_danger
from qa.notices import Notices

MOST = 10_000
"""Questions that are kept; then the oldest days make room."""
PATIENCE = 5.0
"""Seconds to wait for another process that writes."""

Kind = Literal["no_answer", "does_not_answer", "wrong_part"]
"""Why a question is on the list: it was declined, or a reader marked its answer."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, day TEXT NOT NULL, kind TEXT NOT NULL, question TEXT NOT NULL, searched TEXT NOT NULL,
    snapshot TEXT, reason TEXT, passages TEXT NOT NULL
) WITHOUT ROWID
"""
_CONTACT = re.compile(r"\S@\S|https?:|www\.|(?:\d[\s./()+-]{0,2}){6}")


class WorklistError(WellQuotedError):
    """The file of the worklist cannot be used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question. `searched` stands on its own, with what a follow-up referred to."""

    day: date
    """UTC."""
    kind: Kind
    question: str
    searched: str
    snapshot: str | None
    reason: str | None
    passages: tuple[str, ...]
    """Ids of what was shown."""


def today() -> date:
    return datetime.now(UTC).date()


def entry_of(answer: Answer, kind: Kind) -> Entry:
    passages = tuple(passage.id for passage in answer.passages)
    return Entry(today(), kind, answer.question, answer.searched, answer.snapshot, answer.reason, passages)


def may_be_kept(notices: Notices, texts: Sequence[str]) -> bool:
    """Whether nobody is in danger in any of `texts` and none holds an address, a telephone number or a full date."""
    if any(_CONTACT.search(text) for text in texts):
        return False
    return not any(in_danger(notices.for_question(text)) for text in texts)


class Worklist:
    """One file. Safe to share between threads and processes.

    Args:
        file: made when the first question is kept.
        days: how long a question is kept, its own day not counted.
        clock: says which day it is.
    """

    def __init__(self, file: Path, days: int, clock: Callable[[], date] = today) -> None:
        self.file = file
        self.days = days
        self._clock = clock

    def add(self, entry: Entry) -> None:
        """Keep `entry`; what is too old or too much goes.

        Raises:
            WorklistError: the file cannot be written.
        """
        passages = json.dumps(entry.passages)
        said = entry.question, entry.searched, entry.snapshot, entry.reason, passages
        with self._opened() as database:
            row = (uuid.uuid4().hex, entry.day.isoformat(), entry.kind, *said)
            database.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            self._trim(database)

    def withdraw(self, question: str, kind: Kind) -> None:
        """Take one entry of today back, for a reader who changed their mind."""
        if not self.file.exists():
            return
        wanted = "SELECT key FROM entries WHERE day = ? AND question = ? AND kind = ? LIMIT 1"
        with self._opened() as database:
            values = self._clock().isoformat(), question, kind
            database.execute(f"DELETE FROM entries WHERE key IN ({wanted})", values)  # noqa: S608 (our own words)

    def entries(self) -> list[Entry]:
        """What is kept, oldest day first. What is too old is deleted before.

        Raises:
            WorklistError: the file cannot be read.
        """
        if not self.file.exists():
            return []
        with self._opened() as database:
            self._trim(database)
            columns = "day, kind, question, searched, snapshot, reason, passages"
            rows = database.execute(f"SELECT {columns} FROM entries ORDER BY day, key").fetchall()  # noqa: S608
        return [_entry(*row) for row in rows]

    def purge(self) -> None:
        """Delete what is too old."""
        if self.file.exists():
            with self._opened() as database:
                self._trim(database)

    def clear(self) -> int:
        """Delete everything. Returns how many there were."""
        if not self.file.exists():
            return 0
        with self._opened() as database:
            return database.execute("DELETE FROM entries").rowcount

    def _trim(self, database: sqlite3.Connection) -> None:
        oldest = self._clock() - timedelta(days=self.days)
        database.execute("DELETE FROM entries WHERE day < ?", (oldest.isoformat(),))
        surplus = "SELECT key FROM entries ORDER BY day DESC, key LIMIT -1 OFFSET ?"
        database.execute(f"DELETE FROM entries WHERE key IN ({surplus})", (MOST,))  # noqa: S608 (our own words)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one transaction, which is taken at once: nothing is read that another is changing."""
        try:
            self._make()
            with closing(sqlite3.connect(self.file, timeout=PATIENCE, isolation_level=None)) as database:
                database.execute("PRAGMA secure_delete = ON")
                database.execute("BEGIN IMMEDIATE")
                database.execute(_SCHEMA)
                yield database
                database.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            advice = "Check the disk and the permissions; if the file is damaged, delete it: only the list is lost."
            raise WorklistError(f"{self.file}: {error}", advice) from error

    def _make(self) -> None:
        """Nobody but the owner may read the file."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))


def _entry(
    day: str, kind: Kind, question: str, searched: str, snapshot: str | None, reason: str | None, passages: str
) -> Entry:
    return Entry(date.fromisoformat(day), kind, question, searched, snapshot, reason, tuple(json.loads(passages)))
