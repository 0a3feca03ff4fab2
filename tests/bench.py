"""`make bench`: speed and memory, for the shipped articles and for MedlinePlus. Prints the table of docs/benchmarks.md.

Each corpus is measured in a process of its own, so that memory is its own.
"""

import json
import os
import platform
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from corpus.models import Article
from corpus.readers import reader_for
from corpus.readers.markdown import dump
from index.encoder import MiniLM
from index.live import LiveIndex
from index.store import SnapshotStore
from qa.answering import Answerer
from qa.notices import Notices
from qa.service import load_articles
from qa.settings import SHIPPED_ARTICLES, Settings

SHARED = Path(os.environ.get("WELLQUOTED_SHARED", "../shared"))
MEDLINEPLUS = SHARED / "data/medlineplus/articles.jsonl"
QUESTIONS = 200
MEBIBYTE = 2**20
T = TypeVar("T")


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    corpora = {"shipped": SHIPPED_ARTICLES}
    if MEDLINEPLUS.exists():
        corpora["MedlinePlus"] = MEDLINEPLUS
    else:
        print(f"MedlinePlus is left out: there is no {MEDLINEPLUS}\n")
    rows = {name: _in_child(path) for name, path in corpora.items()}
    print("| | " + " | ".join(rows) + " |")
    print("|---" * (len(rows) + 1) + "|")
    for measure in next(iter(rows.values())):
        print(f"| {measure} | " + " | ".join(row[measure] for row in rows.values()) + " |")


def _in_child(path: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", str(path)], check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, str] = json.loads(done.stdout)
    return result


def measure(path: Path) -> dict[str, str]:
    """Build, change one article, ask, and start a server, each timed once in this process."""
    articles = _articles(path)
    with tempfile.TemporaryDirectory() as folder:
        store = SnapshotStore(Path(folder), MiniLM())
        store.plan(articles[:1]).write(_made(Path(folder) / "warm"))
        full, built = _timed(lambda: store.build(articles))
        changed = [replace(articles[0], text=articles[0].text + "\n\nOne more sentence."), *articles[1:]]
        one, _ = _timed(lambda: store.build(changed))
        store.build(articles)
        times = _answer_times(store, articles)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEBIBYTE
        ready = _start_to_ready(_as_library(articles, Path(folder) / "articles"), Path(folder))
    return {
        "articles": str(len(articles)),
        "passages": str(built.changes.passages),
        "full build": f"{full:.1f} s",
        "passages a second": f"{built.changes.passages / full:.0f}",
        "build after one article changed": f"{one:.2f} s",
        "full build / one-article build": f"{full / one:.0f}×",
        "answer, p50": f"{statistics.median(times):.0f} ms",
        "answer, p95": f"{statistics.quantiles(times, n=20)[-1]:.0f} ms",
        "peak memory, building and answering": f"{memory:.0f} MiB",
        "start to ready, index up to date": f"{ready:.1f} s",
    }


def _articles(path: Path) -> Sequence[Article]:
    if path.is_dir():
        return load_articles(Settings(articles=path))[0]
    readings = reader_for(path).read(path.read_bytes(), path.name)
    return [reading.article for reading in readings if not isinstance(reading, Exception)]


def _answer_times(store: SnapshotStore, articles: Sequence[Article]) -> list[float]:
    """Milliseconds an answer takes, for questions made of titles; the first one loads the model and is left out."""
    answerer = Answerer(LiveIndex(store), Notices.load())
    titles = [article.title for article in articles]
    questions = [f"what should I know about {titles[n % len(titles)]} number {n}" for n in range(QUESTIONS)]
    return [answerer.answer(question).took_ms for question in questions][1:]


def _as_library(articles: Sequence[Article], folder: Path) -> Path:
    """The articles as a folder of files, the way a server finds them."""
    folder.mkdir()
    for article in articles:
        (folder / f"{article.id}.md").write_text(dump(article), "utf-8")
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start_to_ready(articles: Path, data: Path) -> float:
    environment = {**os.environ, "WELLQUOTED_ARTICLES": str(articles), "WELLQUOTED_DATA": str(data)}
    port = _free_port()
    environment["WELLQUOTED_PORT"] = str(port)
    started = time.perf_counter()
    server = subprocess.Popen([sys.executable, "app.py"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _ready(f"http://127.0.0.1:{port}/readyz"):
            if server.poll() is not None:
                raise RuntimeError(f"the server ended with exit code {server.returncode}")
            time.sleep(0.05)
        return time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as response:
            return bool(response.status == 200)
    except urllib.error.URLError:
        return False


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    if len(sys.argv) > 1:
        json.dump(measure(Path(sys.argv[1])), sys.stdout)
    else:
        main()
