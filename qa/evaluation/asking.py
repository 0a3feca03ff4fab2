"""Every question of a dataset, asked and scored."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ir_measures import Qrel, ScoredDoc

from index.encoder import Progress
from index.searcher import Hit
from index.snapshot import Snapshot
from qa.answering import Answerer
from qa.evaluation.datasets import Question
from qa.evaluation.measures import APART
from qa.evaluation.noticing import notice_scores
from qa.evaluation.quotes import quote_scores
from qa.evaluation.results import QuestionResult, Shown
from qa.evaluation.retrieval import ranked_documents, retrieval_scores
from qa.models import Answer

K = 3
"""Passages of an answer."""
PASSAGES = 10
"""Passages a question's run holds: no deeper than an answer looks, so that their order is the answer's."""
DEEP = 1000
"""Passages searched to rank documents."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its ranking."""

    result: QuestionResult
    run: tuple[ScoredDoc, ...]


def ask_questions(
    questions: Sequence[Question], answerer: Answerer, snapshot: Snapshot, progress: Progress
) -> Iterator[Asked]:
    """Ask each question of a question file; scores as `qa.evaluation.measures` names them."""
    _warm_up(answerer)
    for done, question in enumerate(questions, start=1):
        answer = answerer.answer(question.text, question.history, K)
        hits = answerer.search(question.text, question.history, PASSAGES).hits
        run = ranked_documents(question.id, hits, document_of=str)
        yield Asked(_answered(question, answer, hits, snapshot), run)
        progress(done, len(questions))


def search_queries(
    queries: Mapping[str, str], qrels: Sequence[Qrel], answerer: Answerer, snapshot: Snapshot, progress: Progress
) -> Iterator[Asked]:
    """Rank documents for each query of a BEIR folder and score the rankings."""
    _warm_up(answerer)
    asked: list[Asked] = []
    for query_id, text in queries.items():
        asked.append(_ranked(query_id, text, answerer, snapshot))
        progress(len(asked), len(queries))
    scores = retrieval_scores(qrels, [document for one in asked for document in one.run])
    wanted = _wanted(qrels, snapshot)
    for one in asked:
        result = replace(one.result, scores=scores[one.result.id], wanted=wanted[one.result.id])
        yield replace(one, result=result)


def _warm_up(answerer: Answerer) -> None:
    """The model and the word lists are read on first use; that is no question's time."""
    answerer.answer("What is a warm-up?")


def _answered(question: Question, answer: Answer, hits: Sequence[Hit], snapshot: Snapshot) -> QuestionResult:
    found = tuple(_shown(snapshot, hit.passage_id) for hit in hits[:K])
    shown = tuple(Shown(p.article.title, p.text, p.highlights) for p in answer.passages)
    given = frozenset(notice.kind for notice in answer.notices)
    return QuestionResult(
        id=question.id,
        kind=question.kind,
        question=question.text,
        history=question.history,
        searched=answer.searched,
        outcome=answer.reason or answer.status,
        probability=answer.confidence.probability,
        shown=shown or found,
        wanted=question.gold,
        notices=tuple(sorted(given)),
        notices_wanted=None if question.notices is None else tuple(sorted(question.notices)),
        took_ms=answer.took_ms,
        scores={
            **_decision_scores(question, answer),
            **(quote_scores(question, answer, [passage.text for passage in found]) if question.answerable else {}),
            **(notice_scores(question.notices, given) if question.notices is not None else {}),
        },
    )


def _decision_scores(question: Question, answer: Answer) -> dict[str, float]:
    declined = answer.status == "no_answer"
    if question.answerable is None:
        return {}
    if question.answerable:
        return {"false declines": float(declined)}
    scores = {"answers set apart" if question.kind in APART else "false answers": float(not declined)}
    if declined and question.reason:
        scores["reason right"] = float(answer.reason == question.reason)
    if declined and question.topics:
        scores["topics right"] = float(any(topic.article_id in question.topics for topic in answer.nearest))
    return scores


def _ranked(query_id: str, text: str, answerer: Answerer, snapshot: Snapshot) -> Asked:
    started = time.perf_counter()
    found = answerer.search(text, k=DEEP)
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    run = ranked_documents(query_id, found.hits, document_of=lambda passage: snapshot.passage(passage).article_id)
    shown = tuple(_shown(snapshot, hit.passage_id) for hit in found.hits[:K])
    return Asked(QuestionResult(query_id, text, found.searched, "ranked", shown, took_ms), run)


def _shown(snapshot: Snapshot, passage_id: str) -> Shown:
    passage = snapshot.passage(passage_id)
    return Shown(snapshot.articles[passage.article_id].title, passage.text)


def _wanted(qrels: Sequence[Qrel], snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Query -> titles of the K documents judged best."""
    relevant: defaultdict[str, list[Qrel]] = defaultdict(list)
    for qrel in sorted(qrels, key=lambda qrel: (-qrel.relevance, qrel.doc_id)):
        if qrel.relevance > 0 and len(relevant[qrel.query_id]) < K:
            relevant[qrel.query_id].append(qrel)
    articles = snapshot.articles
    return {
        query_id: tuple(
            articles[qrel.doc_id].title if qrel.doc_id in articles else qrel.doc_id for qrel in relevant[query_id]
        )
        for query_id in {qrel.query_id for qrel in qrels}
    }
