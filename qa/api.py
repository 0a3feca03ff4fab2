"""The JSON routes, health and metrics. docs/json.md describes what they return."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from pydantic import BaseModel, Field

from corpus.models import Article
from index.manifest import ARTICLE
from index.snapshot import Snapshot
from qa.answering import LONGEST, Answerer
from qa.feedback import Feedback, Judgement
from qa.models import Answer, as_json
from qa.security import same_origin
from qa.worklist import WorklistError

MOST_IN_BATCH = 1000

History = Annotated[list[Annotated[str, Field(max_length=LONGEST)]], Field(max_length=50)]


class AnswerRequest(BaseModel):
    """`POST /api/v1/answer`."""

    question: str = Field(max_length=LONGEST)
    history: History = Field(default=[])
    k: int = Field(default=3, ge=1, le=20)
    exact: bool = False


class SearchQuestion(BaseModel):
    """One question of a batch."""

    id: str | int
    question: str = Field(max_length=LONGEST)
    history: History = Field(default=[])


class SearchRequest(BaseModel):
    """`POST /api/v1/search`."""

    questions: list[SearchQuestion] = Field(max_length=MOST_IN_BATCH)
    k: int = Field(default=10, ge=1, le=100)


class FeedbackRequest(BaseModel):
    """`POST /api/v1/feedback`."""

    question: str = Field(min_length=1, max_length=LONGEST)
    history: History = Field(default=[])
    exact: bool = False
    judgement: Judgement
    instead_of: Judgement | None = None


class Metrics:
    """Counts and times for `/metrics`. No question is kept."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter("wellquoted_answers", "Answers given", ["status", "reason"], registry=self.registry)
        self._seconds = Histogram("wellquoted_answer_seconds", "Time to answer", registry=self.registry)
        self._judgements = Counter("wellquoted_feedback", "What readers said", ["judgement"], registry=self.registry)
        self._passages = Gauge("wellquoted_passages", "Passages in the live snapshot", registry=self.registry)

    def answered(self, answer: Answer) -> None:
        self._answers.labels(answer.status, answer.reason or "").inc()
        self._seconds.observe(answer.took_ms / 1000)

    def judged(self, judgement: Judgement) -> None:
        self._judgements.labels(judgement).inc()

    def text(self, snapshot: Snapshot | None) -> bytes:
        self._passages.set(len(snapshot.rows) if snapshot else 0)
        return generate_latest(self.registry)


def add_routes(app: FastAPI, answerer: Answerer, metrics: Metrics, feedback: Feedback | None = None) -> None:
    """Add the JSON routes, `/livez`, `/readyz` and `/metrics` to `app`; the one for feedback only where it is kept."""
    _add_answering(app, answerer, metrics)
    _add_articles(app, answerer)
    if feedback:
        _add_feedback(app, feedback, metrics)


def _add_answering(app: FastAPI, answerer: Answerer, metrics: Metrics) -> None:
    @app.post("/api/v1/answer")
    def answer(request: AnswerRequest) -> JSONResponse:
        """Answer one question with quoted passages."""
        given = answerer.answer(request.question, request.history, request.k, exact=request.exact)
        metrics.answered(given)
        return JSONResponse(as_json(given))

    @app.post("/api/v1/search")
    def search(request: SearchRequest) -> JSONResponse:
        """Rank passages for many questions; ids and scores only, whether or not they would be shown."""
        snapshot = answerer.snapshot()
        results = [
            {"id": asked.id, **asdict(answerer.search(asked.question, asked.history, request.k, snapshot=snapshot))}
            for asked in request.questions
        ]
        return JSONResponse({"snapshot": snapshot.id if snapshot else None, "results": results})

    @app.get("/livez")
    def livez() -> dict[str, str]:
        """The process is running."""
        return {"status": "live"}

    @app.get("/readyz")
    def readyz(response: Response) -> dict[str, str | None]:
        """An index is loaded; 503 until then."""
        snapshot = answerer.snapshot()
        response.status_code = 200 if snapshot else 503
        return {"status": "ready" if snapshot else "no index", "snapshot": snapshot.id if snapshot else None}

    @app.get("/metrics")
    def prometheus() -> Response:
        """Prometheus text format."""
        return Response(metrics.text(answerer.snapshot()), media_type=CONTENT_TYPE_LATEST)


def _add_feedback(app: FastAPI, feedback: Feedback, metrics: Metrics) -> None:
    @app.post("/api/v1/feedback")
    def judge(given: FeedbackRequest, request: Request) -> dict[str, bool]:
        """Note what a reader said of an answer; other sites may not have it said for them."""
        if not same_origin(request.headers):
            raise HTTPException(403, "feedback comes from the page of this site")
        try:
            noted = feedback.judged(
                given.judgement, given.question, given.history, exact=given.exact, instead_of=given.instead_of
            )
        except WorklistError as error:
            raise HTTPException(503, "it could not be noted just now") from error
        metrics.judged(given.judgement)
        return {"noted": noted}


def _add_articles(app: FastAPI, answerer: Answerer) -> None:
    @app.get("/api/v1/articles")
    def articles() -> JSONResponse:
        """All articles that are being answered from, without their text."""
        snapshot = answerer.snapshot()
        found: Sequence[Article] = tuple(snapshot.articles.values()) if snapshot else ()
        return JSONResponse([ARTICLE.dump_python(item, mode="json", exclude={"text", "sections"}) for item in found])

    @app.get("/api/v1/articles/{article_id}")
    def article(article_id: str) -> JSONResponse:
        """One article with its text and the spans of its passages."""
        snapshot = answerer.snapshot()
        found = snapshot.articles.get(article_id) if snapshot else None
        if not snapshot or not found:
            raise HTTPException(404, f"there is no article {article_id}")
        passages = [{"id": p.id, "start": p.start, "end": p.end} for p in snapshot.passages_of(article_id)]
        return JSONResponse({**ARTICLE.dump_python(found, mode="json", exclude={"sections"}), "passages": passages})
