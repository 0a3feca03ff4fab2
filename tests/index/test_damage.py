"""Any damage to any file is refused with the file's name: no crash, no wrong answer; and a build repairs it."""

import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DamagedSnapshot
from corpus.models import Article
from index.hashing import HashingEncoder
from index.snapshot import Snapshot
from index.store import SnapshotStore

Library = tuple[Article, ...]
Mutation = tuple[str, str, int]

FILES = [
    "MANIFEST",
    "articles.jsonl",
    "passages.jsonl",
    "passages.faiss",
    "sentences.npy",
    "vocabulary.json",
    "bm25/data.csc.index.npy",
    "bm25/indices.csc.index.npy",
    "bm25/indptr.csc.index.npy",
    "bm25/params.index.json",
    "bm25/vocab.index.json",
]
GARBAGE = [b"", b"\0" * 64, b"\xff\xfe", b"{", b"[]", b"null", b"7", b'""', b"[" * 100_000, b'{"id": "x"}', b"{}"]


def folder_of(store: SnapshotStore) -> Path:
    return store.current_file.parent / "snapshots" / store.current().id


def ways(file: Path) -> list[tuple[str, int]]:
    """Ways to damage a file: deleted, a folder, cut short, made longer, and one bit turned, here and there."""
    size = file.stat().st_size
    places = random.Random(file.name).sample(range(size * 8), 8)
    cuts = [("truncate", length) for length in (0, 1, size // 2, size - 1)]
    return [("delete", 0), ("folder", 0), ("append", 1), *cuts, *(("flip", place) for place in places)]


def test_the_files_damaged_here_are_all_there_are(store: SnapshotStore, library: Library) -> None:
    store.build(library)
    folder = folder_of(store)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(FILES)


def test_any_damage_is_refused_and_named(store: SnapshotStore, library: Library, ask: Callable[..., Any]) -> None:
    store.build(library)
    root, folder = store.current_file.parent, folder_of(store)
    inside = folder.relative_to(root).as_posix()
    mutations: list[Mutation] = [(f"{inside}/{name}", *way) for name in FILES for way in ways(folder / name)]
    for (file, kind, place), outcome in zip(mutations, ask("probe", root, given=mutations), strict=True):
        name = file.removeprefix(f"{inside}/").replace("MANIFEST", "its manifest")
        assert outcome.get("error") == "DamagedSnapshot", (file, kind, place, outcome)
        assert outcome["message"].startswith(f"snapshot {folder.name}: {name} ")
        assert "wellquoted index build" in outcome["advice"]
    store.verify()


def test_a_snapshot_already_open_does_not_notice(
    store: SnapshotStore, library: Library, ask: Callable[..., Any], start: Callable[..., subprocess.Popen[str]]
) -> None:
    store.build(library)
    root = store.current_file.parent
    reader = start("hold", root)
    assert reader.stdout
    reader.stdout.readline()
    whole = ask("probe", root, given=[("CURRENT", "append", 0)])[0]["opened"]
    for name in FILES:
        os.truncate(folder_of(store) / name, 0)
    output, _ = reader.communicate("go on\n")
    assert reader.returncode == 0
    assert json.loads(output) == whole


def test_every_flipped_bit_of_current_is_refused_or_harmless(
    store: SnapshotStore, library: Library, ask: Callable[..., Any]
) -> None:
    store.build(library)
    size = store.current_file.stat().st_size
    mutations: list[Mutation] = [("CURRENT", "flip", place) for place in range(size * 8)]
    mutations += [("CURRENT", "truncate", length) for length in range(size)]
    whole, *outcomes = ask("probe", store.current_file.parent, given=[("CURRENT", "append", 0), *mutations])
    assert whole["opened"]["id"] == store.current().id
    assert {outcome.get("error") for outcome in outcomes} <= {"DamagedSnapshot", None}
    assert all(outcome == whole for outcome in outcomes if "opened" in outcome)
    assert sum("error" in outcome for outcome in outcomes) > len(outcomes) * 0.9


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: repr(garbage[:12]))
def test_garbage_in_current_is_refused_and_repaired(garbage: bytes, store: SnapshotStore, library: Library) -> None:
    built = store.build(library)
    store.current_file.write_bytes(garbage)
    with pytest.raises(DamagedSnapshot, match="CURRENT is damaged"):
        store.open()
    assert not store.is_held()
    assert store.build(library).id == built.id
    assert store.open().id == built.id


@pytest.mark.parametrize(
    "change",
    [{"id": 7}, {"id": ""}, {"id": "../x"}, {"id": "a\0b"}, {"held": "maybe"}, {"manifest_sha256": None}],
    ids=str,
)
def test_a_current_that_is_json_but_wrong_is_refused(
    change: dict[str, object], store: SnapshotStore, library: Library
) -> None:
    store.build(library)
    record = json.loads(store.current_file.read_bytes())
    store.current_file.write_text(json.dumps({**record, **change}), "utf-8")
    with pytest.raises(DamagedSnapshot, match="CURRENT is damaged"):
        store.open()


def test_a_current_without_a_manifest_hash_is_refused(store: SnapshotStore, library: Library) -> None:
    store.build(library)
    record = json.loads(store.current_file.read_bytes())
    store.current_file.write_text(json.dumps({**record, "manifest_sha256": ""}), "utf-8")
    with pytest.raises(DamagedSnapshot, match="not the one that was published"):
        store.open()


def test_a_current_that_is_a_folder_is_refused(store: SnapshotStore) -> None:
    store.current_file.mkdir(parents=True)
    with pytest.raises(DamagedSnapshot, match="CURRENT is damaged"):
        store.open()


def test_a_snapshot_folder_that_is_gone_is_refused(store: SnapshotStore, library: Library) -> None:
    store.build(library)
    folder_of(store).rename(store.current_file.parent / "elsewhere")
    with pytest.raises(DamagedSnapshot, match="its manifest cannot be read"):
        store.open()


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: repr(garbage[:12]))
def test_garbage_in_a_manifest_is_refused_with_and_without_its_hash(
    garbage: bytes, store: SnapshotStore, library: Library
) -> None:
    store.build(library)
    (folder_of(store) / "MANIFEST").write_bytes(garbage)
    with pytest.raises(DamagedSnapshot, match="its manifest is not the one that was published"):
        store.open()
    with pytest.raises(DamagedSnapshot, match="its manifest is not valid"):
        Snapshot.open(folder_of(store), HashingEncoder())
    assert store.entries() == []


def test_a_manifest_of_other_articles_is_refused(store: SnapshotStore, library: Library) -> None:
    store.build(library)
    file = folder_of(store) / "MANIFEST"
    record = json.loads(file.read_bytes())
    record["articles"]["cramps"] = "0" * 64
    file.write_text(json.dumps(record), "utf-8")
    with pytest.raises(DamagedSnapshot, match="MANIFEST has changed"):
        Snapshot.open(folder_of(store), HashingEncoder())


@pytest.mark.parametrize("name", ["stray.txt", "bm25/corpus.jsonl", "bm25/nonoccurrence_array.index.npy"])
def test_a_file_that_is_not_listed_is_refused(name: str, store: SnapshotStore, library: Library) -> None:
    store.build(library)
    (folder_of(store) / name).write_bytes(b"anything")
    with pytest.raises(DamagedSnapshot, match=f"{name} is not in its manifest"):
        store.open()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [b"", None, b" "], ids=["emptied", "deleted", "longer"])
def test_a_build_repairs_a_damaged_snapshot(
    name: str, damage: bytes | None, store: SnapshotStore, library: Library
) -> None:
    built = store.build(library)
    file = folder_of(store) / name
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes() + damage if damage else b"")
    with pytest.raises(DamagedSnapshot):
        store.verify()
    repaired = store.build(library)
    assert (repaired.id, repaired.published) == (built.id, True)
    store.verify()
    assert {article.id: article for article in library} == store.open().articles


def test_a_build_of_other_articles_does_not_need_the_damaged_one(
    store: SnapshotStore, library: Library, revised: Library
) -> None:
    store.build(library)
    (folder_of(store) / "passages.faiss").write_bytes(b"")
    store.build(revised)
    assert {article.id: article for article in revised} == store.open().articles
