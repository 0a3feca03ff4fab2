"""The folder of snapshots: build, publish, list, roll back, prune.

Publishing follows docs/reliability.md: everything is flushed before it is named, and the name `CURRENT` is
replaced in one step, so a reader sees one whole snapshot or the one before it.
"""

import fcntl
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter

from corpus.errors import DamagedSnapshot, NoSnapshot, SnapshotBusy, SnapshotError
from corpus.models import Article
from index import manifest as manifests
from index.building import Build, Changes
from index.encoder import Encoder, Progress
from index.manifest import Manifest, fsync
from index.snapshot import Snapshot

KEEP = 3
"""Snapshots kept besides those in use."""


_Id = Annotated[str, StringConstraints(pattern=manifests.ID)]


@dataclass(frozen=True, slots=True)
class Current:
    """What CURRENT names. `held`: a maintainer rolled back to it, so no start-up moves on by itself."""

    id: _Id
    manifest_sha256: str
    held: bool
    before: tuple[_Id, ...] = ()
    """What was live before, latest last. Absent from older files."""


_CURRENT = TypeAdapter(Current)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did. `published` is False when the live snapshot was already this one."""

    id: str
    published: bool
    changes: Changes


class SnapshotStore:
    """Snapshots under one folder; many readers, one writer at a time."""

    def __init__(self, root: Path, encoder: Encoder) -> None:
        self._root = root
        self._encoder = encoder
        self._snapshots = root / "snapshots"
        self.current_file = root / "CURRENT"

    def current(self) -> Current:
        """What is live.

        Raises:
            NoSnapshot: nothing has been published yet.
        """
        try:
            return _CURRENT.validate_json(self.current_file.read_bytes())
        except FileNotFoundError as error:
            raise NoSnapshot(f"there is no index in {self._root}", "Run: wellquoted index build") from error
        except (ValueError, OSError) as error:
            advice = "Run `wellquoted index build`, or `wellquoted index rollback` for the newest snapshot."
            raise DamagedSnapshot(f"{self.current_file} is damaged", advice) from error

    def is_held(self) -> bool:
        """Whether a maintainer rolled back and has not built since."""
        current = self._readable_current()
        return bool(current and current.held)

    def open(self) -> Snapshot:
        """Open the live snapshot, verified.

        Raises:
            SnapshotError: there is none, it is damaged, or another model made it.
        """
        current = self.current()
        try:
            snapshot = self._open(current)
        except DamagedSnapshot:
            if self.current() == current:
                raise
            return self.open()
        self._check_model(snapshot.manifest)
        return snapshot

    def open_earlier(self, snapshot_id: str) -> Snapshot:
        """Open a snapshot that need not be live, verified.

        Raises:
            SnapshotError: it is not there, it is damaged, or another model made it.
        """
        snapshot = Snapshot.open(self._snapshots / snapshot_id, self._encoder)
        self._check_model(snapshot.manifest)
        return snapshot

    def entries(self) -> Sequence[Manifest]:
        """The manifests of all readable snapshots, newest first."""
        found: list[Manifest] = []
        for folder in self._folders():
            with suppress(DamagedSnapshot):
                found.append(manifests.read(folder))
        return sorted(found, key=lambda manifest: manifest.created, reverse=True)

    def manifest(self, snapshot_id: str) -> Manifest:
        return manifests.read(self._snapshots / snapshot_id)

    def verify(self) -> Manifest:
        """Check every file of the live snapshot against its manifest."""
        current = self.current()
        folder = self._snapshots / current.id
        manifest = manifests.read(folder, current.manifest_sha256)
        manifests.verify(folder, manifest)
        return manifest

    def plan(self, articles: Sequence[Article]) -> Build:
        """Compare `articles` with the live snapshot; nothing is written."""
        return Build(articles, self._encoder, self._live())

    def build(self, articles: Sequence[Article], progress: Progress | None = None, *, wait: bool = False) -> Built:
        """Build and publish the snapshot of `articles`; does nothing when it is live already.

        Args:
            wait: wait for another build to end rather than fail.

        Raises:
            SnapshotBusy: another process is building.
        """
        with self._writer(wait):
            plan = self.plan(articles)
            if self._is_live(plan.id):
                return Built(plan.id, published=False, changes=plan.changes())
            if not self._is_intact(plan.id):
                self._write(plan, progress)
            self._publish(plan.id, held=False, before=self._history(plan.id))
            self._prune()
            return Built(plan.id, published=True, changes=plan.changes())

    def rollback(self, snapshot_id: str | None = None) -> str:
        """Make an earlier snapshot live (default: the one that was live just before), and hold it.

        Where CURRENT cannot tell what is live, the default is the newest intact snapshot.

        Raises:
            SnapshotError: there is no such snapshot, or none before the live one.
        """
        with self._writer(wait=False):
            target = snapshot_id or self._before_current()
            folder = self._snapshots / target
            if not folder.is_dir():
                raise SnapshotError(f"there is no snapshot {target}", "See: wellquoted index list")
            manifest = manifests.read(folder)
            manifests.verify(folder, manifest)
            self._check_model(manifest)
            self._publish(target, held=True, before=self._history(target, back=snapshot_id is None))
            return target

    def _readable_current(self) -> Current | None:
        with suppress(NoSnapshot, DamagedSnapshot):
            return self.current()
        return None

    def _live(self) -> Snapshot | None:
        with suppress(NoSnapshot, DamagedSnapshot):
            return self._open(self.current())
        return None

    def _open(self, current: Current) -> Snapshot:
        return Snapshot.open(self._snapshots / current.id, self._encoder, current.manifest_sha256)

    def _check_model(self, manifest: Manifest) -> None:
        """Vectors of two models cannot be compared: refuse rather than answer wrongly."""
        if manifest.model != self._encoder.model:
            raise SnapshotError(
                f"snapshot {manifest.id} was made with another model, {manifest.model.name} {manifest.model.sha256}",
                "Run `wellquoted index build` to make one with the model in use.",
            )

    def _is_live(self, snapshot_id: str) -> bool:
        current = self._readable_current()
        return bool(current and current.id == snapshot_id and not current.held and self._is_intact(snapshot_id))

    def _is_intact(self, snapshot_id: str) -> bool:
        """Whether every byte is as published. The manifest of one that is not live can only vouch for itself."""
        folder = self._snapshots / snapshot_id
        with suppress(DamagedSnapshot):
            manifests.verify(folder, manifests.read(folder, self._published_sha256(snapshot_id)))
            return True
        return False

    def _published_sha256(self, snapshot_id: str) -> str | None:
        current = self._readable_current()
        return current.manifest_sha256 if current and current.id == snapshot_id else None

    def _before_current(self) -> str:
        """What was live before; where CURRENT does not know, the snapshot made before the live one."""
        current = self._readable_current()
        if not current:
            return self._newest_intact()
        ids = [manifest.id for manifest in self.entries()]
        older = ids[ids.index(current.id) + 1 :] if current.id in ids else ids
        found = [key for key in reversed(current.before) if key in ids and key != current.id] or older
        if not found:
            raise SnapshotError("there is no snapshot before the live one", "See: wellquoted index list")
        return found[0]

    def _newest_intact(self) -> str:
        ids = (manifest.id for manifest in self.entries() if manifest.model == self._encoder.model)
        found = next(filter(self._is_intact, ids), None)
        return found or self.current().id

    def _history(self, target: str, *, back: bool = False) -> tuple[str, ...]:
        """What was live before `target`. Going `back` forgets what came after it, so that the next goes on back."""
        current = self._readable_current()
        before = current.before if current else ()
        if back:
            return before[: len(before) - 1 - before[::-1].index(target)] if target in before else ()
        return (*before, current.id)[-KEEP:] if current and current.id != target else before

    def _write(self, plan: Build, progress: Progress | None) -> None:
        temporary = self._temporary()
        temporary.mkdir()
        plan.write(temporary, progress)
        target = self._snapshots / plan.id
        if target.exists():
            self._discard(target)
        temporary.rename(target)

    def _publish(self, snapshot_id: str, *, held: bool, before: tuple[str, ...]) -> None:
        fsync(self._snapshots)
        sha256 = manifests.stamp(self._snapshots / snapshot_id / manifests.NAME).sha256
        temporary = self._root / "CURRENT.tmp"
        temporary.write_bytes(_CURRENT.dump_json(Current(snapshot_id, sha256, held, before)))
        fsync(temporary)
        try:
            temporary.replace(self.current_file)
            fsync(self._root)
        except OSError as error:
            raise self._unknown_outcome(snapshot_id) from error

    def _unknown_outcome(self, snapshot_id: str) -> SnapshotError:
        """After an I/O error in the last step only CURRENT itself can tell what is live."""
        try:
            live = self.current().id
        except SnapshotError:
            live = "unreadable"
        return SnapshotError(
            f"publishing {snapshot_id} met an I/O error; the live snapshot is {live}",
            "Check the disk, then run `wellquoted index verify` and build again.",
        )

    def _prune(self) -> None:
        current = self.current()
        kept = (current.id, *current.before[-1:])
        for manifest in self.entries()[KEEP:]:
            if manifest.id not in kept:
                self._discard_unused(self._snapshots / manifest.id)

    def _discard_unused(self, folder: Path) -> None:
        """Delete a snapshot no process has open. Whoever opens it meanwhile waits for the lock and finds it gone."""
        with manifests.open_file(folder) as file, suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._discard(folder)

    def _discard(self, folder: Path) -> None:
        """Delete a snapshot. It loses its name first: an interrupted deletion leaves no half a snapshot behind."""
        temporary = self._temporary()
        folder.rename(temporary)
        shutil.rmtree(temporary)

    def _temporary(self) -> Path:
        return self._snapshots / f".tmp-{uuid.uuid4().hex}"

    def _folders(self) -> Iterator[Path]:
        if self._snapshots.is_dir():
            yield from (path for path in self._snapshots.iterdir() if not path.name.startswith("."))

    @contextmanager
    def _writer(self, wait: bool) -> Iterator[None]:
        """Hold the writer lock; what an interrupted build left behind is cleared first."""
        self._snapshots.mkdir(parents=True, exist_ok=True)
        with (self._root / "LOCK").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise SnapshotBusy("another process is building the index", "Wait for it to end.") from error
            for stale in self._snapshots.glob(".tmp-*"):
                shutil.rmtree(stale)
            yield
