"""A running reader follows CURRENT, keeps answering meanwhile, and never sees half a snapshot."""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from corpus.errors import DamagedSnapshot, NoSnapshot
from corpus.models import Article
from index.hashing import HashingEncoder
from index.live import LiveIndex
from index.snapshot import Snapshot
from index.store import SnapshotStore

ANIMALS = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "ibex", "jay", "koi"]


def version(number: int) -> list[Article]:
    """Three articles that all name the same animal."""
    animal = ANIMALS[number]
    return [Article(f"{animal}-{part}", "Part", f"The {animal} twitches. Part {part}.") for part in range(3)]


def animal(snapshot: Snapshot) -> str:
    """The animal of a snapshot, of which every part must agree."""
    (name,) = {key.partition("-")[0] for key in snapshot.articles}
    assert {article.text for article in snapshot.articles.values()} == {a.text for a in version(ANIMALS.index(name))}
    assert list(snapshot.manifest.articles) == sorted(snapshot.articles)
    hits = [hit.passage_id for hit in snapshot.dense.search(f"the {name} twitches", 9)]
    matches = [hit.passage_id for hit in snapshot.lexical.search(name, 9)]
    assert sorted(hits) == sorted(matches) == sorted(row.passage.id for row in snapshot.rows)
    assert all(name in snapshot.passage(key).text for key in hits)
    return name


def seen(live: LiveIndex) -> Snapshot:
    snapshot = live.snapshot()
    assert snapshot
    return snapshot


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "it did not happen within 30 seconds"
        time.sleep(0.01)


@contextmanager
def nobody_can_open(store: SnapshotStore) -> Iterator[None]:
    """Opening the live snapshot waits meanwhile, as it would on a slow disk."""
    folder = store.current_file.parent / "snapshots" / store.current().id
    with (folder / "MANIFEST").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def damage(store: SnapshotStore) -> None:
    (store.current_file.parent / "snapshots" / store.current().id / "passages.faiss").write_bytes(b"")


def failing(error: Exception) -> Callable[..., NoReturn]:
    def call(*_: object, **__: object) -> NoReturn:
        raise error

    return call


@pytest.fixture
def live(store: SnapshotStore, caplog: pytest.LogCaptureFixture) -> LiveIndex:
    caplog.set_level(logging.INFO, logger="index.live")
    return LiveIndex(store)


def test_there_is_nothing_before_the_first_build(live: LiveIndex) -> None:
    assert live.snapshot() is None
    with pytest.raises(NoSnapshot):
        live.require()


def test_the_first_build_is_found_without_a_restart(store: SnapshotStore, live: LiveIndex) -> None:
    assert live.snapshot() is None
    built = store.build(version(0))
    assert live.require().id == seen(live).id == built.id


def test_a_reader_follows_builds_and_rollbacks(store: SnapshotStore, live: LiveIndex) -> None:
    for number in (0, 1, 2):
        store.build(version(number))
        wait_until(lambda expected=ANIMALS[number]: animal(seen(live)) == expected)  # type: ignore[misc]
    store.rollback()
    wait_until(lambda: animal(seen(live)) == ANIMALS[1])


def test_the_old_snapshot_answers_while_the_new_one_loads(store: SnapshotStore, live: LiveIndex) -> None:
    store.build(version(0))
    old = seen(live)
    store.build(version(1))
    with ThreadPoolExecutor(4) as pool, nobody_can_open(store):
        asked = [pool.submit(seen, live) for _ in range(100)]
        assert all(answer.result(timeout=30) is old for answer in asked)
        assert animal(old) == ANIMALS[0]
    wait_until(lambda: animal(seen(live)) == ANIMALS[1])
    assert animal(old) == ANIMALS[0]


def test_an_unchanged_snapshot_is_not_loaded_again(store: SnapshotStore, live: LiveIndex) -> None:
    store.build(version(0))
    first = seen(live)
    assert not store.build(version(0)).published
    assert all(seen(live) is first for _ in range(100))


def test_a_damaged_new_snapshot_leaves_the_old_one_serving(
    store: SnapshotStore, live: LiveIndex, caplog: pytest.LogCaptureFixture
) -> None:
    store.build(version(0))
    old = seen(live)
    store.build(version(1))
    damage(store)
    assert seen(live) is old
    wait_until(lambda: "passages.faiss has changed" in caplog.text)
    assert all(live.require() is old for _ in range(100))
    assert animal(old) == ANIMALS[0]
    store.build(version(1))
    wait_until(lambda: animal(seen(live)) == ANIMALS[1])


def test_a_damaged_first_snapshot_is_reported_until_it_is_repaired(store: SnapshotStore, live: LiveIndex) -> None:
    store.build(version(0))
    damage(store)
    for _ in range(2):
        assert live.snapshot() is None
        with pytest.raises(DamagedSnapshot, match=r"passages\.faiss"):
            live.require()
    store.build(version(0))
    assert animal(live.require()) == ANIMALS[0]


def test_damage_to_current_leaves_the_old_one_serving(
    store: SnapshotStore, live: LiveIndex, caplog: pytest.LogCaptureFixture
) -> None:
    store.build(version(0))
    old = seen(live)
    store.current_file.write_bytes(b"\0" * 100)
    assert seen(live) is old
    wait_until(lambda: "CURRENT is damaged" in caplog.text)
    store.current_file.unlink()
    assert seen(live) is old
    wait_until(lambda: "no index has been built yet" in caplog.text)
    assert seen(live) is old


@pytest.mark.parametrize("error", [MemoryError("no memory"), OSError(24, "Too many open files"), RuntimeError("odd")])
def test_a_load_that_failed_for_a_passing_reason_is_tried_again(
    error: Exception,
    store: SnapshotStore,
    live: LiveIndex,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.build(version(0))
    old = seen(live)
    store.build(version(1))
    monkeypatch.setattr("index.live.RETRY", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(store, "open", failing(error))
        assert seen(live) is old
        wait_until(lambda: str(error) in caplog.text)
        assert seen(live) is old
    wait_until(lambda: animal(seen(live)) == ANIMALS[1])


def test_a_first_load_that_failed_is_tried_again_after_a_while(
    store: SnapshotStore, live: LiveIndex, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.build(version(0))
    monkeypatch.setattr("index.live.RETRY", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(store, "open", failing(MemoryError("no memory")))
        assert [live.snapshot() for _ in range(9)] == [None] * 9
        assert caplog.text.count("could not be opened") == 1
    wait_until(lambda: live.snapshot() is not None)


def test_a_file_that_cannot_be_read_for_a_while_is_tried_again(
    store: SnapshotStore, live: LiveIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.build(version(0))
    monkeypatch.setattr("index.live.RETRY", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr("index.manifest.stamp", failing(OSError(24, "Too many open files")))
        assert live.snapshot() is None
    wait_until(lambda: live.snapshot() is not None)


def test_a_thread_that_cannot_start_stops_no_later_load(
    store: SnapshotStore, live: LiveIndex, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.build(version(0))
    old = seen(live)
    store.build(version(1))
    monkeypatch.setattr("index.live.RETRY", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", failing(RuntimeError("can't start new thread")))
        assert seen(live) is old
    assert "can't start new thread" in caplog.text
    wait_until(lambda: animal(seen(live)) == ANIMALS[1])


def test_threads_that_meet_at_the_first_question_load_once(
    store: SnapshotStore, live: LiveIndex, caplog: pytest.LogCaptureFixture
) -> None:
    store.build(version(0))
    together = threading.Barrier(9)

    def first_question() -> Snapshot:
        together.wait()
        return seen(live)

    with ThreadPoolExecutor(8) as pool, nobody_can_open(store):
        asked = [pool.submit(first_question) for _ in range(8)]
        together.wait()
        time.sleep(0.2)
    assert len({id(future.result()) for future in asked}) == 1
    wait_until(lambda: not any(thread.name.endswith("(_load)") for thread in threading.enumerate()))
    assert caplog.text.count("answering from snapshot") == 1


def test_readers_see_whole_snapshots_while_another_builds(store: SnapshotStore, live: LiveIndex) -> None:
    store.build(version(0))
    done = threading.Event()

    def follow(read: Callable[[], Snapshot]) -> set[tuple[str, str]]:
        found = set()
        while not done.is_set():
            snapshot = read()
            found.add((snapshot.id, animal(snapshot)))
            time.sleep(0.001)
        return found

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(follow, lambda: seen(live)) for _ in range(6)]
        readers += [pool.submit(follow, SnapshotStore(store.current_file.parent, HashingEncoder()).open)]
        try:
            ids = {(store.build(version(number)).id, ANIMALS[number]) for number in range(1, 11)}
        finally:
            done.set()
        observed = set().union(*(reader.result() for reader in readers))
    assert len({key for key, _ in observed}) > 1
    assert observed <= ids | {(store.plan(version(0)).id, ANIMALS[0])}
    wait_until(lambda: animal(seen(live)) == ANIMALS[10])


def test_a_reader_whose_snapshot_is_pruned_before_it_is_open_gets_the_new_one(store: SnapshotStore) -> None:
    old = store.build(version(0)).id
    snapshots = store.current_file.parent / "snapshots"
    with ThreadPoolExecutor(1) as pool, nobody_can_open(store):
        opening = pool.submit(store.open)
        wait_until(lambda: f"-> FLOCK  ADVISORY  READ {os.getpid()} " in Path("/proc/locks").read_text())
        (snapshots / old).rename(snapshots / ".tmp-pruned")
        store.build(version(1))
    assert animal(opening.result()) == ANIMALS[1]


def test_opening_never_fails_while_others_roll_back_and_prune(store: SnapshotStore) -> None:
    for number in range(3):
        store.build(version(number))
    done = threading.Event()

    def open_again_and_again() -> int:
        opened = 0
        while not done.is_set():
            animal(store.open())
            opened += 1
            time.sleep(0.001)
        return opened

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(open_again_and_again) for _ in range(3)]
        try:
            for number in range(3, 11):
                store.rollback(store.entries()[-1].id)
                store.build(version(number))
        finally:
            done.set()
        assert all(reader.result() for reader in readers)
