"""The snapshot a running server answers from: follows CURRENT without a restart."""

import logging
import math
import threading
import time
from typing import Protocol

from corpus.errors import NoSnapshot, SnapshotError
from index.snapshot import Snapshot
from index.store import SnapshotStore

RETRY = 5.0
"""Seconds before a snapshot that could not be opened for a passing reason is tried again."""

_log = logging.getLogger(__name__)

_Signature = tuple[int, int]


class Index(Protocol):
    """What is answered from."""

    def snapshot(self) -> Snapshot | None: ...

    def require(self) -> Snapshot: ...


class FixedIndex:
    """One snapshot, whatever is live: the one before a build, or one that is only being tried."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def require(self) -> Snapshot:
        return self._snapshot


class LiveIndex:
    """Hands out the live snapshot. A caller keeps the object it got for its whole request."""

    def __init__(self, store: SnapshotStore) -> None:
        self._store = store
        self._snapshot: Snapshot | None = None
        self._seen: _Signature | None = None
        self._retry_at = math.inf
        self._loading = threading.Lock()

    def snapshot(self) -> Snapshot | None:
        """The newest snapshot that could be opened; None when nothing has been published.

        A new one is opened in the background while the one before goes on answering.
        """
        signature = self._signature()
        if self._is_due(signature) and self._loading.acquire(blocking=self._snapshot is None):
            if not self._is_due(signature):
                self._loading.release()
            elif self._snapshot is None:
                self._load(signature)
            else:
                self._load_aside(signature)
        return self._snapshot

    def require(self) -> Snapshot:
        """The live snapshot, or the error that says why there is none.

        Raises:
            SnapshotError: nothing has been built yet, or what was built is damaged.
        """
        return self.snapshot() or self._store.open()

    def _is_due(self, signature: _Signature | None) -> bool:
        return signature != self._seen or time.monotonic() >= self._retry_at

    def _load_aside(self, signature: _Signature | None) -> None:
        try:
            threading.Thread(target=self._load, args=(signature,), daemon=True).start()
        except RuntimeError:
            _log.exception("no thread could be started; trying again in %.0f seconds", RETRY)
            self._settle(signature, time.monotonic() + RETRY)

    def _load(self, signature: _Signature | None) -> None:
        retry_at = math.inf
        try:
            self._open()
        except Exception:
            # Out of memory or files, say: nothing that the snapshot itself must be changed for.
            _log.exception("the new snapshot could not be opened; trying again in %.0f seconds", RETRY)
            retry_at = time.monotonic() + RETRY
        finally:
            self._settle(signature, retry_at)

    def _open(self) -> None:
        """Open what is live. An error that lasts until CURRENT changes is told and done with."""
        try:
            self._snapshot = self._store.open()
            _log.info("answering from snapshot %s", self._snapshot.id)
        except NoSnapshot:
            _log.info("no index has been built yet")
        except SnapshotError as error:
            if isinstance(error.__cause__, OSError):
                raise
            _log.error("%s %s", error, error.advice)

    def _settle(self, signature: _Signature | None, retry_at: float) -> None:
        self._seen, self._retry_at = signature, retry_at
        self._loading.release()

    def _signature(self) -> _Signature | None:
        try:
            status = self._store.current_file.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns
