"""Pages from a site that redirects, fails, dawdles, floods and lies; and from names that change their address."""

import gzip
import itertools
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import FetchError, PageGone, SiteDown
from corpus.web.fetching import USER_AGENT, Fetcher, Policy, Validators
from tests.website import Reply, Website, redirect, text

LOCAL = frozenset({"127.0.0.1"})


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def patient(clock: Clock, **limits: Any) -> Fetcher:
    return Fetcher(Policy(LOCAL, **limits), clock=clock, sleep=clock.sleep)


# What is sent and what comes.


def test_a_page_comes_with_what_its_site_said_of_it(site: Website, fetcher: Fetcher) -> None:
    headers = {"Content-Type": "text/plain", "Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT"}
    site.pages["/a?b=c"] = Reply(b"Words.", headers=headers, etag='"1"')
    page = fetcher.get(f"{site.url}/a?b=c#part")
    assert (page.data, page.url, page.content_type, page.unchanged) == (
        b"Words.",
        f"{site.url}/a?b=c",
        "text/plain",
        False,
    )
    assert page.validators == Validators('"1"', "Sat, 21 Nov 2026 10:00:00 GMT")


def test_a_request_says_who_asks_and_for_which_host(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a"] = text("Words.")
    fetcher.get(f"{site.url}/a")
    sent = site.requests[-1].headers
    assert sent["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith("wellquoted/")
    assert sent["Host"] == site.url.removeprefix("http://")
    assert "Authorization" not in sent


def test_a_page_that_is_still_the_same_is_not_sent_again(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a"] = text("Words.", etag='"1"')
    first = fetcher.get(f"{site.url}/a")
    again = fetcher.get(f"{site.url}/a", first.validators)
    assert (again.unchanged, again.data) == (True, b"")
    site.pages["/a"] = text("Other words.", etag='"2"')
    assert fetcher.get(f"{site.url}/a", first.validators).data == b"Other words."
    assert site.statuses("/a") == [200, 304, 200]


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_what_a_site_says_that_no_request_can_say_is_not_said(site: Website, fetcher: Fetcher, header: str) -> None:
    site.pages["/a"] = Reply(b"Words.", headers={header: '"v\xe9"'})
    first = fetcher.get(f"{site.url}/a")
    assert fetcher.get(f"{site.url}/a", first.validators).data == b"Words."
    assert not {"if-none-match", "if-modified-since"} & {name.lower() for name in site.requests[-1].headers}


def test_no_variable_of_the_environment_sends_it_elsewhere(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/a"] = text("Words.")
    assert Fetcher(Policy(LOCAL, delay=0, attempts=1)).get(f"{site.url}/a").data == b"Words."


# Redirects.


def test_redirects_are_followed_to_the_third(site: Website, fetcher: Fetcher) -> None:
    site.pages |= {
        "/0": redirect("/1"),
        "/1": redirect("2", 302),
        "/2": redirect(f"{site.url}/3", 308),
        "/3": text("End."),
    }
    page = fetcher.get(f"{site.url}/0")
    assert (page.data, page.url) == (b"End.", f"{site.url}/3")
    site.pages |= {"/3": redirect("/4"), "/4": text("End.")}
    with pytest.raises(FetchError, match="redirected more than 3 times"):
        fetcher.get(f"{site.url}/0")
    assert site.asked()[-1] == "/3"


def test_a_redirect_loop_ends(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a"] = redirect("/a")
    with pytest.raises(FetchError, match="redirected more than 3 times"):
        fetcher.get(f"{site.url}/a")
    assert site.asked() == ["/a"] * 4


@pytest.mark.parametrize("target", ["localhost", "127.0.0.2", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_a_redirect_to_a_private_address_is_not_followed(site: Website, fetcher: Fetcher, target: str) -> None:
    """The host that serves the redirect was named as private; the one it names was not."""
    port = site.url.rpartition(":")[2]
    site.pages |= {"/a": redirect(f"http://{target}:{port}/secret"), "/secret": text("Secret.")}
    with pytest.raises(FetchError, match="not a public address"):
        fetcher.get(f"{site.url}/a")
    assert "/secret" not in site.asked()


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/", "http://[", "data:,a"]
)
def test_a_redirect_to_what_is_no_page_is_not_followed(site: Website, fetcher: Fetcher, target: str) -> None:
    site.pages["/a"] = redirect(target)
    with pytest.raises(FetchError):
        fetcher.get(f"{site.url}/a")
    assert site.asked() == ["/a"]


def test_a_password_is_never_sent(site: Website, fetcher: Fetcher) -> None:
    address = site.url.replace("://", "://name:secret@")
    site.pages |= {"/b": redirect(f"{address}/a"), "/a": text("Words.")}
    for url in (f"{address}/a", f"{site.url}/b"):
        with pytest.raises(FetchError, match="with a password") as caught:
            fetcher.get(url)
        assert "secret" not in str(caught.value)
    assert "/a" not in site.asked()


# Addresses.


def test_this_machine_is_refused_unless_it_is_named(site: Website) -> None:
    site.pages["/a"] = text("Secret.")
    with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is not a public address") as caught:
        Fetcher(Policy(delay=0)).get(f"{site.url}/a")
    assert "--private-host" in caught.value.advice
    assert site.requests == []


@pytest.mark.parametrize(
    "url", ["a", "//a", "http://", "https:///a", "file:///etc/passwd", "http://exa mple/", "http://[::1", "http://[a"]
)
def test_what_is_no_web_address_is_refused(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.get(url)
    assert caught.value.advice


def test_a_name_that_does_not_exist_is_not_looked_up_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def lookup(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(SiteDown, match=r"no host of the name exmaple\.org"):
        patient(Clock()).get("https://exmaple.org/a")
    assert asked == ["exmaple.org"]


@pytest.mark.parametrize("host", [f"{'a' * 64}.invalid", "nosuchhost.invalid"])
def test_a_name_that_is_none_is_a_site_that_does_not_answer(fetcher: Fetcher, host: str) -> None:
    with pytest.raises(SiteDown):
        fetcher.get(f"http://{host}/a")


def test_a_name_is_looked_up_once_and_only_what_was_checked_is_connected_to(
    site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first answer is public, all later ones are this machine."""
    port = int(site.url.rpartition(":")[2])
    site.pages |= {"/a": text("Secret."), "/robots.txt": text("")}
    answers: Iterator[str] = itertools.chain(["93.184.216.34"], itertools.repeat("127.0.0.1"))
    connected: list[Any] = []

    def lookup(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    class Recorded(socket.socket):
        def connect(self, address: Any) -> None:
            connected.append(address)
            raise ConnectionRefusedError("no way out of here")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "socket", Recorded)
    rebound = Fetcher(Policy(delay=0, back_off=0, attempts=2))
    with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is not a public address"):
        rebound.get(f"http://rebind.example:{port}/a")
    assert connected == [("93.184.216.34", port)]
    assert site.requests == []


def test_a_name_with_a_public_and_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(FetchError, match=r"10\.0\.0\.1"):
        Fetcher(Policy(delay=0)).get("http://both.example/a")


def test_the_next_address_is_tried_when_one_does_not_answer(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(site.url.rpartition(":")[2])
    site.pages["/a"] = text("Words.")
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    local = Fetcher(Policy(frozenset({"local.example"}), delay=0, attempts=1))
    assert local.get(f"http://local.example:{port}/a").data == b"Words."
    assert site.requests[-1].headers["Host"] == f"local.example:{port}"


# Certificates.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of good.example, by its own authority: key and certificate in one file."""
    file = tmp_path_factory.mktemp("tls") / "good.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=good.example"]
    names = ["-addext", "subjectAltName=DNS:good.example", "-keyout", str(file), "-out", str(file.with_suffix(".crt"))]
    try:
        subprocess.run([*command, *names], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"needs openssl to make a certificate: {error}")
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


@pytest.mark.parametrize("host", ["good.example", "other.example"])
def test_the_certificate_must_be_that_of_the_name(
    host: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    asked: list[str | None] = []
    serving.sni_callback = lambda _socket, name, _context: asked.append(name)
    site = Website()
    site.pages["/a"] = text("Words.")
    with site.served(tls=serving):
        port = int(site.url.rpartition(":")[2])
        place = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: place)
        trusting = ssl.create_default_context(cafile=certificate.with_suffix(".crt"))
        fetcher = Fetcher(Policy(frozenset({host}), delay=0, attempts=1), tls=trusting)
        if host == "good.example":
            assert fetcher.get(f"https://{host}:{port}/a").data == b"Words."
        else:
            with pytest.raises(FetchError, match=r"certificate of other\.example is not valid"):
                fetcher.get(f"https://{host}:{port}/a")
    assert set(asked) == {host}


# Limits.


def test_a_huge_page_is_cut_off(site: Website) -> None:
    sent = itertools.count()
    site.pages["/a"] = Reply(b"x" * 100_000 for _ in iter(lambda: next(sent), 10_000))
    with pytest.raises(FetchError, match="larger than the 1 MB that are read"):
        Fetcher(Policy(LOCAL, delay=0, largest=1_000_000)).get(f"{site.url}/a")
    assert next(sent) < 1000


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_does_not_unfold(site: Website, layers: int) -> None:
    body = bytes(200_000_000)
    for _ in range(layers):
        body = gzip.compress(body, 1)
    headers = {"Content-Type": "text/plain", "Content-Encoding": ", ".join(["gzip"] * layers)}
    site.pages["/a"] = Reply(body, headers=headers)
    with pytest.raises(FetchError, match="larger than"):
        Fetcher(Policy(LOCAL, delay=0)).get(f"{site.url}/a")


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_packed_page_that_is_damaged_is_no_page(site: Website, encoding: str) -> None:
    site.pages["/a"] = Reply(b"\xff" * 100, headers={"Content-Encoding": encoding})
    with pytest.raises(SiteDown):
        Fetcher(Policy(LOCAL, delay=0, attempts=1)).get(f"{site.url}/a")


def test_a_body_that_ends_too_early_is_no_page(site: Website) -> None:
    site.pages["/a"] = Reply(b"Half", headers={"Content-Length": "100"})
    with pytest.raises(SiteDown):
        Fetcher(Policy(LOCAL, delay=0, attempts=1)).get(f"{site.url}/a")


@pytest.mark.parametrize("limit", ["wait", "whole"])
def test_a_site_that_dawdles_is_left(site: Website, limit: str) -> None:
    """Once with a long pause, once with endless short ones, each of which is well within its own limit."""
    left = threading.Event()
    pause = 0.05 if limit == "whole" else 30
    site.pages["/a"] = Reply(b"x" for _ in range(1000) if not left.wait(pause))
    wait, whole = (0.5, 60) if limit == "wait" else (15, 0.5)
    short = Policy(LOCAL, delay=0, attempts=1, wait=wait, whole=whole)
    with pytest.raises(SiteDown):
        Fetcher(short).get(f"{site.url}/a")
    left.set()


# Patience and politeness.


def test_a_busy_site_is_asked_again_later_and_later(site: Website) -> None:
    site.pages["/a"] = [Reply(status=500), Reply(status=503), Reply(status=429), text("Words.")]
    clock = Clock()
    assert patient(clock, delay=0, back_off=2).get(f"{site.url}/a").data == b"Words."
    assert clock.slept == [2, 4, 8]


def test_patience_ends(site: Website) -> None:
    site.pages["/a"] = Reply(status=502)
    with pytest.raises(SiteDown, match="502"):
        patient(Clock(), delay=0).get(f"{site.url}/a")
    assert site.asked() == ["/a"] * 4


def test_a_site_that_names_a_time_is_left_alone_so_long(site: Website) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    far = "Mon, 99999999999999999999 Jan 2030 00:00:00 GMT"
    busy = [Reply(status=429, headers={"Retry-After": told}) for told in ("7", then, "soon", far)]
    site.pages["/a"] = [*busy, text("Words.")]
    clock = Clock()
    patient(clock, delay=0, back_off=1, attempts=5).get(f"{site.url}/a")
    assert clock.slept[0] == 7
    assert 40 < clock.slept[1] <= 50
    assert clock.slept[2:] == [4, 8]


@pytest.mark.parametrize(
    "told", ["Mon, 01 Jan 99999999999999 00:00:00 GMT", "Mon, 01 Jan 2027 00:00:00 +99999999999999", "-1", "\xb2"]
)
def test_a_time_that_there_is_not_counts_for_none(site: Website, told: str) -> None:
    site.pages["/a"] = [Reply(status=503, headers={"Retry-After": told}), text("Words.")]
    clock = Clock()
    assert patient(clock, delay=0, back_off=2).get(f"{site.url}/a").data == b"Words."
    assert clock.slept == [2]


def test_a_site_that_asks_for_an_hour_is_left_for_today(site: Website) -> None:
    site.pages["/a"] = Reply(status=503, headers={"Retry-After": "3600"})
    clock = Clock()
    with pytest.raises(SiteDown):
        patient(clock, delay=0).get(f"{site.url}/a")
    assert (site.asked(), clock.slept) == (["/a"], [])


def test_a_site_that_is_down_is_not_asked_for_every_page(site: Website) -> None:
    fetcher = patient(Clock(), delay=0, attempts=2)
    site.pages["/a"] = text("Words.")
    fetcher.get(f"{site.url}/a")
    site.down = True
    for number in range(10):
        with pytest.raises(SiteDown):
            fetcher.get(f"{site.url}/{number}")
    assert len(site.asked()) == 1 + 3 * 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, PageGone),
        (410, PageGone),
        (403, FetchError),
        (401, FetchError),
        (204, FetchError),
        (304, FetchError),
        (451, FetchError),
    ],
)
def test_a_refusal_is_taken_as_it_is(site: Website, fetcher: Fetcher, status: int, kind: type[FetchError]) -> None:
    site.pages["/a"] = Reply(status=status)
    with pytest.raises(FetchError, match=str(status)) as caught:
        fetcher.get(f"{site.url}/a")
    assert type(caught.value) is kind
    assert site.asked() == ["/a"]


def test_a_pause_lies_between_two_requests_to_one_host(site: Website) -> None:
    site.pages |= {"/a": text("A."), "/b": text("B.")}
    clock = Clock()
    fetcher = patient(clock)
    for path in ("/a", "/b", "/a"):
        fetcher.get(site.url + path)
    assert clock.slept == [1, 1, 1]
    clock.now += 60
    fetcher.get(f"{site.url}/b")
    assert clock.slept == [1, 1, 1]


@pytest.mark.parametrize(
    ("told", "waited"), [("5", 5), ("0.1", 1), ("86400", 30), ("soon", 1), ("nan", 1), ("inf", 1), ("-5", 1)]
)
def test_the_pause_a_site_wants_is_kept_within_reason(site: Website, told: str, waited: float) -> None:
    site.pages |= {"/robots.txt": text(f"User-agent: *\nCrawl-delay: {told}\n"), "/a": text("A.")}
    clock = Clock()
    patient(clock).get(f"{site.url}/a")
    assert clock.slept == [waited]


# robots.txt.

RULES = """
User-agent: *
Disallow: /

User-agent: wellquoted
Disallow: /private/
Disallow: /*.pdf$
Allow: /private/but-this
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/a", True), ("/private/a", False), ("/private/but-this", True), ("/a.pdf", False), ("/a.pdf.html", True)],
)
def test_robots_txt_is_obeyed(site: Website, fetcher: Fetcher, path: str, allowed: bool) -> None:
    site.pages |= {"/robots.txt": text(RULES), path: text("Words.")}
    if allowed:
        assert fetcher.get(site.url + path).data == b"Words."
    else:
        with pytest.raises(FetchError, match=r"robots\.txt asks programs not to"):
            fetcher.get(site.url + path)
    assert (path in site.asked()) is allowed


def test_robots_txt_holds_for_where_a_redirect_leads(site: Website, fetcher: Fetcher) -> None:
    site.pages |= {"/robots.txt": text(RULES), "/a": redirect("/private/a"), "/private/a": text("Words.")}
    with pytest.raises(FetchError, match=r"robots\.txt"):
        fetcher.get(f"{site.url}/a")
    assert site.asked() == ["/a"]


@pytest.mark.parametrize("status", [404, 401, 403])
def test_without_robots_txt_all_may_be_fetched(site: Website, fetcher: Fetcher, status: int) -> None:
    site.pages |= {"/robots.txt": Reply(status=status), "/a": text("A."), "/b": text("B.")}
    assert fetcher.get(f"{site.url}/a").data + fetcher.get(f"{site.url}/b").data == b"A.B."
    assert site.asked(robots=True) == ["/robots.txt", "/a", "/b"]


def test_while_robots_txt_cannot_be_had_nothing_is_fetched(site: Website, fetcher: Fetcher) -> None:
    site.pages |= {"/robots.txt": Reply(status=500), "/a": text("A.")}
    with pytest.raises(SiteDown):
        fetcher.get(f"{site.url}/a")
    assert site.asked() == []
