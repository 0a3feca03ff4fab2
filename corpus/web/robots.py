"""robots.txt as RFC 9309 has it: which pages of a site may be fetched, and how fast."""

from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from corpus.errors import FetchError, SiteDown

NAME = "wellquoted"
"""What a robots.txt calls this program."""
_LARGEST = 512_000
"""Bytes that are read; RFC 9309 asks for at least 500 KiB."""


class Robots:
    """The robots.txt of each site, fetched once."""

    def __init__(self, fetch: Callable[[str], bytes]) -> None:
        """`fetch` gets the bytes at an address, or raises FetchError."""
        self._fetch = fetch
        self._known: dict[str, Protego] = {}

    def check(self, url: str) -> None:
        """Check that a page may be fetched.

        Raises:
            FetchError: its site asks programs not to.
            SiteDown: its site does not say, for it does not answer.
        """
        if not self._of(url).can_fetch(url, NAME):
            advice = "Ask the site for leave and for a copy, or take the page out of the sources."
            raise FetchError(f"{url}: the site's robots.txt asks programs not to fetch it", advice)

    def delay(self, url: str) -> float:
        """The seconds that the site wants between two requests, 0 if it does not say."""
        return float(self._of(url).crawl_delay(NAME) or 0)

    def _of(self, url: str) -> Protego:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._known:
            self._known[site] = Protego.parse(self._text(f"{site}/robots.txt"))
        return self._known[site]

    def _text(self, url: str) -> str:
        """Empty where the site has none: all may be fetched."""
        try:
            return self._fetch(url)[:_LARGEST].decode("utf-8", "replace")
        except SiteDown:
            raise
        except FetchError:
            return ""
