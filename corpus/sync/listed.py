"""What a source lists: the addresses of its pages, or its files."""

from collections.abc import Iterable
from pathlib import Path

import httpx2

from corpus.errors import ArticleError, FetchError
from corpus.readers import SUFFIXES
from corpus.readers.reading import bad
from corpus.sync.sources import Source
from corpus.web.fetching import Fetcher
from corpus.web.listings import read_listing

_MOST_SITEMAPS = 500
"""In one index."""


def listed_by(source: Source, base: Path, fetcher: Fetcher) -> list[str] | ArticleError:
    """The pages of a source, or its files as folder and path, each once; or why it cannot say.

    Args:
        base: the folder that the folders of sources are relative to.
    """
    try:
        if source.kind == "folder":
            return _files(source, base)
        return _unique(source.urls if source.kind == "urls" else _pages(source, fetcher))
    except ArticleError as error:
        return error


def _files(source: Source, base: Path) -> list[str]:
    folder = base / str(source.folder)
    if not folder.is_dir():
        raise bad(str(folder), "no such folder", "Is its disk mounted? Its articles stay as they are.")
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    visible = (path for path in paths if not any(part.startswith(".") for part in path.parts))
    names = (path.as_posix() for path in visible if path.suffix.lower() in SUFFIXES)
    return [f"{source.folder}/{name}" for name in names if source.takes_file(name)]


def _pages(source: Source, fetcher: Fetcher) -> list[str]:
    address = source.place
    listing = read_listing(fetcher.get(address).data, address)
    urls = list(listing.urls)
    if listing.kind == "index":
        if len(urls) > _MOST_SITEMAPS:
            raise FetchError(f"{address}: more than {_MOST_SITEMAPS} sitemaps", "Name one of them instead.")
        urls = [url for each in urls for url in _of_sitemap(each, fetcher)]
    taken = [url for url in urls if source.takes(url)]
    if urls and not taken:
        raise FetchError(f"{address}: none of its {len(urls)} pages is wanted", "Check include and exclude.")
    return taken


def _of_sitemap(address: str, fetcher: Fetcher) -> tuple[str, ...]:
    listing = read_listing(fetcher.get(address).data, address)
    if listing.kind != "sitemap":
        raise FetchError(f"{address}: not a sitemap, though an index lists it", "Name the sitemaps one by one.")
    return listing.urls


def _unique(urls: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(_plain, urls)))


def _plain(url: str) -> str:
    """One way to write an address, so that it is known again."""
    try:
        parsed = httpx2.URL(url).copy_with(fragment=None)
    except httpx2.InvalidURL:
        return url
    return str(parsed if parsed.path else parsed.copy_with(path="/"))
