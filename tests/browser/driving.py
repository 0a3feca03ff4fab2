"""The site on a port of its own, and what a person does on its chat page."""

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Self

import uvicorn
from playwright.sync_api import Locator, Page, expect

from app import build
from qa.answering import Answerer
from qa.settings import Settings

QUESTION = "How is BFS diagnosed?"


@dataclass(slots=True)
class Site:
    """The page on a port of its own, which can be stopped and started again."""

    answerer: Answerer
    settings: Settings
    port: int = field(default_factory=lambda: _free_port())
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        app = build(self.answerer, self.settings)
        config = uvicorn.Config(app, port=self.port, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        assert self._server
        assert self._thread
        self._server.should_exit = True
        self._thread.join()


@dataclass(frozen=True, slots=True)
class Chat:
    """What a person does on the chat page."""

    page: Page

    def open(self) -> Self:
        self.page.goto("/")
        expect(self.box).to_be_visible()
        return self

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Your question")

    @property
    def turns(self) -> Locator:
        return self.page.locator(".turn")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".panel")

    def ask(self, question: str) -> Locator:
        """Ask and wait for the answer. Returns its turn."""
        before = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        return self.answered(before + 1)

    def answered(self, turns: int) -> Locator:
        expect(self.turns).to_have_count(turns)
        expect(self.turns.last).not_to_have_attribute("aria-busy", "true")
        return self.turns.last


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
