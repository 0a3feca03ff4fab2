"""A page to its articles, under the address it gives itself or the one it was found at."""

import pytest

from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers import Reading
from corpus.web.fetching import Page
from corpus.web.pages import read_page

URL = "https://example.org/eyelids"
WORDS = "Eyelid twitches\n\nMost of them pass by themselves within a few days of rest.\n"


def read(page: Page) -> list[Article]:
    readings = list(read_page(page))
    assert all(isinstance(reading, Reading) for reading in readings)
    return [reading.article for reading in readings if isinstance(reading, Reading)]


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/a", "text/plain"),
        ("/a.php?b=c.md", "TEXT/PLAIN; charset=utf-8"),
        ("/a.txt", ""),
        ("/a.txt", "application/octet-stream"),
    ],
)
def test_the_type_names_the_format_and_the_ending_where_the_type_is_vague(path: str, content_type: str) -> None:
    (found,) = read(Page(f"https://example.org{path}", WORDS.encode(), content_type))
    assert found.title == "Eyelid twitches"


@pytest.mark.parametrize("content_type", ["text/plain", "text/markdown"])
def test_markdown_is_markdown_however_it_is_served(content_type: str) -> None:
    (found,) = read(Page("https://example.org/a.md", b"# Title\n\nSome *words* of it.\n", content_type))
    assert (found.title, found.text) == ("Title", "Some words of it.")


@pytest.mark.parametrize("content_type", ["image/png", "video/mp4", ""])
def test_what_is_no_article_is_refused(content_type: str) -> None:
    with pytest.raises(ArticleError) as caught:
        read(Page(URL, WORDS.encode(), content_type))
    assert URL in str(caught.value)
    assert caught.value.advice


def test_a_page_without_an_address_of_its_own_has_the_one_it_was_found_at() -> None:
    assert [found.url for found in read(Page(URL, WORDS.encode(), "text/plain"))] == [URL]


@pytest.mark.parametrize(
    ("told", "url"),
    [
        ("https://example.org/eyes/lids", "https://example.org/eyes/lids"),
        ("http://www.example.org/eyes/lids", "http://www.example.org/eyes/lids"),
        ("https://original.example/eyelids", URL),
        ("https://example.org.original.example/eyelids", URL),
        ("https://example.org/", URL),
        ("https://example.org", URL),
        ("https://example.org/?page=eyelids", "https://example.org/?page=eyelids"),
    ],
)
def test_a_page_may_name_another_address_of_its_site_but_not_the_whole_site(told: str, url: str) -> None:
    page = f"---\ntitle: Eyelids\nurl: {told}\n---\n\n{WORDS}"
    assert [found.url for found in read(Page(URL, page.encode(), "text/markdown"))] == [url]


def test_the_articles_of_a_file_of_many_have_not_its_address() -> None:
    lines = b"".join(b'{"id": "%d", "title": "A", "text": "Some words."}\n' % number for number in range(2))
    assert [found.url for found in read(Page(URL, lines, "application/jsonl"))] == [None, None]
