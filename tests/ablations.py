"""What each part of the ranking adds: `python -m tests.ablations` prints the tables of docs/quality.md.

`tests.questionsets` says how the questions are made; of NFCorpus the dev queries, on which nothing was tuned.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from ir_measures import Qrel, ScoredDoc, iter_calc, nDCG

from index.fusion import fuse, lexical_share
from index.searcher import Hit
from index.snapshot import Snapshot
from qa.answering import find
from qa.evaluation.beir import load_beir
from qa.evaluation.comparing import compare
from qa.evidence import Question, ask
from qa.understanding import Understanding, Understood
from tests.questionsets import DATA, Asked, indexed, mediqa, medlineplus, medquad, meqsum

DEPTH = 300
"""Passages ranked for a question: enough for the ten documents that are scored."""

MEASURE = nDCG @ 10
Ranker = Callable[[Snapshot, Question, Understood], Sequence[Hit]]
Scores = dict[str, list[float]]
"""Ranker -> nDCG@10 of each question."""

OURS = "ours: both, best sentences, headings, reading"
RANKERS: Mapping[str, Ranker] = {
    "dense": lambda snapshot, question, _: snapshot.dense.nearest(question.vector, DEPTH),
    "BM25": lambda snapshot, question, _: snapshot.lexical.search(question.text, DEPTH),
    "both": lambda snapshot, question, _: fuse(
        snapshot.dense.nearest(question.vector, DEPTH),
        snapshot.lexical.search(question.text, DEPTH),
        lexical_share(question.text),
    ),
    OURS: lambda snapshot, _, understood: [
        Hit(each.passage.id, each.score) for each in find(snapshot, understood, DEPTH)[1]
    ],
}


def main() -> None:
    articles = medlineplus()
    snapshot = indexed("medlineplus", articles)
    tables = {
        "MeQSum, long": _scores(snapshot, list(meqsum(articles, "chq"))),
        "MeQSum, clean": _scores(snapshot, list(meqsum(articles, "summary"))),
        "MedQuAD": _scores(snapshot, medquad(articles)),
    }
    answers, asked, came_with = mediqa()
    tables["MEDIQA"] = _scores(indexed("mediqa", answers), asked)
    tables["NFCorpus dev"] = _nfcorpus()
    _print(tables)
    came = [
        _ndcg(one, [ScoredDoc("q", key, -place) for key, place in places.items()])
        for one, places in zip(asked, came_with, strict=True)
    ]
    print(f"\nMEDIQA in the order it came with: {np.mean(came):.3f}")


def _nfcorpus() -> Scores:
    folder = load_beir(DATA / "nfcorpus", "dev")
    asked = [
        Asked(text, {qrel.doc_id: qrel.relevance for qrel in folder.qrels if qrel.query_id == query})
        for query, text in folder.queries.items()
    ]
    return _scores(indexed("nfcorpus", folder.articles), asked)


def _scores(snapshot: Snapshot, asked: Sequence[Asked]) -> Scores:
    understanding = Understanding(snapshot)
    understood = [understanding.understand(one.text, (), exact=False) for one in asked]
    questions = [ask(snapshot, [each.searched])[0] for each in understood]
    return {
        name: [
            _ndcg(one, _documents(snapshot, ranker(snapshot, question, each), one))
            for one, question, each in zip(asked, questions, understood, strict=True)
        ]
        for name, ranker in RANKERS.items()
    }


def _documents(snapshot: Snapshot, hits: Sequence[Hit], asked: Asked) -> list[ScoredDoc]:
    """Documents by their best passage; of a question with candidates only these."""
    best: dict[str, float] = {}
    for hit in hits:
        document = snapshot.passage(hit.passage_id).article_id
        if not asked.candidates or document in asked.candidates:
            best[document] = max(hit.score, best.get(document, -np.inf))
    return [ScoredDoc("q", document, score) for document, score in best.items()]


def _ndcg(asked: Asked, run: Sequence[ScoredDoc]) -> float:
    qrels = [Qrel("q", document, grade) for document, grade in asked.grades.items()]
    return next(metric.value for metric in iter_calc([MEASURE], qrels, run))


def _print(tables: Mapping[str, Scores]) -> None:
    print("| nDCG@10 | " + " | ".join(f"{name} ({len(scores[OURS])})" for name, scores in tables.items()) + " |")
    print("|---" * (len(tables) + 1) + "|")
    for name in RANKERS:
        print(f"| {name} | " + " | ".join(f"{np.mean(scores[name]):.3f}" for scores in tables.values()) + " |")
    for name in ("dense", "BM25"):
        against = (_against(scores[OURS], scores[name]) for scores in tables.values())
        print(f"| ours against {name} | " + " | ".join(against) + " |")


def _against(ours: Sequence[float], other: Sequence[float]) -> str:
    """The difference of the means, with the p-value of the paired randomisation test."""
    difference = compare(_by_question(other), _by_question(ours)).differences[0]
    p = "< .001" if difference.p_value < 0.001 else f"= {difference.p_value:.3f}"
    return f"{difference.difference:+.3f} (p {p})"


def _by_question(scores: Sequence[float]) -> dict[str, dict[str, float]]:
    return {str(number): {str(MEASURE): score} for number, score in enumerate(scores)}


if __name__ == "__main__":
    main()
