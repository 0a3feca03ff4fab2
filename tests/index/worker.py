"""What the tests run in a Python of its own: python worker.py COMMAND ROOT [ARTICLES.jsonl]. No model, no torch."""

import json
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corpus.errors import WellQuotedError
from corpus.models import Article
from index.hashing import HashingEncoder
from index.manifest import ARTICLE
from index.snapshot import Snapshot
from index.store import SnapshotStore

QUESTION = "what makes muscles twitch"
HEADROOM = 256 * 1024**2
"""Bytes a damaged file may make the process ask for."""


def main(command: str, root: Path, articles: Path | None = None) -> None:
    print(json.dumps(COMMANDS[command](root, _read(articles) if articles else [])))


def build(root: Path, articles: list[Article]) -> object:
    return SnapshotStore(root, HashingEncoder()).build(articles).id


def build_slowly(root: Path, articles: list[Article]) -> object:
    """Build, but stop in the middle, under the writer lock, until a line of input comes."""

    def pause(done: int, _: int) -> None:
        if done == 1:
            print("building", flush=True)
            sys.stdin.readline()

    return SnapshotStore(root, HashingEncoder()).build(articles, pause).id


def hold(root: Path, _: list[Article]) -> object:
    """Keep the live snapshot open until a line of input comes, then answer from it."""
    snapshot = SnapshotStore(root, HashingEncoder()).open()
    print(snapshot.id, flush=True)
    sys.stdin.readline()
    return _contents(snapshot)


def recover(root: Path, articles: list[Article]) -> object:
    """For each store under `root`: what opens, what the next build makes, and what is left in its folder."""
    return {folder.name: _recover(folder, articles) for folder in sorted(root.iterdir())}


def probe(root: Path, _: list[Article]) -> object:
    """Open the store after each mutation (file, kind, place) given as input; say what came of each."""
    mutations = json.loads(sys.stdin.readline())
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + HEADROOM, used + HEADROOM))
    return list(_outcomes(root, mutations))


COMMANDS: dict[str, Callable[[Path, list[Article]], object]] = {
    function.__name__: function for function in (build, build_slowly, hold, recover, probe)
}


def _read(file: Path) -> list[Article]:
    return [ARTICLE.validate_json(line) for line in file.read_bytes().splitlines()]


def _contents(snapshot: Snapshot) -> dict[str, object]:
    return {
        "id": snapshot.id,
        "articles": {article.id: article.text for article in snapshot.articles.values()},
        "sentences": [snapshot.sentence_vectors(row.passage.id).sum().item() for row in snapshot.rows],
        "hits": [[hit.passage_id, hit.score] for hit in snapshot.dense.search(QUESTION, 5)],
        "matches": [[hit.passage_id, hit.score] for hit in snapshot.lexical.search(QUESTION, 5)],
    }


def _recover(folder: Path, articles: list[Article]) -> object:
    store = SnapshotStore(folder, HashingEncoder())
    before = _contents(store.open())
    store.build(articles)
    store.verify()
    for entry in store.entries():
        Snapshot.open(folder / "snapshots" / entry.id, HashingEncoder())
    left = sorted(path.name for path in (folder / "snapshots").iterdir())
    return {"before": before, "after": _contents(store.open()), "left": left}


def _outcomes(root: Path, mutations: list[tuple[str, str, int]]) -> Iterator[dict[str, object]]:
    for name, kind, place in mutations:
        file = root / name
        original = file.read_bytes()
        _mutate(file, kind, place)
        print(name, kind, place, file=sys.stderr, flush=True)
        yield _outcome(root)
        if file.is_dir():
            shutil.rmtree(file)
        _overwrite(file, original)


def _mutate(file: Path, kind: str, place: int) -> None:
    data = bytearray(file.read_bytes())
    if kind == "delete":
        file.unlink()
    elif kind == "folder":
        file.unlink()
        file.mkdir()
    elif kind == "truncate":
        _overwrite(file, data[:place])
    elif kind == "append":
        _overwrite(file, data + b"\n" * place)
    elif kind == "flip":
        data[place // 8] ^= 1 << place % 8
        _overwrite(file, data)
    else:
        raise ValueError(kind)


def _overwrite(file: Path, data: bytes | bytearray) -> None:
    """Write in place: ext4 flushes a file that is emptied first to the disk, a thousand times over here."""
    file.touch()
    with file.open("r+b") as stream:
        stream.write(data)
        stream.truncate()


def _outcome(root: Path) -> dict[str, Any]:
    try:
        return {"opened": _contents(SnapshotStore(root, HashingEncoder()).open())}
    except WellQuotedError as error:
        return {"error": type(error).__name__, "message": str(error), "advice": error.advice}


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
