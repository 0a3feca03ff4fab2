"""Keyboard, phone, dark mode, WCAG 2.2 AA."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.driving import QUESTION, Chat

PHONE = pytest.mark.browser_context_args(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
DARK = pytest.mark.browser_context_args(color_scheme="dark")
DARK_PHONE = pytest.mark.browser_context_args(
    viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, color_scheme="dark"
)
LOOKS = [
    pytest.param(id="light"),
    pytest.param(id="dark", marks=DARK),
    pytest.param(id="phone", marks=PHONE),
    pytest.param(id="dark phone", marks=DARK_PHONE),
]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page, options=WCAG).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wide


def small_targets(page: Page) -> list[str]:
    """Visible controls under 24 pixels; links inside a sentence are exempt (WCAG 2.5.8)."""
    small: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, textarea')]
          .filter(e => e.checkVisibility())
          .filter(e => !e.closest('.skip, p:not(.title), li:not(.row, .card, :has(> button)) > *'))
          .filter(e => { const b = e.getBoundingClientRect(); return b.width < 24 || b.height < 24 })
          .map(e => e.outerHTML.slice(0, 120))"""
    )
    return small


@pytest.mark.parametrize((), LOOKS)
def test_the_empty_page_is_accessible(chat: Chat) -> None:
    expect(chat.page.locator("#new")).to_be_attached()
    assert violations(chat.page) == []
    assert overflow(chat.page) == 0
    assert small_targets(chat.page) == []


@pytest.mark.parametrize((), LOOKS)
def test_an_answer_is_accessible(chat: Chat) -> None:
    chat.ask("I have twitching, how do docters diagnos bfs")
    expect(chat.panel.locator("#selected")).to_be_attached()
    assert violations(chat.page) == []
    assert overflow(chat.page) == 0
    assert small_targets(chat.page) == []


@pytest.mark.parametrize((), LOOKS)
def test_a_declined_question_is_accessible(chat: Chat, unanswerable: str) -> None:
    chat.ask(unanswerable)
    chat.ask("I have crushing chest pain and cannot breathe")
    assert violations(chat.page) == []
    assert overflow(chat.page) == 0
    assert small_targets(chat.page) == []


@pytest.mark.parametrize((), LOOKS)
@pytest.mark.parametrize("path", ["/articles", "/articles/what-is-bfs", "/articles/hostile", "/articles/none"])
def test_the_plain_pages_are_accessible(page: Page, path: str) -> None:
    page.goto(path)
    assert violations(page) == []
    assert overflow(page) == 0
    assert small_targets(page) == []


@PHONE
def test_the_question_box_is_always_within_reach_on_a_phone(chat: Chat, unanswerable: str) -> None:
    expect(chat.box).to_be_in_viewport()
    for question in (QUESTION, "What is ALS?", unanswerable):
        chat.ask(question)
        expect(chat.box).to_be_in_viewport(ratio=1)
        expect(chat.turns.last.locator(".question")).to_be_in_viewport()
    chat.page.evaluate("scrollTo(0, 0)")
    expect(chat.box).to_be_in_viewport(ratio=1)
    assert chat.box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)") >= 16


@PHONE
def test_on_a_phone_the_panel_is_below_and_leads_back(chat: Chat) -> None:
    turn = chat.ask(QUESTION)
    expect(chat.panel.locator("#selected")).to_be_attached()
    turn.get_by_role("button", name="Show in article").nth(1).click()
    expect(chat.panel.locator("#selected")).to_be_in_viewport()
    chat.panel.get_by_role("button", name="Back to the answer").click()
    expect(turn.get_by_role("button", name="Show in article").nth(1)).to_be_focused()


def test_everything_can_be_done_with_the_keyboard(chat: Chat) -> None:
    page = chat.page
    expect(chat.box).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    turn = chat.answered(1)
    expect(chat.box).to_be_focused()
    expect(chat.panel.locator("#selected")).to_be_attached()
    reached = tabbed(page, until=turn.get_by_role("button", name="Show in article").nth(1).evaluate("e => e.outerHTML"))
    assert all(visible for _, visible in reached), "every stop shows that it has the focus"
    page.keyboard.press("Enter")
    expect(turn.get_by_role("button", name="Show in article").nth(1)).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_is_never_trapped(chat: Chat) -> None:
    chat.ask(QUESTION)
    expect(chat.panel.locator("#selected")).to_be_attached()
    stops = {html for html, _ in tabbed(chat.page, until=None)}
    for expected in ('class="skip"', 'id="send"', 'id="new"', "data-copy", "data-show", "panel-text", "<textarea"):
        assert any(expected in stop for stop in stops), expected


@pytest.mark.browser_context_args(reduced_motion="reduce")
def test_nothing_moves_for_who_asked_for_less_motion(chat: Chat) -> None:
    assert chat.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_pages_state_their_language(page: Page) -> None:
    for path in ("/", "/articles", "/articles/what-is-bfs"):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("article").get_attribute("lang") == "en"


def tabbed(page: Page, until: str | None) -> list[tuple[str, bool]]:
    """Press Tab up to 80 times. Returns (element, whether its focus can be seen) of each stop."""
    stops: list[tuple[str, bool]] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        html, seen = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
               return [e.outerHTML.slice(0, 4000), s.outlineStyle !== 'none' || s.boxShadow !== 'none'] }"""
        )
        if html.startswith("<body"):
            continue
        stops.append((html, seen))
        if html == until:
            return stops
    assert until is None, "not reached with the Tab key"
    return stops
