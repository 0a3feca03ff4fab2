"""Small real articles, a store in a temporary folder, the real model, and a fresh Python to run things in."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.models import Article, Imported, Source
from index import manifest as manifests
from index.encoder import MiniLM
from index.hashing import HashingEncoder
from index.store import SnapshotStore

CHECKOUT = Path(__file__).resolve().parents[2]

TWITCHING = Article(
    "twitching",
    "What a muscle twitch is",
    "A twitch is a small, quick movement of a muscle. Doctors call it a fasciculation.\n\n"
    "## Where it happens\n\n"
    "Twitches are common in the eyelid, the calf and the thumb. They can come and go for days.\n\n"
    "## What sets it off\n\n"
    "It can follow:\n\n- coffee and other drinks with caffeine\n- too little sleep\n- hard exercise\n\n"
    "Most twitches pass without treatment.",
    url="https://example.org/twitching",
    publisher="Well Quoted",
    authors=("A. Writer", "B. Writer"),
    published=date(2017, 12, 21),
    updated=date(2019, 1, 31),
    reviewed=date(2020, 2, 29),
    licence="Apache-2.0",
    sources=(Source("Fasciculation", "Example Press", "https://example.org/f"),),
    imported=Imported("fasciculation.txt", "0" * 64, "2026-01-01T00:00:00Z"),
    also_called=("Fasciculation", "Muscle flicker"),
)
CAFFEINE = Article(
    "caffeine",
    "Caffeine and twitching",
    "Caffeine is a stimulant. A large amount can make muscles twitch.\n\n"
    "## How much is too much\n\n"
    "People differ. Some twitch after one cup of coffee, others after six.",
)
UNICODE = Article(
    "zucken",
    "Zucken – “Muskelzucken” 🦵",
    "Cafe\u0301 and café.\u2028Still the same line? Yes.\r\nA 👩‍⚕️ says: “Rest!”\n\n"
    "## \u202eRight to left\u202c\n\n"
    "עווית שריר היא תנועה קטנה. 筋肉のぴくつき。 Ǆ and ß end this.\x85",
)
CRAMPS = Article(
    "cramps",
    "Cramps",
    "Quixotically, a cramp hurts and a twitch does not.\n\n## What helps\n\nStretching the zygomaticus may help.",
)
SLEEP = Article("sleep", "Sleep", "Too little sleep makes twitching more likely. A regular bedtime helps.")


@pytest.fixture
def library() -> tuple[Article, ...]:
    return (TWITCHING, CAFFEINE, UNICODE, CRAMPS)


@pytest.fixture
def revised() -> tuple[Article, ...]:
    """The library with `caffeine` changed, `cramps` removed and `sleep` added."""
    return (TWITCHING, replace(CAFFEINE, text=CAFFEINE.text + " Tea counts too."), UNICODE, SLEEP)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def store(tmp_path: Path, encoder: HashingEncoder) -> SnapshotStore:
    return SnapshotStore(tmp_path / "data", encoder)


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return MiniLM()


def python(*arguments: str) -> list[str]:
    """The command that runs worker.py in a fresh Python."""
    return [sys.executable, str(Path(__file__).with_name("worker.py")), *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start worker.py with these arguments, behind the command in `through`; killed when the test ends."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object, through: Sequence[str] = ()) -> subprocess.Popen[str]:
        command = [*through, *python(*map(str, arguments))]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment())
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def ask(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., Any]:
    """What worker.py answers to these arguments and this input, as JSON."""

    def run(*arguments: object, given: object = None) -> Any:
        process = start(*arguments)
        output, errors = process.communicate(json.dumps(given))
        assert process.returncode == 0, f"exit code {process.returncode} after:\n{output[-500:]}\n{errors[-2000:]}"
        return json.loads(output)

    return run


@pytest.fixture
def to_file(tmp_path: Path) -> Callable[[Sequence[Article]], Path]:
    """Write articles to a file that worker.py can read."""

    def write(articles: Sequence[Article]) -> Path:
        names = "-".join(manifests.digests(articles).values())
        file = tmp_path / f"articles-{hash(names)}.jsonl"
        file.write_bytes(b"\n".join(map(manifests.article_line, articles)))
        return file

    return write
