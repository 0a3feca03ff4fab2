"""The pictures in `docs/`. `WELLQUOTED_SCREENSHOTS=docs` takes them anew; else they go to a temporary folder."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import QUESTION, Chat


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get("WELLQUOTED_SCREENSHOTS", tmp_path))


def take(chat: Chat, file: Path) -> None:
    chat.page.evaluate("document.activeElement.blur()")
    chat.page.screenshot(path=file, animations="disabled")
    assert file.stat().st_size > 10_000


@pytest.mark.browser_context_args(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
def test_an_answer_on_a_desktop(chat: Chat, folder: Path) -> None:
    chat.ask(QUESTION)
    expect(chat.panel.locator("#selected")).to_be_in_viewport()
    take(chat, folder / "answer-desktop.png")


@pytest.mark.browser_context_args(
    viewport={"width": 360, "height": 740},
    device_scale_factor=2,
    has_touch=True,
    is_mobile=True,
    reduced_motion="reduce",
)
def test_an_answer_on_a_phone(chat: Chat, folder: Path) -> None:
    chat.ask("how do docters diagnos bfs")
    expect(chat.panel.locator("#selected")).to_be_attached()
    take(chat, folder / "answer-phone.png")


@pytest.mark.browser_context_args(viewport={"width": 1280, "height": 900}, color_scheme="dark", reduced_motion="reduce")
def test_a_declined_question_in_the_dark(chat: Chat, folder: Path, unanswerable: str) -> None:
    chat.ask(unanswerable)
    take(chat, folder / "declined-dark.png")
