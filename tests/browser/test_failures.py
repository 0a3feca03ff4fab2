"""When the server is away, busy or slow, the page says so, and goes on when it can."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from qa.answering import Answerer
from qa.settings import Settings
from tests.browser.driving import QUESTION, Chat, Site

FAILED = "The articles could not be searched just now"


@pytest.fixture
def own_site(answerer: Answerer) -> Iterator[Site]:
    """A site that a test may stop."""
    running = Site(answerer, Settings(rate_limit="2/hour")).start()
    yield running
    running.stop()


@pytest.fixture
def own_chat(own_site: Site, context: BrowserContext) -> Chat:
    page = context.new_page()
    page.goto(own_site.url)
    chat = Chat(page)
    expect(chat.box).to_be_visible()
    return chat


@pytest.mark.parametrize("status", [500, 503])
def test_an_error_of_the_server_is_told_and_can_be_tried_again(chat: Chat, status: int) -> None:
    chat.page.route("**/queue/join*", lambda route: route.fulfill(status=status, json={"detail": "busy"}))
    chat.box.fill(QUESTION)
    chat.box.press("Enter")
    expect(chat.turns.last.get_by_role("alert")).to_contain_text(FAILED)
    chat.page.unroute("**/queue/join*")
    chat.page.get_by_role("button", name="Try again").click()
    expect(chat.answered(1).locator("blockquote").first).to_be_visible()
    expect(chat.page.get_by_text(FAILED)).to_have_count(0)


def test_too_many_questions_are_refused_and_told(own_chat: Chat) -> None:
    own_chat.ask(QUESTION)
    own_chat.ask(QUESTION)
    own_chat.box.fill(QUESTION)
    own_chat.box.press("Enter")
    expect(own_chat.turns.last.get_by_role("alert")).to_contain_text(FAILED)


def test_a_server_that_went_away_is_told_and_the_conversation_stays(own_chat: Chat, own_site: Site) -> None:
    own_chat.ask(QUESTION)
    own_site.stop()
    own_chat.box.fill("What is ALS?")
    own_chat.box.press("Enter")
    expect(own_chat.turns.last.get_by_role("alert")).to_contain_text(FAILED, timeout=20_000)
    own_site.start()
    own_chat.page.get_by_role("button", name="Try again").click()
    expect(own_chat.answered(2).locator("blockquote").first).to_contain_text("lateral sclerosis")
    expect(own_chat.turns.first.locator("blockquote").first).to_be_visible()


def test_a_follow_up_after_a_restart_still_knows_the_conversation(own_chat: Chat, own_site: Site) -> None:
    own_chat.ask("What is benign fasciculation syndrome?")
    own_site.stop()
    own_site.start()
    turn = own_chat.ask("how is it diagnosed?")
    expect(turn.locator(".searched")).to_contain_text("benign fasciculation syndrome")
