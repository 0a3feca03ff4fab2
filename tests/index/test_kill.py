"""A build killed at any system call that names, flushes or deletes: readers find one whole snapshot."""

import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from corpus.models import Article
from index.hashing import HashingEncoder
from index.store import KEEP, SnapshotStore

Library = tuple[Article, ...]
Start = Callable[..., subprocess.Popen[str]]
ToFile = Callable[[Sequence[Article]], Path]


def works(*command: str) -> bool:
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not works("strace", "true"), reason="needs strace, and leave to trace, to kill a build")

CALLS = ["fsync", "/^rename", "/^rmdir"]
"""As strace names them: a regular expression after the slash, for the names differ between processors."""


@pytest.fixture
def base(tmp_path: Path, library: Library) -> SnapshotStore:
    """A store whose next build prunes."""
    store = SnapshotStore(tmp_path / "base", HashingEncoder())
    for number in range(KEEP - 1, -1, -1):
        store.build(library[number:])
    assert len(store.entries()) == KEEP
    return store


def strace(*options: str) -> list[str]:
    return ["strace", "--quiet=all", "--follow-forks", *options]


class Strike:
    """Kills builds in copies of one store, each at another system call."""

    def __init__(self, base: SnapshotStore, folder: Path, start: Start, articles: Path) -> None:
        self._base = base.current_file.parent
        self._start = start
        self._articles = articles
        self.folder = folder

    def until_spared(self, call: str) -> list[int]:
        """Kill at the first call, the second, and so on, till a build meets none; the exit codes."""
        codes = []
        for nth in count(1):
            codes.append(self._once(call, nth))
            if codes[-1] != -signal.SIGKILL:
                break
        return codes

    def _once(self, call: str, nth: int) -> int:
        root = self.folder / f"{call.strip('/^')}-{nth}"
        shutil.copytree(self._base, root)
        options = ("--output=/dev/null", f"--trace={call}", f"--inject={call}:signal=KILL:when={nth}")
        process = self._start("build", root, self._articles, through=strace(*options))
        process.communicate()
        return process.returncode


@pytest.fixture
def strike(base: SnapshotStore, tmp_path: Path, start: Start, to_file: ToFile, revised: Library) -> Strike:
    return Strike(base, tmp_path / "struck", start, to_file(revised))


def assert_whole(outcomes: dict[str, Any], old: dict[str, str], new: dict[str, str]) -> None:
    for name, outcome in outcomes.items():
        assert outcome["before"]["articles"] in (old, new), name
        assert outcome["before"]["hits"], name
        assert outcome["after"]["articles"] == new, name
        assert len(outcome["left"]) in (KEEP, KEEP + 1), (name, outcome["left"])
        assert not any(folder.startswith(".") for folder in outcome["left"]), name


def texts(articles: Sequence[Article]) -> dict[str, str]:
    return {article.id: article.text for article in articles}


def test_a_build_killed_anywhere_leaves_a_whole_snapshot(
    strike: Strike, ask: Callable[..., Any], to_file: ToFile, library: Library, revised: Library
) -> None:
    with ThreadPoolExecutor(2) as pool:
        codes = dict(zip(CALLS, pool.map(strike.until_spared, CALLS), strict=True))
    assert {found[-1] for found in codes.values()} == {0}
    assert len(codes["fsync"]) > 15
    assert len(codes["/^rename"]) == 3 + 1
    outcomes = ask("recover", strike.folder, to_file(revised))
    assert len(outcomes) == sum(map(len, codes.values()))
    assert_whole(outcomes, texts(library), texts(revised))
    assert {frozenset(outcome["before"]["articles"]) for outcome in outcomes.values()} == {
        frozenset(texts(library)),
        frozenset(texts(revised)),
    }


def test_everything_is_flushed_before_it_is_named(
    base: SnapshotStore, tmp_path: Path, start: Start, to_file: ToFile, revised: Library
) -> None:
    log = tmp_path / "calls"
    options = ["--decode-fds=path", "--string-limit=500", f"--output={log}", "--trace=fsync,write,writev,/^rename"]
    writer = start("build", tmp_path / "base", to_file(revised), through=strace(*options))
    new = writer.communicate()[0].strip().strip('"')
    calls = list(_calls(log, tmp_path / "base"))
    written = {name for call, name in calls if call == "write" and ".tmp-" in name}
    published = next(
        place for place, (call, name) in enumerate(calls) if call == "rename" and name == f"snapshots/{new}"
    )
    switched = calls.index(("rename", "CURRENT"))
    flushed = {name for call, name in calls[:published] if call == "fsync"}
    assert {Path(name).name for name in written} >= {
        "MANIFEST",
        "passages.faiss",
        "articles.jsonl",
        "params.index.json",
    }
    assert written <= flushed
    assert {str(Path(name).parent) for name in written} <= flushed
    assert _last(calls, "write", written) < min(
        place for place, (call, name) in enumerate(calls) if call == "fsync" and name in written
    )
    assert published < calls.index(("fsync", "snapshots")) < switched
    assert calls.index(("write", "CURRENT.tmp")) < calls.index(("fsync", "CURRENT.tmp")) < switched
    assert switched < calls.index(("fsync", "."))


def _last(calls: list[tuple[str, str]], wanted: str, names: set[str]) -> int:
    return max(place for place, (call, name) in enumerate(calls) if call == wanted and name in names)


def _calls(log: Path, root: Path) -> Iterator[tuple[str, str]]:
    """(call, path inside the store) of each call that touched the store; of a rename, the new path."""
    for line in log.read_text("utf-8", "replace").splitlines():
        match = re.match(r"\d+ +(fsync|write|rename)[v\w]*\(", line)
        pattern = r'"([^"]*)"' if match and match[1] == "rename" else r"\(\d+<([^>]*)>"
        found = re.findall(pattern, line)
        if match and found and Path(found[-1]).is_relative_to(root):
            yield match[1], str(Path(found[-1]).relative_to(root))
