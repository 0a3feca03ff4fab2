"""The snapshot a running server answers from: follows CURRENT without a restart."""

import logging
import threading

from corpus.errors import NoSnapshot, WellQuotedError
from index.snapshot import Snapshot
from index.store import SnapshotStore

_log = logging.getLogger(__name__)

_Signature = tuple[int, int]


class LiveIndex:
    """Hands out the live snapshot. A caller keeps the object it got for its whole request."""

    def __init__(self, store: SnapshotStore) -> None:
        self._store = store
        self._snapshot: Snapshot | None = None
        self._seen: _Signature | None = None
        self._loading = threading.Lock()

    def snapshot(self) -> Snapshot | None:
        """The newest snapshot that could be opened; None when nothing has been published.

        A new one is opened in the background while the one before goes on answering.
        """
        signature = self._signature()
        if signature != self._seen and self._loading.acquire(blocking=self._snapshot is None):
            if signature == self._seen:
                self._loading.release()
            elif self._snapshot is None:
                self._load(signature)
            else:
                threading.Thread(target=self._load, args=(signature,), daemon=True).start()
        return self._snapshot

    def require(self) -> Snapshot:
        """The live snapshot, or the error that says why there is none.

        Raises:
            SnapshotError: nothing has been built yet, or what was built is damaged.
        """
        return self.snapshot() or self._store.open()

    def _load(self, signature: _Signature | None) -> None:
        try:
            self._snapshot = self._store.open()
            _log.info("answering from snapshot %s", self._snapshot.id)
        except NoSnapshot:
            _log.info("no index has been built yet")
        except WellQuotedError as error:
            _log.error("%s %s", error, error.advice)
        finally:
            self._seen = signature
            self._loading.release()

    def _signature(self) -> _Signature | None:
        try:
            status = self._store.current_file.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns
