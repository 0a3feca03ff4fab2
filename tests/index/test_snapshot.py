"""A snapshot is named after what is in it, and is only opened by what can read it."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.chunking import AIM, MOST
from corpus.errors import DamagedSnapshot, LibraryError, SnapshotError
from corpus.models import Article
from index import manifest as manifests
from index.hashing import HashingEncoder
from index.store import SnapshotStore

Library = tuple[Article, ...]


class OtherEncoder(HashingEncoder):
    model = replace(HashingEncoder.model, sha256="of other weights")


def state(folder: Path) -> dict[Path, tuple[int, int, int]]:
    stats = {path: path.stat() for path in folder.rglob("*") if path.name != "LOCK"}
    return {path: (stat.st_ino, stat.st_mtime_ns, stat.st_size) for path, stat in stats.items()}


def test_the_same_articles_write_nothing(store: SnapshotStore, library: Library, tmp_path: Path) -> None:
    first = store.build(library)
    before = state(tmp_path)
    again = store.build(library)
    assert (first.published, again.published) == (True, False)
    assert again.id == first.id
    assert state(tmp_path) == before


def test_the_order_of_the_articles_does_not_matter(store: SnapshotStore, library: Library) -> None:
    assert len({store.plan(order).id for order in itertools.permutations(library)}) == 1


def test_two_articles_with_one_id_are_refused(store: SnapshotStore, library: Library) -> None:
    with pytest.raises(LibraryError, match="two articles have the id 'cramps'") as caught:
        store.build([*library, replace(library[3], text="Another text.")])
    assert "another id" in caught.value.advice
    assert not store.current_file.exists()


def test_ids_tell_contents_and_models_apart(tmp_path: Path, store: SnapshotStore, library: Library) -> None:
    first, *rest = library
    others = [rest, [replace(first, text=first.text + "\n"), *rest], [replace(first, authors=()), *rest]]
    ids = [store.plan(articles).id for articles in (library, *others)]
    ids.append(SnapshotStore(tmp_path / "data", OtherEncoder()).plan(library).id)
    assert len(set(ids)) == 5


def test_a_snapshot_of_another_model_is_not_opened(tmp_path: Path, store: SnapshotStore, library: Library) -> None:
    made = store.build(library).id
    other = SnapshotStore(tmp_path / "data", OtherEncoder())
    with pytest.raises(SnapshotError, match=f"{made} was made with another model") as caught:
        other.open()
    assert "wellquoted index build" in caught.value.advice
    other.build(library)
    assert other.open().id != made


def test_a_snapshot_of_another_model_is_not_rolled_back_to(
    tmp_path: Path, store: SnapshotStore, library: Library
) -> None:
    made = store.build(library).id
    other = SnapshotStore(tmp_path / "data", OtherEncoder())
    live = other.build(library).id
    with pytest.raises(SnapshotError, match="another model"):
        other.rollback(made)
    assert other.current().id == live


def test_a_snapshot_of_another_schema_is_refused(
    store: SnapshotStore, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.build(library)
    monkeypatch.setattr(manifests, "SCHEMA", 77)
    with pytest.raises(DamagedSnapshot, match=r"its schema is \d+, this version reads 77"):
        store.open()


def test_a_manifest_of_the_first_schema_is_listed_and_refused(store: SnapshotStore, library: Library) -> None:
    live = store.build(library).id
    file = store.current_file.parent / "snapshots" / live / "MANIFEST"
    record = json.loads(file.read_bytes())
    del record["settings"]
    file.write_text(json.dumps({**record, "schema": 1}), "utf-8")
    assert [entry.id for entry in store.entries()] == [live]
    with pytest.raises(DamagedSnapshot, match=r"its schema is 1, this version reads \d+"):
        store.rollback(live)


def test_the_manifest_says_what_is_inside(store: SnapshotStore, library: Library, tmp_path: Path) -> None:
    built = store.build(library)
    manifest = store.manifest(built.id)
    assert manifest.model == HashingEncoder.model
    assert list(manifest.articles) == sorted(article.id for article in library)
    assert manifest.passages == len(store.open().rows)
    assert manifest.settings == {
        "chunk_aim": AIM,
        "chunk_most": MOST,
        "chunk_break_inside_paragraph": 0.5,
        "window": HashingEncoder.model.max_tokens - 2,
        "bm25_k1": 2.0,
        "bm25_b": 0.75,
    }
    folder = tmp_path / "data" / "snapshots" / built.id
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(manifest.files) == found - {"MANIFEST"}


def test_threads_share_a_snapshot(store: SnapshotStore, library: Library) -> None:
    store.build(library)
    alone, shared = store.open(), store.open()
    questions = ["muscle twitch", "coffee", "Muskelzucken", "eyelid", "cramp", "筋肉"] * 20
    with ThreadPoolExecutor(8) as pool:
        near = list(pool.map(lambda question: shared.dense.search(question, 9), questions))
        matching = list(pool.map(lambda question: shared.lexical.search(question, 9), questions))
    assert near == [alone.dense.search(question, 9) for question in questions]
    assert matching == [alone.lexical.search(question, 9) for question in questions]
