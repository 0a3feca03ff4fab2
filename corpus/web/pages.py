"""A fetched page to the articles in it, and the address each has."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from corpus.errors import ArticleError
from corpus.readers import Reading, read_bytes
from corpus.readers.reading import bad
from corpus.web.fetching import Page, site_of

_NO_TEXT = ("image/", "audio/", "video/", "font/")


def read_page(page: Page) -> Iterator[Reading | ArticleError]:
    """Read the articles of a page. One that is the whole page, and names no address of its own, has that of the page.

    Raises:
        ArticleError: the page as a whole cannot be read.
    """
    kind = page.content_type.partition(";")[0].strip().lower()
    if kind.startswith(_NO_TEXT):
        raise bad(page.url, f"it is {kind}, which holds no article", "Give the address of the page with the words.")
    for reading in read_bytes(page.data, page.url, page.url, page.content_type):
        if isinstance(reading, Reading) and reading.source == page.data:
            url = _own_address(reading.article.url, page.url)
            yield replace(reading, article=replace(reading.article, url=url))
        else:
            yield reading


def _own_address(told: str | None, fetched: str) -> str:
    """The address a page gives itself, unless it is a whole site's, which is a common mistake of sites, or another
    site's, whose articles it could pass for.
    """
    if not told or site_of(told) != site_of(fetched) or (urlsplit(told).path in ("", "/") and not urlsplit(told).query):
        return fetched
    return told
