"""What the server refuses and the headers it sends, over real HTTP requests to the whole app."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient

from qa.security import LARGEST_BODY, GradioRoutes, content_security_policy, same_origin, secure


def site(**settings: object) -> TestClient:
    app = FastAPI()

    @app.get("/")
    def home(request: Request) -> HTMLResponse:
        return HTMLResponse(str(request.headers.get("x-forwarded-host")))

    @app.get("/assets/x.js")
    def asset() -> str:
        return "x"

    @app.post("/api/v1/answer")
    async def answer(request: Request) -> int:
        return len(await request.body())

    secure(app, **settings)  # type: ignore[arg-type]
    return TestClient(app, base_url="http://127.0.0.1")


def test_every_answer_carries_the_headers() -> None:
    for path in ("/", "/missing"):
        headers = site().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_only_files_named_by_their_content_may_be_kept() -> None:
    assert "immutable" in site().get("/assets/x.js").headers["cache-control"]
    assert site().get("/assets/missing.js").headers["cache-control"] == "no-store"


def test_inline_scripts_are_allowed_by_their_hash_alone() -> None:
    policy = content_security_policy(
        '<script src="/a.js"></script><script>\nlet a = 1\n</script><script type="x">b</script>'
    )
    assert len(re.findall("'sha256-[A-Za-z0-9+/]{43}='", policy)) == 2
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:7860", 200), ("127.0.0.1", 200), ("[::1]:7860", 200), ("evil.example", 400), ("quotes.example", 200)],
)
def test_only_known_hosts_are_served(host: str, status: int) -> None:
    assert site(allowed_hosts=("quotes.example",)).get("/", headers={"host": host}).status_code == status


def test_no_origin_may_read_unless_it_is_listed() -> None:
    asking = {"origin": "https://other.example"}
    assert "access-control-allow-origin" not in site().get("/", headers=asking).headers
    listed = site(allowed_origins=("https://other.example",)).get("/", headers=asking).headers
    assert listed["access-control-allow-origin"] == "https://other.example"
    assert "access-control-allow-credentials" not in listed


def test_a_forwarded_host_is_dropped_unless_a_proxy_is_trusted() -> None:
    forwarded = {"x-forwarded-host": "evil.example"}
    assert site().get("/", headers=forwarded).text == "None"
    assert site(trust_proxy=True).get("/", headers=forwarded).text == "evil.example"


def test_one_client_can_ask_only_so_often() -> None:
    client = site(rate_limit="2/minute")
    assert [client.post("/api/v1/answer").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.post("/api/v1/answer/")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert client.get("/").status_code == 200


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1000):
        yield b"x" * 1000


def test_a_large_body_is_refused_with_or_without_a_stated_length() -> None:
    client = site(rate_limit="100/minute")
    assert client.post("/api/v1/answer", content=b"x" * LARGEST_BODY).json() == LARGEST_BODY
    assert client.post("/api/v1/answer", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert client.post("/api/v1/answer", content=chunks(LARGEST_BODY)).json() == LARGEST_BODY
    assert client.post("/api/v1/answer", content=chunks(LARGEST_BODY + 5000)).status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/assets/index.js", 200),
        ("/gradio_api/queue/join", 200),
        ("/gradio_api/queue/data", 200),
        ("/gradio_api/upload", 404),
        ("/gradio_api/info", 404),
        ("/gradio_api/file=/etc/passwd", 404),
        ("/gradio_api/proxy=http://x", 404),
        ("/gradio_api/run/predict", 404),
        ("/gradio_api/call/x", 404),
        ("/config", 404),
        ("/monitoring", 404),
        ("/login", 404),
    ],
)
def test_only_the_routes_of_gradio_that_the_page_uses_are_there(path: str, status: int) -> None:
    async def anything(scope: object, receive: object, send: object) -> None:
        await HTMLResponse("")(scope, receive, send)  # type: ignore[arg-type]

    assert TestClient(GradioRoutes(anything)).get(path).status_code == status


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"host": "a.org"}, True),
        ({"host": "a.org", "origin": "https://a.org"}, True),
        ({"host": "a.org:81", "origin": "http://a.org"}, False),
        ({"host": "a.org", "origin": "null"}, False),
        ({"host": "127.0.0.1:7860", "origin": "https://a.org", "x-forwarded-host": "a.org"}, True),
        ({"host": "127.0.0.1:7860", "origin": "https://evil.example", "x-forwarded-host": "a.org"}, False),
    ],
)
def test_what_comes_from_our_own_pages_is_told_apart(headers: dict[str, str], same: bool) -> None:
    assert same_origin(Headers(headers)) is same
