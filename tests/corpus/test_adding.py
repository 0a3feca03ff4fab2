"""Any number of articles go in: nothing is held, a stopped run goes on, and every refusal has its reason."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import LibraryError
from corpus.library import Library, Outcome, Overrides

CHECKOUT = Path(__file__).resolve().parents[2]
PROSE = "Twitches come and go, and most of them need no treatment at all from anyone."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "articles")


def records(path: Path, number: int, length: int = 1) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for n in range(number):
            file.write(json.dumps({"title": f"Topic {n}", "text": f"Number {n}. " + f"{PROSE} " * length}) + "\n")
    return path


def statuses(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(outcome.status for outcome in outcomes)


def state(folder: Path) -> dict[str, str]:
    """The files and what is in them, without the time of the import."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): re.sub(r"  at: .*", "", path.read_text("utf-8")) for path in files}


# Memory.


def test_no_more_than_one_article_is_held(library: Library, tmp_path: Path) -> None:
    path = records(tmp_path / "many.jsonl", 200, length=2000)
    assert path.stat().st_size > 30_000_000
    tracemalloc.start()
    added = sum(outcome.status == "added" for outcome in library.add([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert added == 200
    assert peak < 8_000_000


# Stopping and going on.


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    path = records(folder / "many.jsonl", 150)
    list(Library(folder / "articles").add([path]))
    return path, state(folder / "articles")


SCRIPT = """
import os, signal, sys
from pathlib import Path
from corpus.library import Library

moment, number, source, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
count = 0

def die_in_time(of):
    def call(*args, **kwargs):
        global count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return of(*args, **kwargs)
    return call

if moment != "sync":
    setattr(Path, moment, die_in_time(getattr(Path, moment)))
else:
    os.fsync = die_in_time(os.fsync)
list(Library(folder).add([source]))
"""


@pytest.mark.parametrize("moment", ["sync", "replace", "chmod"])
@pytest.mark.parametrize("number", [1, 2, 100, 101, 150])
def test_killed_at_any_point_the_same_command_goes_on(
    uninterrupted: tuple[Path, dict[str, str]], tmp_path: Path, moment: str, number: int
) -> None:
    source, expected = uninterrupted
    folder = tmp_path / "articles"
    command = [sys.executable, "-c", SCRIPT, moment, str(number), str(source), str(folder)]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL
    kept = {name: text for name, text in state(folder).items() if not name.startswith(".")}
    assert kept == {name: expected[name] for name in kept}
    counts = statuses(list(Library(folder).add([source])))
    assert counts == Counter(unchanged=len(kept), added=150 - len(kept))
    assert state(folder) == expected


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["One.", "Two.", "Three."])), max_size=12),
    st.lists(st.integers(0, 6), max_size=4),
)
def test_stopped_after_any_articles_it_ends_as_if_it_had_not_been(
    lines: list[tuple[str, str]], stops: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = "\n".join(json.dumps({"id": each, "title": each, "text": text}) for each, text in lines) + "\n"
        (folder / "a.jsonl").write_text(text)
        if not lines:
            return
        whole, stopped = Library(folder / "whole"), Library(folder / "stopped")
        first = list(whole.add([folder / "a.jsonl"]))
        for stop in stops:
            outcomes = stopped.add([folder / "a.jsonl"])
            list(islice(outcomes, stop))
            outcomes.close()
        last = list(stopped.add([folder / "a.jsonl"]))
        assert [outcome.status == "refused" for outcome in last] == [outcome.status == "refused" for outcome in first]
        assert state(folder / "stopped") == state(folder / "whole")


def test_what_a_killed_run_left_is_cleared_and_nothing_else(library: Library, tmp_path: Path) -> None:
    library.folder.mkdir()
    (library.folder / ".adding-x1").write_text("half")
    (library.folder / ".mine").write_text("kept")
    list(library.add([records(tmp_path / "a.jsonl", 1)]))
    assert sorted(path.name for path in library.folder.iterdir()) == [".mine", "topic-0.md"]


def test_two_do_not_add_at_the_same_time(library: Library, tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", 3)
    first = library.add([path])
    next(first)
    with pytest.raises(LibraryError, match="another process is adding") as caught:
        next(library.add([path]))
    assert "again" in caught.value.advice
    first.close()
    assert statuses(list(library.add([path]))) == Counter(unchanged=1, added=2)


# What is told.


def test_the_progress_goes_up_to_the_size_of_all_files(library: Library, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    (tmp_path / "in").mkdir()
    sources = [records(tmp_path / "in" / "a.jsonl", 5), tmp_path / "in" / "b.txt", tmp_path / "missing.txt"]
    sources[1].write_text(f"Calves\n\n{PROSE}\n")
    list(library.add(sources, progress=lambda done, total: told.append((done, total))))
    total = sum(path.stat().st_size for path in sources[:2])
    assert told[-1] == (total, total)
    assert {each[1] for each in told} == {total}
    assert all(one[0] <= two[0] for one, two in pairwise(told))
    assert len({each[0] for each in told}) >= 6


def test_the_same_text_under_two_addresses_names_the_first(library: Library, tmp_path: Path) -> None:
    lines = [
        {"id": "b", "title": "B", "text": PROSE, "url": "https://example.org/b"},
        {"id": "a", "title": "A", "text": PROSE.upper(), "url": "https://example.org/a"},
        {"id": "c", "title": "C", "text": "Something else."},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert [outcome.same_text_as for outcome in library.add([tmp_path / "a.jsonl"])] == [None, "b", None]
    again = [outcome for outcome in library.add([tmp_path / "a.jsonl"]) if outcome.same_text_as]
    assert [(each.article and each.article.id, each.same_text_as) for each in again] == [("b", "a")]


def test_an_updated_article_is_no_longer_the_same(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for text in ("Said once.", PROSE):
        path.write_text(json.dumps({"id": "a", "title": "A", "text": text}))
        list(library.add([path]))
    path.write_text(json.dumps({"id": "b", "title": "B", "text": "Said once."}))
    assert [outcome.same_text_as for outcome in library.add([path])] == [None]


def test_a_folder_names_the_files_it_passes_over(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    records(source / "a.jsonl", 1)
    for name in [*"abcdef"]:
        (source / f"{name}.png").touch()
    added, passed = library.add([source])
    assert (added.status, passed.status, passed.origin) == ("added", "passed over", str(source))
    assert passed.error
    assert "6 files of other kinds were passed over: a.png, b.png, c.png, d.png, e.png and 1 more" in str(passed.error)
    assert ".jsonl" in passed.error.advice


# Which articles are versions of one.


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Path]:
    """Write a page of one title into a folder."""

    def write(folder: str, text: str = PROSE, name: str = "index.md") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Muscle twitches\n\n{text}\n")
        return path

    return write


def test_two_files_of_one_name_are_two_articles(library: Library, page: Callable[..., Path]) -> None:
    list(library.add([page("eyes")]))
    [outcome] = library.add([page("legs", "Calves twitch too.")])
    assert outcome.status == "refused"
    assert "another article, from eyes/index.md, has the id 'muscle-twitches'" in str(outcome.error)


def test_a_file_stays_one_however_it_is_named(
    library: Library, page: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    versions = iter(range(10))
    for name in ("site/eyes/index.md", "site", tmp_path / "site" / "eyes", Path("site/../site/eyes/index.md")):
        page("site/eyes", f"Version {next(versions)}.")
        [outcome] = library.add([name])
        assert outcome.status in ("added", "updated"), outcome.error


def test_where_a_folder_is_stays_out_of_the_article(
    library: Library, page: Callable[..., Path], tmp_path: Path
) -> None:
    page("deep/below/site/eyes")
    [outcome] = library.add([tmp_path / "deep" / "below" / "site"])
    assert outcome.article
    assert outcome.article.imported
    assert outcome.article.imported.origin == "site/eyes/index.md"


def test_one_address_is_one_article_whatever_the_file(library: Library, page: Callable[..., Path]) -> None:
    told = Overrides(url="https://example.org/twitches")
    list(library.add([page("eyes")], told))
    assert [each.status for each in library.add([page("legs", "Calves twitch too.", "a.md")], told)] == ["updated"]


# The real corpora.


def test_the_medquad_pages_go_in_and_stay(library: Library, shared: Path) -> None:
    path = shared / "data" / "medquad" / "medquad_answered.jsonl"
    refused = [outcome for outcome in library.add([path]) if outcome.status == "refused"]
    assert [str(outcome.error).partition(": ")[2] for outcome in refused] == [
        f"line {number}: no title" for number in (5448, 5481, 5482)
    ]
    assert statuses(list(library.add([path]))) == Counter(unchanged=5483, refused=3)
