"""A sync killed at any system call that flushes, names or deletes: the next one finishes it, nothing is there twice."""

import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from corpus.sync.applying import Removing
from tests.conftest import CHECKOUT
from tests.corpus.sync.conftest import Kept
from tests.website import Website, article

SYNC = """
import sys
from pathlib import Path
from corpus.library import Library
from corpus.sync.applying import Removing
from corpus.sync.syncing import sync
from corpus.web.fetching import Fetcher, Policy

folder = Path(sys.argv[1])
fetcher = Fetcher(Policy(frozenset({"127.0.0.1"}), delay=0))
list(sync(Library(folder / "articles"), folder / "sources.toml", fetcher, Removing(gone=True)))
"""


def works(*command: str) -> bool:
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not works("strace", "true"), reason="needs strace, and leave to trace, to kill a sync")


def sync_killed(folder: Path, call: str, nth: int) -> int:
    """The exit code of a sync that is killed at its nth call, if it makes so many."""
    inject = f"--inject={call}:signal=KILL:when={nth}"
    strace = ["strace", "--quiet=all", "--follow-forks", "--output=/dev/null", f"--trace={call}", inject]
    command = [*strace, sys.executable, "-c", SYNC, str(folder)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True).returncode


@pytest.mark.parametrize(("call", "least"), [("fsync", 8), ("/^rename", 4), ("/^unlink", 1)])
def test_a_sync_killed_anywhere_is_finished_by_the_next(site: Website, tmp_path: Path, call: str, least: int) -> None:
    base = Kept(tmp_path / "base")
    site.pages |= {f"/{name}": article(name) for name in ("same", "changed", "gone")}
    site.sitemap("/same", "/changed", "/gone")
    base.sources(f'sitemap = "{site.url}/sitemap.xml"')
    base.sync()
    site.pages |= {"/changed": article("changed", "New words."), "/same2": article("same")}
    site.sitemap("/same", "/changed", "/new", "/same2")
    for nth in count(1):
        folder = tmp_path / f"{nth}"
        shutil.copytree(base.library.folder.parent, folder)
        site.pages["/new"] = article("new")
        code = sync_killed(folder, call, nth)
        site.pages["/new"] = article("new", "Newer words.")
        struck = Kept(folder)
        struck.sync(Removing(gone=True))  # It may go on with the run that was killed, and so look at the rest only.
        struck.sync(Removing(gone=True))
        found = struck.articles()
        assert sorted(each.split("-")[0] for each in found) == ["changed", "new", "same", "same"], nth
        assert {"changed", "new", "same"} <= set(found), nth
        assert found["changed"].text == "New words.", nth
        assert found["new"].text == "Newer words.", nth
        assert struck.counts() == {"unchanged": 4}, nth
        if code != -signal.SIGKILL:
            assert code == 0
            assert nth > least
            return
