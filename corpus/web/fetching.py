"""One page from the web: to checked addresses only, within limits, politely, with patience.

http and https only; at most three redirects, each checked like the first address; robots.txt is obeyed; one request at
a time and a pause between two to one host; back-off when a site is busy.
"""

import ssl
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import NoReturn
from urllib.parse import urlsplit

import httpcore2
import httpx2

from corpus.errors import FetchError, PageGone, SiteDown
from corpus.web.connecting import CheckedTransport, Deadline
from corpus.web.robots import NAME, Robots

USER_AGENT = f"{NAME}/{version('wellquoted')} (Well Quoted, a health question-answering site; import of articles)"
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_TIRED = 3
"""A site that failed so many times in a row is left alone."""
_TROUBLE = (httpx2.RequestError, httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError)


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of fetching. All times are seconds."""

    private_hosts: frozenset[str] = frozenset()
    """Names of hosts, in lower case, that may have private addresses: sites of one's own network."""
    largest: int = 20_000_000
    """Bytes of a page, unpacked."""
    wait: float = 15
    """For a connection, and for the next bytes."""
    whole: float = 60
    """From looking up the name to the last byte."""
    delay: float = 1
    """Between two requests to one host."""
    longest_delay: float = 30
    """The most of a robots.txt's Crawl-delay that is obeyed."""
    attempts: int = 4
    back_off: float = 2
    """Before the second attempt; twice as long before each further one."""
    longest_back_off: float = 120
    """A site that asks for more with Retry-After is not tried again."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a site said of a page when it was fetched, so that it need not be sent again while it is the same."""

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Of a conditional request. What is not ASCII cannot be sent; then the page comes whole."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value and value.isascii()}

    def renewed(self, told: "Validators") -> "Validators":
        """These, with what a site says of an unchanged page: it need not say all again."""
        return Validators(told.etag or self.etag, told.modified or self.modified)


@dataclass(frozen=True, slots=True)
class Page:
    """What a site sent."""

    url: str
    """After redirects."""
    data: bytes
    """Unpacked; empty if unchanged."""
    content_type: str = ""
    """As the header has it."""
    validators: Validators = Validators()
    unchanged: bool = False
    """Since the validators that the request named."""


class Fetcher:
    """Fetches pages, one after the other; remembers each site's robots.txt and when it was last asked."""

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`tls` is for certificates that the system does not know; `clock` and `sleep` count seconds."""
        self._policy = policy or Policy()
        self._clock, self._sleep = clock, sleep
        self._deadline = Deadline(clock)
        transport = CheckedTransport(
            tls or httpx2.create_ssl_context(trust_env=False), self._deadline, self._policy.private_hosts
        )
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, br"}
        self._client = httpx2.Client(
            transport=transport, headers=headers, timeout=self._policy.wait, trust_env=False, follow_redirects=False
        )
        self._robots = Robots(lambda url: self._followed(url, {}, obey=False).data)
        self._asked: dict[str, float] = {}
        self._failed: Counter[str] = Counter()

    def get(self, url: str, validators: Validators | None = None) -> Page:
        """Fetch a page.

        Args:
            validators: from when it was fetched before; the page comes without data if it is still the same.

        Raises:
            PageGone: the site says that there is no such page.
            SiteDown: the site does not answer, or not now.
            FetchError: it must not be fetched, is too large, or the site refuses it.
        """
        return self._followed(url, (validators or Validators()).headers(), obey=True)

    def close(self) -> None:
        self._client.close()

    def _followed(self, url: str, headers: Mapping[str, str], *, obey: bool) -> Page:
        first = url
        for _ in range(_MOST_REDIRECTS + 1):
            parsed = _checked(url)
            if obey:
                self._robots.check(url)
            found = self._patiently(parsed, headers, obey=obey)
            if isinstance(found, Page):
                return found
            url = found
        raise FetchError(f"{first}: redirected more than {_MOST_REDIRECTS} times", "Name the address it ends at.")

    def _patiently(self, url: httpx2.URL, headers: Mapping[str, str], *, obey: bool) -> Page | str:
        """The page, or where it is; busy sites are tried again."""
        site = url.netloc.decode()
        if self._failed[site] >= _TIRED:
            raise SiteDown(f"{url}: not tried, for {site} did not answer before", "Try again later.")
        for attempt in range(self._policy.attempts):
            try:
                self._pause(url, obey=obey)
                found = self._once(url, headers)
            except SiteDown as error:
                wait = self._policy.back_off * 2**attempt if error.wait is None else error.wait
                if attempt + 1 == self._policy.attempts or wait > self._policy.longest_back_off:
                    self._failed[site] += 1
                    raise
                self._sleep(wait)
            else:
                self._failed[site] = 0
                return found
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _pause(self, url: httpx2.URL, *, obey: bool) -> None:
        """Wait until the host may be asked again. Before its robots.txt is known, our own delay counts."""
        wanted = min(self._robots.delay(str(url)), self._policy.longest_delay) if obey else 0
        delay = max(self._policy.delay, wanted)
        left = self._asked.get(url.host, float("-inf")) + delay - self._clock()
        if left > 0:
            self._sleep(left)
        self._asked[url.host] = self._clock()

    def _once(self, url: httpx2.URL, headers: Mapping[str, str]) -> Page | str:
        self._deadline.start(self._policy.whole)
        try:
            reply = self._client.send(self._client.build_request("GET", url, headers=headers), stream=True)
            try:
                return self._understood(reply, url, conditional=bool(headers))
            finally:
                reply.close()
        except _TROUBLE as error:
            reason = str(error) or type(error).__name__
            raise SiteDown(f"{url}: {reason}", "Check the address, or try again later.") from None

    def _understood(self, reply: httpx2.Response, url: httpx2.URL, *, conditional: bool) -> Page | str:
        if reply.status_code in _REDIRECTS and "location" in reply.headers:
            return str(_joined(url, reply.headers["location"]))
        if reply.status_code not in (200, 304) or (reply.status_code == 304 and not conditional):
            _refuse(url, reply)
        validators = Validators(reply.headers.get("etag"), reply.headers.get("last-modified"))
        unchanged = reply.status_code == 304
        data = b"" if unchanged else self._data(reply, url)
        return Page(str(url), data, reply.headers.get("content-type", ""), validators, unchanged)

    def _data(self, reply: httpx2.Response, url: httpx2.URL) -> bytes:
        """The body; no more than one piece above the limit is ever in memory."""
        data = bytearray()
        for piece in reply.iter_bytes():
            data += piece
            if len(data) > self._policy.largest:
                most = f"{self._policy.largest / 1e6:.0f} MB"
                raise FetchError(f"{url}: larger than the {most} that are read", "Save the part you need as a file.")
        return bytes(data)


def _checked(url: str) -> httpx2.URL:
    try:
        parsed = httpx2.URL(url).copy_with(fragment=None)
    except httpx2.InvalidURL as error:
        raise FetchError(f"{url}: not a web address: {error}", "Write it from 'https://' on.") from None
    if parsed.scheme not in ("http", "https") or not parsed.host or not can_be_split(url):
        raise FetchError(f"{url}: not a web address", "Only http:// and https:// are fetched.")
    if parsed.userinfo:
        raise FetchError(f"{parsed.host}: a web address with a password is not fetched", "Save the page as a file.")
    return parsed


def _joined(url: httpx2.URL, location: str) -> httpx2.URL:
    try:
        return url.join(location)
    except httpx2.InvalidURL:
        raise FetchError(f"{url}: redirected to {location!r}, which is no address", "Tell who runs the site.") from None


def _refuse(url: httpx2.URL, reply: httpx2.Response) -> NoReturn:
    status = f"{reply.status_code} {reply.reason_phrase}".strip()
    if reply.status_code in (404, 410):
        raise PageGone(f"{url}: there is no such page ({status})", "Check the address.")
    if reply.status_code == 429 or reply.status_code >= 500:
        raise SiteDown(f"{url}: the site answers {status}", "Try again later.", _retry_after(reply))
    raise FetchError(f"{url}: the site answers {status}", "Look at the page in a browser; save it as a file.")


def _retry_after(reply: httpx2.Response) -> float | None:
    """Seconds, of both forms of the header; None where it is missing or means nothing."""
    told = reply.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        then = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def is_address(text: str) -> bool:
    """Say whether a text is meant as a web address, also with the one slash that a path makes of two."""
    return text.lower().startswith(("http:/", "https:/"))


def site_of(url: str) -> str:
    """The site that a page belongs to: its host in lower case, without "www."; empty for what is no address."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if can_be_split(url) else ""


def can_be_split(url: str) -> bool:
    """Say whether a text has the parts of an address: `urlsplit` and `urljoin` fail on one like "http://[a"."""
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True
