"""The plain pages: all articles, one article, one passage in its article. Served whole, without Gradio."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import FastAPI, Query
from fastapi.responses import FileResponse, HTMLResponse, Response
from markupsafe import Markup

from corpus.models import Article, Passage
from corpus.structure import Span
from qa.merging import joined_spans
from qa.render import ASSETS, page_html, panel_html
from qa.verbatim import Part, as_html

SITE_FILES = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}

_SPAN = r"\d{1,9}-\d{1,9}"


class Shelf(Protocol):
    """What the pages need of a snapshot."""

    @property
    def articles(self) -> Mapping[str, Article]: ...

    def passages_of(self, article_id: str, /) -> tuple[Passage, ...]: ...


class HasShelf(Protocol):
    def snapshot(self) -> Shelf | None: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of articles."""

    article: Article
    passages: int

    @property
    def text(self) -> str:
        """What the filter looks at."""
        return f"{self.article.title} {self.article.publisher or ''}".lower()


def add_pages(app: FastAPI, answerer: HasShelf) -> None:
    """Add `/articles`, `/articles/{id}`, `/articles/{id}/passage` and the files all pages share to `app`."""

    @app.get("/articles", response_class=HTMLResponse, include_in_schema=False)
    def articles(q: Annotated[str, Query(max_length=200)] = "") -> str:
        rows = _rows(answerer.snapshot())
        return page_html("articles.html", rows=_filtered(rows, q), total=len(rows), wanted=q)

    @app.get("/articles/{article_id}", response_class=HTMLResponse, include_in_schema=False)
    def article(article_id: str) -> Response:
        shelf = answerer.snapshot()
        found = shelf and shelf.articles.get(article_id)
        if not shelf or not found:
            return not_found()
        body = article_body(found, shelf.passages_of(found.id))
        return HTMLResponse(page_html("article.html", article=found, body=body))

    @app.get("/articles/{article_id}/passage", response_class=HTMLResponse, include_in_schema=False)
    def passage(
        article_id: str,
        start: Annotated[int, Query(ge=0)],
        end: Annotated[int, Query(ge=1)],
        marks: Annotated[str, Query(pattern=rf"^({_SPAN}(,{_SPAN})*)?$", max_length=1000)] = "",
    ) -> Response:
        shelf = answerer.snapshot()
        found = shelf and shelf.articles.get(article_id)
        if not found or not start < end <= len(found.text):
            return not_found()
        return HTMLResponse(panel_html(found, Span(start, end), tuple(_spans(marks))))

    @app.get("/site/{name}", include_in_schema=False)
    def site_file(name: str) -> Response:
        if name not in SITE_FILES:
            return not_found()
        return FileResponse(ASSETS / name, media_type=SITE_FILES[name])


def article_body(article: Article, passages: Sequence[Passage]) -> Markup:
    """The article's text with an element for each passage, `id="p{start}-{end}"`, and an anchor for each join."""
    joins = joined_spans(article, passages)
    return as_html(article.text, [_anchor(passage, joins.get(passage, [])) for passage in passages])


def not_found() -> HTMLResponse:
    return HTMLResponse(page_html("not_found.html"), 404)


def _anchor(passage: Passage, joins: Sequence[Span]) -> Part:
    attributes = Markup('id="p{0}-{1}" data-start="{0}" data-end="{1}"').format(passage.start, passage.end)
    before = Markup().join(Markup('<span id="p{}-{}"></span>').format(span.start, span.end) for span in joins)
    return Part(Span(passage.start, passage.end), attributes, before)


def _rows(shelf: Shelf | None) -> list[Row]:
    if not shelf:
        return []
    rows = [Row(article, len(shelf.passages_of(article.id))) for article in shelf.articles.values()]
    return sorted(rows, key=lambda row: (row.article.title.casefold(), row.article.id))


def _filtered(rows: Sequence[Row], wanted: str) -> list[Row]:
    """The rows that have every word of `wanted` in title or publisher."""
    words = wanted.lower().split()
    return [row for row in rows if all(word in row.text for word in words)]


def _spans(marks: str) -> Iterator[Span]:
    for mark in filter(None, marks.split(",")):
        start, _, end = mark.partition("-")
        yield Span(int(start), int(end))
