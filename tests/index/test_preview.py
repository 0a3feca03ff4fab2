"""A preview is the snapshot a build makes, and leaves nothing behind."""

import tempfile
from pathlib import Path

import numpy as np
import pytest

from corpus.models import Article
from index.hashing import HashingEncoder
from index.preview import preview
from index.store import SnapshotStore

Library = tuple[Article, ...]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_preview_is_what_the_build_makes(
    store: SnapshotStore, encoder: HashingEncoder, library: Library, revised: Library, scratch: Path
) -> None:
    store.build(library)
    live = store.current()
    with preview(store.plan(revised), encoder) as shown:
        assert store.current() == live
    assert list(scratch.iterdir()) == []
    assert store.build(revised).id == shown.id
    built = store.open()
    assert dict(shown.articles) == dict(built.articles)
    assert shown.rows == built.rows
    assert np.array_equal(shown.dense.vectors(), built.dense.vectors())
    for question in ("coffee", "what makes muscles twitch"):
        assert shown.lexical.search(question, 5) == built.lexical.search(question, 5)


def test_an_interrupted_preview_leaves_nothing(
    store: SnapshotStore, encoder: HashingEncoder, library: Library, scratch: Path
) -> None:
    with pytest.raises(KeyboardInterrupt), preview(store.plan(library), encoder):
        raise KeyboardInterrupt
    assert list(scratch.iterdir()) == []
