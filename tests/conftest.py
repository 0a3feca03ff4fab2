"""One index of the shipped articles, built once with the real model, and what reads it."""

import os

# Two threads of PyTorch that wait for each other on a busy machine are many times slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
import uvicorn
from hypothesis import HealthCheck

from index.encoder import MiniLM
from index.live import LiveIndex
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.answering import Answerer
from qa.notices import Notices
from qa.service import load_articles
from qa.settings import Settings
from qa.understanding import Understanding

CHECKOUT = Path(__file__).resolve().parents[1]

# A slow machine is no failure.
hypothesis.settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("project")

# A developer's own settings must not reach the tests, nor the tests a developer's index.
for name in Settings.model_fields:
    os.environ.pop(f"WELLQUOTED_{name.upper()}", None)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The shipped articles, indexed."""

    data: Path
    answerer: Answerer
    snapshot: Snapshot


@pytest.fixture(scope="session")
def encoder() -> MiniLM:
    return MiniLM()


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory, encoder: MiniLM) -> Shipped:
    """Only for reading; `data_copy` is for commands that write."""
    settings = Settings(data=tmp_path_factory.mktemp("shipped") / "data")
    store = SnapshotStore(settings.data, encoder)
    articles, errors = load_articles(settings)
    assert errors == ()
    store.build(articles)
    answerer = Answerer(LiveIndex(store), Notices.load())
    snapshot = answerer.snapshot()
    assert snapshot
    return Shipped(settings.data, answerer, snapshot)


@pytest.fixture(scope="session")
def snapshot(shipped: Shipped) -> Snapshot:
    return shipped.snapshot


@pytest.fixture(scope="session")
def answerer(shipped: Shipped) -> Answerer:
    return shipped.answerer


@pytest.fixture(scope="session")
def understanding(snapshot: Snapshot) -> Understanding:
    return Understanding(snapshot)


@pytest.fixture
def data_copy(shipped: Shipped, tmp_path: Path) -> Path:
    """A folder of snapshots of its own, which holds the index of the shipped articles."""
    return shutil.copytree(shipped.data, tmp_path / "data")


@pytest.fixture(scope="session")
def checkout() -> Path:
    return CHECKOUT


@pytest.fixture(scope="session")
def real_articles() -> Path:
    """The two scraped articles, which are not part of the project."""
    folder = Path(os.environ.get("WELLQUOTED_SHARED", CHECKOUT.parent / "shared")) / "articles"
    if not folder.is_dir():
        pytest.skip(f"no scraped articles: {folder} is absent (name the shared folder in WELLQUOTED_SHARED)")
    return folder


@pytest.fixture(scope="session")
def served(answerer: Answerer) -> Iterator[str]:
    """The address of the whole site over the shipped index, served by a real server."""
    from app import build

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        # Built where a loop is running: Gradio leaves loops of its own open elsewhere.
        config = uvicorn.Config(build(answerer, Settings()), port=port, log_level="error", timeout_graceful_shutdown=1)
        servers.append(uvicorn.Server(config))
        await servers[0].serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    while thread.is_alive() and not (servers and servers[0].started):
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    servers[0].should_exit = True
    thread.join()
