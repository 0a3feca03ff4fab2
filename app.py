"""The page: a Gradio chat on FastAPI, with the JSON API and the plain pages beside it."""

import os

# Gradio and its libraries read these when they are imported. Without the second, Gradio makes a pandas table of all
# its events, twice for every question.
os.environ.update(
    GRADIO_ANALYTICS_ENABLED="False",
    GRADIO_ANALYTICS_CACHE_FREQUENCY="1000000000",
    HF_HUB_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
)

import re
from collections.abc import Sequence
from functools import partial
from uuid import uuid4

import click
import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.answering import LONGEST, Answerer
from qa.api import History, Metrics, add_routes
from qa.cli.common import ReportingCommand, progress_bar, settings_options
from qa.examples import examples
from qa.feedback import Feedback, open_feedback
from qa.pages import add_pages
from qa.render import answer_html, page_html
from qa.security import GradioRoutes, content_security_policy, secure
from qa.service import bring_up_to_date, open_answerer
from qa.settings import Settings

_HEAD = re.compile(r"<head>(.*)</head>", re.DOTALL)
_HEAD_PARTS = re.compile(r'<script\b.*?</script>|<link rel="(?:stylesheet|modulepreload)"[^>]*>', re.DOTALL)
_BODY_PART = re.compile(r"<gradio-app.*</gradio-app>", re.DOTALL)


def build(answerer: Answerer, settings: Settings | None = None) -> FastAPI:
    """The whole site: chat page at `/`, plain pages below `/articles`, JSON below `/api/v1`."""
    settings = settings or Settings()
    app = FastAPI(title="Well Quoted", docs_url=None, redoc_url=None)
    metrics = Metrics()
    feedback = open_feedback(settings, answerer)
    kept_days = feedback.days if feedback else None
    add_routes(app, answerer, metrics, feedback)
    add_pages(app, answerer)
    app.add_middleware(GZipMiddleware)
    secure(
        app,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        trust_proxy=settings.trust_proxy,
        rate_limit=settings.rate_limit,
    )
    site: FastAPI = gr.mount_gradio_app(
        app,
        chat(answerer, metrics, feedback),
        path="/",
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        run_history=False,
        footer_links=[],
        show_error=False,
        max_file_size="1mb",
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        allowed_paths=[],
        app_kwargs={
            "middleware": [Middleware(GradioRoutes), Middleware(ChatPage, answerer=answerer, kept_days=kept_days)]
        },
    )
    return site


def chat(answerer: Answerer, metrics: Metrics, feedback: Feedback | None) -> gr.Blocks:
    """The Gradio part: a question in, one rendered turn out. `page.js` puts the turn into the conversation."""
    blocks = gr.Blocks(title="Well Quoted", analytics_enabled=False)
    with blocks:
        question = gr.Textbox(
            label="Your question",
            elem_id="question",
            lines=1,
            max_lines=5,
            max_length=LONGEST,
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
        )
        context = gr.Textbox(elem_id="context", label="Context", lines=1)
        send = gr.Button("Send", elem_id="send")
        # HTML in one line passes Markdown untouched; gr.HTML needs `unsafe-eval` in the content security policy.
        turn = gr.Markdown(elem_id="turn", sanitize_html=False, latex_delimiters=[])
        gr.on(
            [question.submit, send.click],
            partial(ask, answerer, metrics, feedback),
            [question, context],
            [question, turn],
            show_progress="hidden",
            api_visibility="private",
        )
    blocks.queue(max_size=16, default_concurrency_limit=2, api_open=False)
    return blocks


class Context(BaseModel):
    """What the page sends with a question. The conversation is kept in the browser, and nowhere here."""

    history: History = Field(default=[])
    exact: bool = False


def ask(
    answerer: Answerer, metrics: Metrics, feedback: Feedback | None, question: str, context: str
) -> tuple[str, str]:
    """Answer `question`: the emptied box and the rendered turn. `context` is a `Context` as JSON, or empty."""
    asked = Context.model_validate_json(context or "{}")
    answer = answerer.answer(question, asked.history, exact=asked.exact)
    metrics.answered(answer)
    if feedback:
        feedback.answered(answer, asked.history)
    return "", answer_html(answer, uuid4().hex, feedback=feedback is not None)


class ChatPage:
    """Takes the scripts and the element of Gradio's own page over into ours, and allows the inline ones by hash."""

    def __init__(self, app: ASGIApp, answerer: Answerer, kept_days: int | None) -> None:
        self.app = app
        self.answerer = answerer
        self.kept_days = kept_days

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        body = bytearray()

        async def collect(message: Message) -> None:
            body.extend(message.get("body", b""))

        await self.app(scope, receive, collect)
        page = framed(body.decode(), examples(self.answerer.snapshot()), self.kept_days)
        policy = {"Content-Security-Policy": content_security_policy(page)}
        await HTMLResponse(page, headers=policy)(scope, receive, send)


def framed(gradio_page: str, offered: Sequence[str], kept_days: int | None) -> str:
    """Our chat page with what Gradio's page needs to run.

    Args:
        offered: questions to start with.
        kept_days: how long questions are kept; None when they are not.
    """
    head, body = _HEAD.search(gradio_page), _BODY_PART.search(gradio_page)
    if not head or not body:
        raise RuntimeError("this version of Gradio serves a page of another shape")
    return page_html(
        "chat.html",
        gradio_head=Markup("\n".join(_HEAD_PARTS.findall(head[1]))),  # noqa: S704 (Gradio's own)
        gradio_body=Markup(body[0]),  # noqa: S704 (Gradio's own)
        examples=offered,
        kept_days=kept_days,
    )


@click.command(cls=ReportingCommand)
@settings_options("articles", "data", "host", "port")
def main(settings: Settings) -> None:
    """Serve the page. The index is built first where there is none or the articles have changed."""
    with progress_bar("Indexing the articles") as progress:
        bring_up_to_date(settings, progress)
    answerer = open_answerer(settings)
    answerer.answer("What is a warm-up?")  # loads the model, so that no visitor waits for it
    click.echo(f"Well Quoted: http://{settings.host}:{settings.port}")
    uvicorn.run(
        build(answerer, settings),
        host=settings.host,
        port=settings.port,
        proxy_headers=settings.trust_proxy,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
