"""A page added to a library by its address, as `wellquoted corpus add URL` does."""

import hashlib

import pytest

from corpus.library import Library, Outcome, Overrides
from corpus.web.fetching import Fetcher, Policy
from tests.website import Reply, Website, article, redirect, text


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library") / "articles")


def add(library: Library, fetcher: Fetcher, *urls: str, overrides: Overrides | None = None) -> list[Outcome]:
    return list(library.add(urls, overrides, fetcher=fetcher))


def test_a_page_is_added_with_its_address(site: Website, fetcher: Fetcher, library: Library) -> None:
    words = "Eyelid twitches\n\nMost of them pass by themselves within a few days of rest.\n"
    site.pages["/eyelids"] = text(words)
    (outcome,) = add(library, fetcher, f"{site.url}/eyelids")
    assert (outcome.status, outcome.origin) == ("added", f"{site.url}/eyelids")
    found = library.get("eyelid-twitches")
    assert found.url == f"{site.url}/eyelids"
    assert found.imported
    assert found.imported.origin == f"{site.url}/eyelids"
    assert found.imported.sha256 == hashlib.sha256(words.encode()).hexdigest()
    assert [each.status for each in add(library, fetcher, f"{site.url}/eyelids")] == ["unchanged"]


def test_where_a_redirect_ends_is_the_address(site: Website, fetcher: Fetcher, library: Library) -> None:
    site.pages |= {"/old": redirect("/new"), "/new": article("A")}
    add(library, fetcher, f"{site.url}/old")
    assert library.get("a").url == f"{site.url}/new"


def test_the_page_and_before_it_the_person_may_say_otherwise(site: Website, fetcher: Fetcher, library: Library) -> None:
    site.pages |= {path: article(path[1:], url=f"{site.url}/page") for path in ("/a", "/b")}
    add(library, fetcher, f"{site.url}/a")
    assert library.get("a").url == f"{site.url}/page"
    add(library, fetcher, f"{site.url}/b", overrides=Overrides(url="https://example.org/person", publisher="Me"))
    assert library.get("b").url == "https://example.org/person"
    assert library.get("b").publisher == "Me"


def test_a_page_that_cannot_be_had_does_not_keep_others_out(site: Website, fetcher: Fetcher, library: Library) -> None:
    site.pages |= {"/good": article("Good"), "/down": Reply(status=500), "/picture": text("x", kind="image/png")}
    paths = ("/missing", "/down", "/picture", "/good")
    outcomes = add(library, fetcher, *(site.url + path for path in paths))
    assert [outcome.status for outcome in outcomes] == ["refused", "refused", "refused", "added"]
    assert all(outcome.error and outcome.error.advice for outcome in outcomes[:3])


def test_another_page_does_not_take_the_place_of_an_article(site: Website, fetcher: Fetcher, library: Library) -> None:
    site.pages |= {"/a": article("A", "One text."), "/b": article("A", "Another text.")}
    add(library, fetcher, f"{site.url}/a")
    assert [outcome.status for outcome in add(library, fetcher, f"{site.url}/b")] == ["refused"]
    assert library.get("a").text == "One text."


def test_a_page_does_not_take_the_place_of_another_sites_article(
    site: Website, fetcher: Fetcher, library: Library
) -> None:
    """By calling itself that page."""
    site.pages["/a"] = article("A", "One text.")
    add(library, fetcher, f"{site.url}/a")
    with Website().served(host="127.0.0.2") as other:
        other.pages["/a"] = article("A", "Buy now.", url=f"{site.url}/a")
        elsewhere = Fetcher(Policy(frozenset({"127.0.0.2"}), delay=0))
        assert [outcome.status for outcome in add(library, elsewhere, f"{other.url}/a")] == ["refused"]
    assert library.get("a").text == "One text."
