"""The real server with the real index of the shipped articles, and a real browser that reports what it must not do."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, Request

from corpus.models import Article
from qa.answering import Answerer
from qa.service import bring_up_to_date, open_answerer
from qa.settings import SHIPPED_ARTICLES, Settings
from tests.browser.driving import Chat, Site

HOSTILE = Path(__file__).parent / "hostile.md"
INSTALL = "No Chromium or Chrome was found. Install one: apt-get install chromium, or playwright install chromium"


@pytest.fixture(scope="session")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("site")
    articles = folder / "articles"
    shutil.copytree(SHIPPED_ARTICLES, articles)
    shutil.copy(HOSTILE, articles)
    settings = Settings(articles=articles, data=folder / "data")
    bring_up_to_date(settings)
    return open_answerer(settings)


@pytest.fixture(scope="session")
def hostile(answerer: Answerer) -> Article:
    snapshot = answerer.snapshot()
    assert snapshot
    return snapshot.articles["hostile"]


@pytest.fixture(scope="session")
def unanswerable(answerer: Answerer) -> str:
    """A question that gets no answer but has topics near it. Several, as the threshold moves with calibration."""
    candidates = (
        "Who sells the cheapest magnesium tablets in Berlin?",
        "Which vaccine did my aunt get in Lisbon for muscle problems?",
        "How much does an EMG machine weigh?",
        "Can cats get muscle twitching from chocolate?",
        "Which actor had muscle twitching in a film?",
    )
    given = map(answerer.answer, candidates)
    return next(answer.question for answer in given if answer.reason == "not_covered" and answer.nearest)


@pytest.fixture(scope="session")
def site(answerer: Answerer) -> Iterator[Site]:
    running = Site(answerer, Settings(rate_limit="10000/minute")).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.url


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright: Playwright) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {"executable_path": _browser(playwright), "args": arguments}


@pytest.fixture
def context(context: BrowserContext, base_url: str) -> Iterator[BrowserContext]:
    """A context that fails the test on a request to another host, a breach of the policy, or a script error."""
    problems: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.text.startswith("CSP"):
            problems.append(message.text)

    def request(sent: Request) -> None:
        if not sent.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            problems.append(f"foreign request: {sent.url}")

    context.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
    )
    context.on("console", console)
    context.on("request", request)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context
    assert problems == []


@pytest.fixture
def chat(page: Page) -> Chat:
    return Chat(page).open()


def _browser(playwright: Playwright) -> str:
    named = os.environ.get("WELLQUOTED_CHROMIUM")
    known = ("chromium", "chromium-browser", "google-chrome", "chrome")
    own = playwright.chromium.executable_path
    found = named or next(filter(None, map(shutil.which, known)), None) or (own if Path(own).exists() else None)
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(INSTALL)
    pytest.skip(INSTALL)
