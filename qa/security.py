"""What the web server refuses, and the headers of all it sends."""

import base64
import hashlib
import ipaddress
import math
import re
import time
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from fastapi import FastAPI
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
LARGEST_BODY = 1_000_000
"""Bytes of a request."""

_ANSWERING = {"/gradio_api/queue/join", "/api/v1/answer", "/api/v1/search", "/api/v1/feedback"}
_GRADIO = re.compile(
    r"/|/theme\.css|/assets/.+|/static/js/.+"
    r"|/gradio_api/(queue/(join|data)|heartbeat/\w+)/?"
)
_FINGERPRINTED = ("/assets/", "/site/", "/theme.css")
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def secure(
    app: FastAPI,
    *,
    allowed_hosts: Sequence[str] = (),
    allowed_origins: Sequence[str] = (),
    trust_proxy: bool = False,
    rate_limit: str = "60/minute",
) -> None:
    """Put every safeguard around `app`, the outermost last.

    Args:
        allowed_hosts: names the site is reached by, besides those of this machine.
        allowed_origins: web origins whose scripts may read the API.
        trust_proxy: a reverse proxy sets X-Forwarded-*; else X-Forwarded-Host is dropped.
        rate_limit: questions one client may ask, in the notation of `limits`.
    """
    app.add_middleware(RateLimit, limit=parse(rate_limit))
    app.add_middleware(BodyLimit, most=LARGEST_BODY)
    app.add_middleware(CORSMiddleware, allow_origins=allowed_origins, allow_methods=["GET", "POST"])
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL_HOSTS, *allowed_hosts], www_redirect=False)
    if not trust_proxy:
        app.add_middleware(NoForwardedHost)
    app.add_middleware(SecurityHeaders)


def content_security_policy(html: str = "") -> str:
    """The policy of a page; its inline scripts are allowed by their hashes, and no others."""
    scripts = " ".join(["'self'", *(_hash(script) for script in _INLINE_SCRIPT.findall(html))])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self' blob:; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )


def same_origin(headers: Headers) -> bool:
    """Whether a browser sent it from a page of this site; a script, which names no origin, may as well.

    `X-Forwarded-Host` is there only where a proxy is trusted.
    """
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc in {headers.get("host"), headers.get("x-forwarded-host")}


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.replace("\r\n", "\n").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class SecurityHeaders:
    """Adds the headers; a policy that a page brought with it stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", content_security_policy())
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Cache-Control"] = _caching(scope, message)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _caching(scope: Scope, message: Message) -> str:
    """Nothing is kept but files whose address changes with their content."""
    if message["status"] == 200 and scope["path"].startswith(_FINGERPRINTED):
        return "public, max-age=31536000, immutable"
    return "no-store"


class NoForwardedHost:
    """Drops X-Forwarded-Host: Gradio writes it into the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["headers"] = [header for header in scope["headers"] if header[0] != b"x-forwarded-host"]
        await self.app(scope, receive, send)


class GradioRoutes:
    """Answers 404 for every route of Gradio that the page does not use: upload, info, file, proxy and the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _GRADIO.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send)


class BodyLimit:
    """Answers 413 for a request body of more than `most` bytes, before it is read where its length is stated."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        body = None if stated.isdigit() and int(stated) > self.most else await self._body(receive)
        if body is None:
            await JSONResponse({"detail": f"At most {self.most} bytes."}, 413)(scope, receive, send)
        else:
            await self.app(scope, _replay(body, receive), send)

    async def _body(self, receive: Receive) -> list[Message] | None:
        messages: list[Message] = []
        size = 0
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
            size += len(messages[-1].get("body", b""))
            if size > self.most:
                return None
        return messages


def _replay(messages: Iterable[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replay() -> Message:
        return next(waiting, None) or await receive()

    return replay


class RateLimit:
    """Answers 429 when one client asks more than `limit`. Counts questions only; reading is free."""

    def __init__(self, app: ASGIApp, limit: RateLimitItem) -> None:
        self.app = app
        self.limit = limit
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].rstrip("/") in _ANSWERING
        if not asks or self.limiter.hit(self.limit, client := _client(scope)):
            await self.app(scope, receive, send)
            return
        wait = math.ceil(self.limiter.get_window_stats(self.limit, client).reset_time - time.time())
        body = {"detail": f"Too many questions at once. Try again in {max(1, wait)} s."}
        await JSONResponse(body, 429, {"Retry-After": str(max(1, wait))})(scope, receive, send)


def _client(scope: Scope) -> str:
    """The address that asks; of IPv6 the network of one customer, who can change the rest at will."""
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
