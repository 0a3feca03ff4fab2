"""Measures of a ranking of documents, by ir-measures, and the run files that other tools read.

MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures", 2022.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG

from index.searcher import Hit
from qa.evaluation.datasets import DatasetError

MEASURES = (nDCG @ 10, RR @ 10, R @ 100, Success @ 1, Success @ 3)
DOCUMENTS = 100
"""Documents of a query that count: what R@100 looks at."""


def retrieval_scores(qrels: Sequence[Qrel], run: Iterable[ScoredDoc]) -> dict[str, dict[str, float]]:
    """Score every judged query: query id -> measure -> value. A query with no result scores zero."""
    scores: dict[str, dict[str, float]] = {qrel.query_id: {} for qrel in qrels}
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        scores[metric.query_id][str(metric.measure)] = metric.value
    return scores


def ranked_documents(query_id: str, hits: Iterable[Hit], document_of: Callable[[str], str]) -> tuple[ScoredDoc, ...]:
    """Rank documents by their best passage.

    Args:
        hits: passages, best first.
        document_of: the document a passage stands in, both by id.
    """
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(document_of(hit.passage_id), hit.score)
    return without_ties(ScoredDoc(query_id, document, score) for document, score in list(best.items())[:DOCUMENTS])


def without_ties(documents: Iterable[ScoredDoc]) -> tuple[ScoredDoc, ...]:
    """Lower tied scores by the least there is, so that trec_eval, which orders ties by id, keeps this order.

    trec_eval reads single precision.
    """
    ranked: list[ScoredDoc] = []
    ceiling = np.float32(np.inf)
    for document in documents:
        if np.float32(document.score) >= ceiling:
            document = document._replace(score=float(np.nextafter(ceiling, np.float32(-np.inf))))
        ranked.append(document)
        ceiling = np.float32(document.score)
    return tuple(ranked)


def write_run(run: Iterable[ScoredDoc], file: Path, tag: str) -> None:
    """Write a TREC run file: `query Q0 document rank score tag`; the documents of a query are best first."""
    ranks: dict[str, int] = {}
    with file.open("w", encoding="utf-8") as stream:
        for query_id, document, score in run:
            ranks[query_id] = rank = ranks.get(query_id, 0) + 1
            stream.write(f"{query_id} Q0 {document} {rank} {score!r} {tag}\n")


def read_run(file: Path) -> tuple[ScoredDoc, ...]:
    """Read a TREC run file.

    Raises:
        DatasetError: it is not one.
    """
    try:
        run = tuple(ir_measures.read_trec_run(str(file)))  # type: ignore[no-untyped-call]
    except (ValueError, OSError) as error:
        message = f"{file} is not a TREC run: {error}"
        raise DatasetError(message, "Columns: query Q0 document rank score tag.") from error
    if not run:
        raise DatasetError(f"{file}: there is nothing in this run")
    return run
