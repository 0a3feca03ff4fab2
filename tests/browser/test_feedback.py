"""Saying on the page whether an answer helped: by mouse, keyboard and screen reader, in both colour schemes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from qa.answering import Answerer
from qa.settings import Settings
from qa.worklist import Worklist
from tests.browser.driving import QUESTION, Chat, Site
from tests.browser.test_access import LOOKS, overflow, small_targets, violations

BUTTONS = ("This answers it", "It does not answer", "Right passage, wrong part")
TOUCH = 44
"""CSS pixels."""


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "worklist.sqlite"


@pytest.fixture(scope="session")
def site(answerer: Answerer, file: Path) -> Iterator[Site]:
    """A site that keeps questions."""
    settings = Settings(rate_limit="10000/minute", worklist=str(file), worklist_days=9)
    running = Site(answerer, settings).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], site: Site) -> dict[str, Any]:
    """The other one's `base_url` is that of the site most tests share."""
    return {**browser_context_args, "base_url": site.url}


@pytest.fixture(autouse=True)
def empty(file: Path) -> None:
    Worklist(file, 9).clear()


def kept(file: Path) -> list[tuple[str, str]]:
    return [(entry.kind, entry.question) for entry in Worklist(file, 9).entries()]


def pressed(turn: Locator) -> list[str | None]:
    return [each.text_content() for each in turn.locator('[data-judgement][aria-pressed="true"]').all()]


def status(page: Page) -> Locator:
    return page.locator("#status")


def test_the_page_says_beside_the_box_what_is_kept(chat: Chat) -> None:
    expect(chat.page.locator(".composer .kept")).to_be_visible()
    expect(chat.page.locator(".composer .kept")).to_contain_text("are kept here for 9 days")
    expect(chat.box).to_have_accessible_description(chat.page.locator("#kept").inner_text())


def test_a_reader_says_that_it_does_not_answer(chat: Chat, file: Path) -> None:
    turn = chat.ask(QUESTION)
    group = turn.get_by_role("group", name="Does this answer what you asked?")
    for name in BUTTONS:
        expect(group.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "false")
    group.get_by_role("button", name="It does not answer").click()
    expect(status(chat.page)).to_have_text("Thank you, noted.")
    assert pressed(turn) == ["It does not answer"]
    assert kept(file) == [("does_not_answer", QUESTION)]


def test_a_reader_can_change_their_mind(chat: Chat, file: Path) -> None:
    turn = chat.ask(QUESTION)
    for name, entries in (
        ("It does not answer", [("does_not_answer", QUESTION)]),
        ("Right passage, wrong part", [("wrong_part", QUESTION)]),
        ("This answers it", []),
    ):
        turn.get_by_role("button", name=name).click()
        expect(turn.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        expect(turn.locator('[data-judgement][aria-pressed="true"]')).to_have_count(1)
        assert kept(file) == entries


def test_it_works_with_the_keyboard(chat: Chat, file: Path) -> None:
    turn = chat.ask(QUESTION)
    turn.get_by_role("button", name=BUTTONS[0]).focus()
    chat.page.keyboard.press("Tab")
    expect(turn.get_by_role("button", name=BUTTONS[1])).to_be_focused()
    chat.page.keyboard.press("Space")
    expect(status(chat.page)).to_have_text("Thank you, noted.")
    expect(turn.get_by_role("button", name=BUTTONS[1])).to_be_focused()
    assert kept(file) == [("does_not_answer", QUESTION)]


def test_a_follow_up_is_judged_in_its_conversation(chat: Chat, file: Path) -> None:
    chat.ask("What is benign fasciculation syndrome?")
    turn = chat.ask("how is it diagnosed?")
    turn.get_by_role("button", name=BUTTONS[2]).click()
    expect(status(chat.page)).to_have_text("Thank you, noted.")
    (entry,) = Worklist(file, 9).entries()
    assert "benign fasciculation syndrome" in entry.searched


def test_a_question_without_an_answer_is_kept_without_a_click(chat: Chat, file: Path, unanswerable: str) -> None:
    turn = chat.ask(unanswerable)
    expect(turn.locator("[data-judgement]")).to_have_count(0)
    for _ in range(50):
        if kept(file):
            break
        chat.page.wait_for_timeout(100)
    assert kept(file) == [("no_answer", unanswerable)]


def test_what_is_not_kept_is_told(chat: Chat, file: Path) -> None:
    turn = chat.ask(f"{QUESTION} I am at ann@example.org")
    turn.get_by_role("button", name=BUTTONS[1]).click()
    expect(status(chat.page)).to_contain_text("is not kept")
    assert kept(file) == []


def test_a_server_that_is_gone_is_told(chat: Chat) -> None:
    turn = chat.ask(QUESTION)
    chat.page.route("**/api/v1/feedback", lambda route: route.abort())
    turn.get_by_role("button", name=BUTTONS[1]).click()
    expect(status(chat.page)).to_have_text("It could not be noted just now.")
    assert pressed(turn) == []


@pytest.mark.parametrize((), LOOKS)
def test_it_is_accessible_and_large_enough(chat: Chat, tmp_path: Path) -> None:
    turn = chat.ask(QUESTION)
    turn.get_by_role("button", name=BUTTONS[1]).click()
    expect(status(chat.page)).to_have_text("Thank you, noted.")
    for button in turn.locator("[data-judgement]").all():
        box = button.bounding_box()
        assert box
        assert min(box["height"], box["width"]) >= TOUCH
    assert violations(chat.page) == []
    assert overflow(chat.page) == 0
    assert small_targets(chat.page) == []
