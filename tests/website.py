"""A web site on this machine that does what the test says: pages, errors, redirects, slow and endless bodies."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What the site answers to one request."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    """A request that names it is answered with 304."""


def text(words: str, etag: str = "", kind: str = "text/plain; charset=utf-8") -> Reply:
    return Reply(words.encode(), headers={"Content-Type": kind}, etag=etag)


def article(
    title: str, words: str = "Muscles twitch now and then, and that is nothing to fear.", **fields: str
) -> Reply:
    """A page that names its title, and its own address where `url` is given; its ETag is made of its words."""
    front = "".join(f"{name}: {value}\n" for name, value in {"title": title, **fields}.items())
    body = f"---\n{front}---\n\n{words}\n"
    return text(body, etag=f'"{hash(body)}"', kind="text/markdown")


def redirect(to: str, status: int = 301) -> Reply:
    return Reply(status=status, headers={"Location": to})


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    status: int
    headers: dict[str, str]


class Website:
    """`pages` may be changed while it is served: a reply, or several, of which the last one stays."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply | list[Reply]] = {}
        self.requests: list[Request] = []
        self.down = False
        """Every request is answered with 503."""
        self.url = ""

    def asked(self, *, robots: bool = False) -> list[str]:
        """The paths that were asked for, without robots.txt."""
        return [each.path for each in self.requests if robots or each.path != "/robots.txt"]

    def statuses(self, path: str) -> list[int]:
        return [each.status for each in self.requests if each.path == path]

    def sitemap(self, *paths: str, at: str = "/sitemap.xml") -> None:
        locations = "".join(f"<url><loc>{self.url}{path}</loc></url>" for path in paths)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</urlset>'
        self.pages[at] = Reply(body.encode(), headers={"Content-Type": "application/xml"})

    def reply_to(self, path: str) -> Reply:
        if self.down:
            return Reply(b"down", status=503)
        found = self.pages.get(path, Reply(b"nothing here", status=404))
        if isinstance(found, Reply):
            return found
        return found.pop(0) if len(found) > 1 else found[0]

    @contextmanager
    def served(self, host: str = "127.0.0.1", tls: SSLContext | None = None) -> Iterator["Website"]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                reply = site.reply_to(self.path)
                same = reply.etag and self.headers.get("If-None-Match") == reply.etag
                status = 304 if same else reply.status
                site.requests.append(Request(self.path, status, dict(self.headers)))
                self.send_response(status)
                for name, value in {**reply.headers, **({"ETag": reply.etag} if reply.etag else {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in [] if same else [reply.body] if isinstance(reply.body, bytes) else reply.body:
                        self.wfile.write(piece)
                except OSError:
                    pass  # The other side had enough.

            def log_message(self, *_: Any) -> None: ...

        server = ThreadingHTTPServer((host, 0), Handler)
        server.daemon_threads = True
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://{host}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
