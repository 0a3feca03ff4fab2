"""A folder that is kept equal to sources on a site of this machine."""

from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from corpus.library import Library
from corpus.models import Article
from corpus.sync.applying import Removing
from corpus.sync.changes import Change
from corpus.sync.syncing import sync
from corpus.web.fetching import Fetcher, Policy
from tests.website import Website


class Kept:
    """The folder, its sources, and syncs of it, each with a fetcher of its own as a new command has."""

    def __init__(self, folder: Path) -> None:
        self.library = Library(folder / "articles")
        self.library.folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "sources.toml"

    def sources(self, *tables: str) -> None:
        """Each table without its name, which is "a", "b" and so on."""
        named = (f'[[source]]\nname = "{chr(97 + at)}"\n{table}\n' for at, table in enumerate(tables))
        self.file.write_text("\n".join(named), "utf-8")

    def steps(self, removing: Removing | None = None, *, dry_run: bool = False) -> Generator[Change, None, None]:
        fetcher = Fetcher(Policy(frozenset({"127.0.0.1", "127.0.0.2"}), delay=0, back_off=0, attempts=2))
        return sync(self.library, self.file, fetcher, removing, dry_run=dry_run)

    def sync(self, removing: Removing | None = None, *, dry_run: bool = False) -> list[Change]:
        return list(self.steps(removing, dry_run=dry_run))

    def counts(self, removing: Removing | None = None, *, dry_run: bool = False) -> dict[str, int]:
        return dict(Counter(change.kind for change in self.sync(removing, dry_run=dry_run)))

    def articles(self) -> dict[str, Article]:
        loaded = self.library.articles()
        assert loaded.errors == ()
        return {article.id: article for article in loaded.articles}

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Everything in the folder, hidden or not: when it was written, and its bytes."""
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in self.library.folder.iterdir()}


@pytest.fixture
def site() -> Iterator[Website]:
    with Website().served() as found:
        yield found


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)
