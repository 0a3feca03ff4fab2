"""A page to its articles: by content type or ending, in any encoding, under the address it gives itself."""

import pytest

from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers import Reading
from corpus.web.fetching import Page
from corpus.web.pages import file_name, read_page

URL = "https://example.org/eyelids"
WORDS = "Eyelid twitches\n\nMost of them pass by themselves within a few days of rest.\n"


def read(page: Page) -> Article:
    (reading,) = read_page(page)
    assert isinstance(reading, Reading)
    return reading.article


@pytest.mark.parametrize(
    ("path", "content_type", "name"),
    [
        ("/a", "text/html", "a.html"),
        ("/a/", "text/html; charset=utf-8", "a.html"),
        ("/", "application/xhtml+xml", "page.html"),
        ("/a.php?b=c.md", "text/html", "a.html"),
        ("/a.md", "text/plain", "a.md"),
        ("/a.JSONL", "application/octet-stream", "a.jsonl"),
        ("/a.txt", "", "a.txt"),
        ("/a.php", "TEXT/PLAIN", "a.txt"),
        ("/leaf%20let", "application/pdf", "leaf let.pdf"),
        ("/a", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx"),
        ("/topics", "text/xml", "topics.xml"),
    ],
)
def test_the_type_names_the_format_and_the_ending_where_the_type_is_vague(
    path: str, content_type: str, name: str
) -> None:
    assert file_name(Page(f"https://example.org{path}", b"", content_type)) == name


@pytest.mark.parametrize(
    ("path", "content_type", "reason"),
    [
        ("/a", "image/png", "is image/png"),
        ("/a.md", "image/png", "is image/png"),
        ("/a", "", "does not say what it is"),
    ],
)
def test_what_is_no_article_is_refused(path: str, content_type: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason) as caught:
        file_name(Page(f"https://example.org{path}", b"", content_type))
    assert caught.value.advice


def test_a_page_without_an_address_of_its_own_has_the_one_it_was_found_at() -> None:
    assert read(Page(URL, WORDS.encode(), "text/plain")).url == URL


@pytest.mark.parametrize(
    ("told", "url"),
    [
        ("https://example.org/eyes/lids", "https://example.org/eyes/lids"),
        ("https://original.example/eyelids", "https://original.example/eyelids"),
        ("https://example.org/", URL),
        ("https://example.org", URL),
        ("https://example.org/?page=eyelids", "https://example.org/?page=eyelids"),
    ],
)
def test_a_page_may_name_another_address_but_not_its_whole_site(told: str, url: str) -> None:
    page = f"---\ntitle: Eyelids\nurl: {told}\n---\n\n{WORDS}"
    assert read(Page(URL, page.encode(), "text/markdown")).url == url


def test_the_articles_of_a_file_of_many_have_not_its_address() -> None:
    assert read(Page(URL, b'{"id": "a", "title": "A", "text": "Some words."}', "application/jsonl")).url is None


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "UTF-8", "utf-16", "koi8-r"])
def test_the_encoding_that_the_header_names_is_read(charset: str) -> None:
    words = "Ёж" if charset == "koi8-r" else "Café"
    body = f"{words}\n\nMost of them pass by themselves.\n".encode(charset)
    assert read(Page(URL, body, f"text/plain; charset={charset}")).title == words


def test_an_encoding_that_is_none_is_not_believed() -> None:
    assert read(Page(URL, WORDS.encode(), "text/plain; charset=nonsense")).title == "Eyelid twitches"
    assert read(Page(URL, WORDS.encode(), "text/plain; charset=hex")).title == "Eyelid twitches"
