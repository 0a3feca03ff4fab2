"""Publishing, listing, rolling back and pruning; one writer at a time; honest errors when the disk fails."""

import errno
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from corpus.errors import DamagedSnapshot, NoSnapshot, SnapshotBusy, SnapshotError
from corpus.models import Article
from index.hashing import HashingEncoder
from index.store import KEEP, SnapshotStore

Library = tuple[Article, ...]
Start = Callable[..., subprocess.Popen[str]]
ToFile = Callable[[Sequence[Article]], Path]


def version(number: int) -> list[Article]:
    return [Article("twitching", "Twitching", f"This is version {number}. A muscle twitches.")]


def publish(store: SnapshotStore, count: int, first: int = 0) -> list[str]:
    return [store.build(version(number)).id for number in range(first, first + count)]


def text(store: SnapshotStore) -> str:
    return store.open().articles["twitching"].text


def folders(root: Path) -> set[str]:
    return {path.name for path in (root / "data" / "snapshots").iterdir()}


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "it did not happen within 30 seconds"
        time.sleep(0.01)


def fail_nth(monkeypatch: pytest.MonkeyPatch, name: str, nth: int) -> list[int]:
    """Let the `nth` call of `os.<name>` fail as a dying disk does. The list returned counts the calls."""
    real, calls = getattr(os, name), [0]

    def call(*arguments: object, **options: object) -> object:
        calls[0] += 1
        if calls[0] == nth:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(*arguments, **options)

    monkeypatch.setattr(os, name, call)
    return calls


def test_nothing_is_live_before_the_first_build(store: SnapshotStore) -> None:
    for look in (store.current, store.open, store.verify, store.rollback):
        with pytest.raises(NoSnapshot) as caught:
            look()
        assert caught.value.advice == "Run: wellquoted index build"
    assert store.entries() == []
    assert not store.is_held()


def test_what_was_built_is_live(store: SnapshotStore) -> None:
    for number in (1, 2):
        built = store.build(version(number))
        assert store.current().id == store.open().id == store.verify().id == built.id
        assert text(store) == f"This is version {number}. A muscle twitches."


def test_entries_are_listed_newest_first(store: SnapshotStore) -> None:
    ids = publish(store, 3)
    assert [entry.id for entry in store.entries()] == ids[::-1]


def test_a_rollback_is_held_until_the_next_build(store: SnapshotStore) -> None:
    first, second = publish(store, 2)
    assert store.rollback() == first
    assert store.open().id == first
    assert store.is_held()
    assert store.build(version(1)).published
    assert store.current().id == second
    assert not store.is_held()


def test_a_build_of_what_is_held_lets_go_of_it(store: SnapshotStore) -> None:
    first, _ = publish(store, 2)
    store.rollback(first)
    built = store.build(version(0))
    assert (built.id, built.published) == (first, True)
    assert not store.is_held()


def test_rollbacks_can_go_on_or_name_their_target(store: SnapshotStore) -> None:
    first, second, third = publish(store, 3)
    assert [store.rollback(), store.rollback(), store.rollback(third)] == [second, first, third]


def test_a_rollback_returns_to_what_was_live_before_and_not_to_what_was_made_before(store: SnapshotStore) -> None:
    first, second = publish(store, 2)
    assert store.build(version(0)).id == first
    assert [store.rollback(), store.rollback()] == [second, first]
    third = store.build(version(2)).id
    store.rollback(second)
    assert store.rollback() == third


def test_a_build_of_what_is_live_does_not_count_as_before(store: SnapshotStore) -> None:
    first, second = publish(store, 2)
    store.build(version(0))
    store.rollback(first)
    store.build(version(0))
    assert store.rollback() == second


def test_a_rollback_never_stays_where_it_is(store: SnapshotStore, tmp_path: Path) -> None:
    first, second, third = publish(store, 3)
    store.rollback(second)
    shutil.rmtree(tmp_path / "data" / "snapshots" / third)
    assert store.rollback() == first


def test_a_current_of_an_older_version_is_read(store: SnapshotStore) -> None:
    first, second = publish(store, 2)
    record = json.loads(store.current_file.read_bytes())
    del record["before"]
    store.current_file.write_text(json.dumps(record), "utf-8")
    assert store.open().id == second
    assert store.rollback() == first
    with pytest.raises(SnapshotError, match="no snapshot before the live one"):
        store.rollback()


def test_what_was_live_before_is_kept_however_old(store: SnapshotStore, tmp_path: Path) -> None:
    old = store.build(version(100)).id
    reader = store.open()
    publish(store, KEEP + 1)
    del reader
    store.build(version(100))
    new = store.build(version(101)).id
    assert old in folders(tmp_path)
    assert [store.current().id, store.rollback()] == [new, old]


@pytest.mark.parametrize("damage", ["damaged", "deleted"])
def test_without_current_the_newest_intact_snapshot_is_rolled_back_to(
    damage: str, store: SnapshotStore, tmp_path: Path
) -> None:
    _, second, third = publish(store, 3)
    (tmp_path / "data" / "snapshots" / third / "passages.faiss").write_bytes(b"")
    store.current_file.write_bytes(b"garbage")
    if damage == "deleted":
        store.current_file.unlink()
    assert store.rollback() == second
    assert store.open().id == second


def test_without_current_and_anything_intact_there_is_no_way_back(store: SnapshotStore, tmp_path: Path) -> None:
    (only,) = publish(store, 1)
    (tmp_path / "data" / "snapshots" / only / "passages.faiss").write_bytes(b"")
    store.current_file.write_bytes(b"garbage")
    with pytest.raises(DamagedSnapshot, match="CURRENT is damaged"):
        store.rollback()


def test_there_is_nothing_before_the_first_snapshot(store: SnapshotStore) -> None:
    (first,) = publish(store, 1)
    with pytest.raises(SnapshotError, match="no snapshot before the live one"):
        store.rollback()
    assert store.current().id == first
    assert not store.is_held()


@pytest.mark.parametrize("name", ["0123456789abcdef", "no-such", "../snapshots/none"])
def test_an_unknown_snapshot_is_named(name: str, store: SnapshotStore) -> None:
    publish(store, 2)
    with pytest.raises(SnapshotError, match=f"there is no snapshot {name}") as caught:
        store.rollback(name)
    assert caught.value.advice == "See: wellquoted index list"


def test_a_damaged_snapshot_is_not_rolled_back_to(store: SnapshotStore, tmp_path: Path) -> None:
    first, second = publish(store, 2)
    (tmp_path / "data" / "snapshots" / first / "passages.faiss").write_bytes(b"")
    with pytest.raises(DamagedSnapshot, match=r"passages\.faiss has changed"):
        store.rollback()
    assert store.open().id == second


def test_the_newest_are_kept(store: SnapshotStore, tmp_path: Path) -> None:
    ids = publish(store, KEEP + 3)
    assert KEEP == 3
    assert folders(tmp_path) == set(ids[-KEEP:])


def test_a_snapshot_in_use_is_kept_until_it_is_let_go(store: SnapshotStore, tmp_path: Path) -> None:
    used = store.build(version(100)).id
    snapshot = store.open()
    ids = publish(store, KEEP + 2)
    assert folders(tmp_path) == {used, *ids[-KEEP:]}
    assert snapshot.articles["twitching"].text.startswith("This is version 100.")
    assert [hit.passage_id for hit in snapshot.dense.search("version", 1)] == [snapshot.rows[0].passage.id]
    assert snapshot.sentence_vectors(snapshot.rows[0].passage.id).shape[0] == 2
    del snapshot
    ids += publish(store, 1, first=KEEP + 2)
    assert folders(tmp_path) == set(ids[-KEEP:])


def test_a_snapshot_another_process_uses_is_kept(store: SnapshotStore, tmp_path: Path, start: Start) -> None:
    used = store.build(version(100)).id
    reader = start("hold", tmp_path / "data")
    assert reader.stdout
    assert reader.stdout.readline().strip() == used
    publish(store, KEEP + 2)
    assert used in folders(tmp_path)
    output, _ = reader.communicate("go on\n")
    assert "This is version 100." in output
    publish(store, 1, first=KEEP + 2)
    assert used not in folders(tmp_path)


def test_the_live_snapshot_is_kept_however_old(store: SnapshotStore, tmp_path: Path) -> None:
    old = store.build(version(100)).id
    reader = store.open()
    newer = publish(store, KEEP + 1)
    del reader
    assert store.build(version(100)).id == old
    assert folders(tmp_path) == {old, *newer[-KEEP:]}
    assert text(store).startswith("This is version 100.")


def test_a_copy_made_by_hand_costs_no_snapshot(store: SnapshotStore, tmp_path: Path) -> None:
    ids = publish(store, KEEP)
    snapshots = tmp_path / "data" / "snapshots"
    shutil.copytree(snapshots / ids[-1], snapshots / f"{ids[-1]}.bak")
    new = publish(store, 1, first=KEEP)
    assert folders(tmp_path) == {*ids[1:], *new, f"{ids[-1]}.bak"}


def test_a_second_writer_is_refused_and_readers_are_not(
    store: SnapshotStore, tmp_path: Path, start: Start, to_file: ToFile
) -> None:
    (live,) = publish(store, 1)
    writer = start("build_slowly", tmp_path / "data", to_file(version(9)))
    assert writer.stdout
    assert writer.stdout.readline() == "building\n"
    for write in (lambda: store.build(version(2)), store.rollback):
        with pytest.raises(SnapshotBusy):
            write()
    assert store.open().id == live
    writer.communicate("go on\n")
    assert text(store).startswith("This is version 9.")
    assert store.build(version(2)).published


def test_a_writer_can_wait_for_the_one_before(
    store: SnapshotStore, tmp_path: Path, start: Start, to_file: ToFile
) -> None:
    publish(store, 1)
    first = start("build_slowly", tmp_path / "data", to_file(version(9)))
    assert first.stdout
    assert first.stdout.readline() == "building\n"
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(store.build, version(2), wait=True)
        wait_until(lambda: f"-> FLOCK  ADVISORY  WRITE {os.getpid()} " in Path("/proc/locks").read_text())
        first.communicate("go on\n")
        assert second.result().published
    assert [store.rollback(), text(store)] == [store.current().id, "This is version 9. A muscle twitches."]


def test_the_lock_of_a_killed_writer_is_free(
    store: SnapshotStore, tmp_path: Path, start: Start, to_file: ToFile
) -> None:
    (live,) = publish(store, 1)
    writer = start("build_slowly", tmp_path / "data", to_file(version(9)))
    assert writer.stdout
    writer.stdout.readline()
    stale = folders(tmp_path) - {live}
    assert all(name.startswith(".tmp-") for name in stale)
    assert len(stale) == 1
    writer.kill()
    writer.wait()
    publish(store, 1, first=2)
    assert not folders(tmp_path) & stale


def test_what_an_interrupted_build_left_is_cleared(store: SnapshotStore, tmp_path: Path) -> None:
    (live,) = publish(store, 1)
    stale = tmp_path / "data" / "snapshots" / ".tmp-left"
    (stale / "bm25").mkdir(parents=True)
    (stale / "articles.jsonl").write_bytes(b"half")
    assert [entry.id for entry in store.entries()] == [live]
    assert not store.build(version(0)).published
    assert not stale.exists()


def test_an_error_when_current_is_replaced_says_what_is_live(
    store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (live,) = publish(store, 1)
    new = store.plan(version(1)).id
    with monkeypatch.context() as patch:
        fail_nth(patch, "replace", 1)
        with pytest.raises(SnapshotError) as caught:
            store.build(version(1))
    assert str(caught.value) == f"publishing {new} met an I/O error; the live snapshot is {live}"
    assert "wellquoted index verify" in caught.value.advice
    assert isinstance(caught.value.__cause__, OSError)
    assert store.open().id == live


def test_an_error_after_current_was_replaced_says_what_is_live(
    store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, 1)
    new = store.plan(version(1)).id
    with monkeypatch.context() as patch:
        calls = fail_nth(patch, "fsync", 0)
        store.build(version(1))
    store.rollback()
    shutil.rmtree(store.current_file.parent / "snapshots" / new)
    with monkeypatch.context() as patch:
        fail_nth(patch, "fsync", calls[0])
        with pytest.raises(SnapshotError) as caught:
            store.build(version(1))
    assert str(caught.value) == f"publishing {new} met an I/O error; the live snapshot is {new}"
    assert store.open().id == new


def test_an_unreadable_current_after_an_error_is_said(store: SnapshotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.current_file.mkdir(parents=True)
    with pytest.raises(SnapshotError, match="met an I/O error; the live snapshot is unreadable"):
        store.build(version(1))


def build_failing(store: SnapshotStore, monkeypatch: pytest.MonkeyPatch, name: str, nth: int) -> bool:
    """Whether the build met the error."""
    with monkeypatch.context() as patch:
        calls = fail_nth(patch, name, nth)
        with suppress(OSError, SnapshotError):
            store.build(version(99))
    return calls[0] >= nth


@pytest.mark.parametrize(("name", "least"), [("fsync", 15), ("rename", 2), ("replace", 1), ("mkdir", 2), ("rmdir", 2)])
def test_an_error_anywhere_leaves_one_whole_snapshot_live(
    name: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth in count(1):
        store = SnapshotStore(tmp_path / str(nth) / "data", HashingEncoder())
        live = publish(store, KEEP)[-1]
        met = build_failing(store, monkeypatch, name, nth)
        assert store.open().id in (live, store.plan(version(99)).id)
        store.build(version(99))
        assert text(store).startswith("This is version 99.")
        store.build(version(98))
        assert len(folders(tmp_path / str(nth))) == KEEP
        if not met:
            break
    assert nth > least


@pytest.mark.skipif(not shutil.which("prlimit"), reason="needs prlimit to make files end early")
def test_a_full_disk_leaves_the_live_snapshot_alone(
    store: SnapshotStore, tmp_path: Path, start: Start, to_file: ToFile
) -> None:
    (live,) = publish(store, 1)
    long = [Article("long", "Long", "\n\n".join(f"Sentence number {number} is new." for number in range(3000)))]
    writer = start("build", tmp_path / "data", to_file(long), through=["prlimit", "--fsize=20000"])
    _, errors = writer.communicate()
    assert writer.returncode != 0
    assert "File too large" in errors or writer.returncode < 0
    assert store.open().id == live
    assert store.build(long).published


def test_two_stores_on_one_folder_agree(store: SnapshotStore, tmp_path: Path) -> None:
    other = SnapshotStore(tmp_path / "data", HashingEncoder())
    (first,) = publish(store, 1)
    assert other.open().id == first
    (second,) = publish(other, 1, first=1)
    assert store.open().id == second
