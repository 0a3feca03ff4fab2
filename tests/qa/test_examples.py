"""What the start page offers is about the live articles."""

from pathlib import Path

from corpus.library import Library
from corpus.models import Article
from index.hashing import HashingEncoder
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.examples import LONGEST, OFFERED, SHIPPED, examples
from qa.settings import SHIPPED_ARTICLES


def opened(folder: Path, *articles: Article) -> Snapshot:
    store = SnapshotStore(folder, HashingEncoder())
    store.build(articles)
    return store.open()


def test_the_shipped_articles_have_their_own(tmp_path: Path) -> None:
    assert examples(opened(tmp_path, *Library(SHIPPED_ARTICLES).articles().articles)) == tuple(SHIPPED)


def test_another_site_offers_headings_that_ask(tmp_path: Path) -> None:
    long = "What " + "very " * LONGEST + "long?"
    articles = [
        Article(f"a{n:02}", f"A{n}", f"## About it\n\nText {n}.\n\n## {long}\n\nMore.\n\n## What is {n}?\n\nIt is {n}.")
        for n in range(20)
    ]
    offered = examples(opened(tmp_path, *articles))
    assert offered == ("What is 0?", "What is 3?", "What is 6?", "What is 9?", "What is 12?", "What is 15?")
    assert len(offered) == OFFERED


def test_without_such_headings_or_an_index_there_are_none(tmp_path: Path) -> None:
    assert examples(None) == ()
    assert examples(opened(tmp_path / "empty")) == ()
    assert examples(opened(tmp_path / "plain", Article("a", "A", "## About it\n\nText."))) == ()
