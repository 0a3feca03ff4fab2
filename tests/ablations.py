"""What each part of the ranking adds, on MedlinePlus: `python -m tests.ablations` prints the table of docs/quality.md.

Questions: MeQSum's long originals and their clean summaries whose summary names a MedlinePlus title (the articles of
that title count as right), and every fifth MedQuAD question whose page or subject is a MedlinePlus article.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ir_measures import Qrel, ScoredDoc, calc_aggregate, nDCG

from corpus.models import Article
from corpus.readers import reader_for
from index.encoder import MiniLM
from index.fusion import DEPTH, fuse
from index.searcher import Hit
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.answering import rank
from qa.evidence import Question, ask
from qa.understanding import Understanding

DATA = Path(os.environ.get("WELLQUOTED_SHARED", "../shared")) / "data"
STORE = Path("data/evaluation/medlineplus")
LONGEST_TITLE = 6
TOO_GENERAL = {"medicines", "health", "treatment", "genetics", "symptoms", "drugs", "children", "women", "men", "pain"}

Asked = tuple[str, frozenset[str]]
"""A question and the articles that answer it."""
Ranker = Callable[[Snapshot, Question], Sequence[Hit]]

RANKERS: Mapping[str, Ranker] = {
    "dense": lambda snapshot, question: snapshot.dense.nearest(question.vector, DEPTH),
    "BM25": lambda snapshot, question: snapshot.lexical.search(question.text, DEPTH),
    "both": lambda snapshot, question: fuse(
        snapshot.dense.nearest(question.vector, DEPTH), snapshot.lexical.search(question.text, DEPTH)
    ),
    "both, headings, best sentence": lambda snapshot, question: [
        Hit(found.passage.id, found.score) for found in rank(snapshot, question, DEPTH)
    ],
}


def main() -> None:
    articles = _articles()
    store = SnapshotStore(STORE, MiniLM())
    store.build(articles)
    snapshot = store.open()
    sets = {name: list(asked) for name, asked in _sets(articles).items()}
    print("| nDCG@10 | " + " | ".join(f"{name} ({len(asked)})" for name, asked in sets.items()) + " |")
    print("|---" * (len(sets) + 1) + "|")
    ready = {name: _understood(snapshot, asked) for name, asked in sets.items()}
    for name, ranker in RANKERS.items():
        scores = [_score(snapshot, ranker, ready[asked], sets[asked]) for asked in sets]
        print(f"| {name} | " + " | ".join(f"{score:.3f}" for score in scores) + " |")


def _articles() -> list[Article]:
    file = DATA / "medlineplus/articles.jsonl"
    readings = reader_for(file).read(file.read_bytes(), file.name)
    return [reading.article for reading in readings if not isinstance(reading, Exception)]


def _sets(articles: Sequence[Article]) -> dict[str, Iterator[Asked]]:
    return {
        "MeQSum, long": _meqsum(articles, "chq"),
        "MeQSum, clean": _meqsum(articles, "summary"),
        "MedQuAD": _medquad(articles),
    }


def _meqsum(articles: Sequence[Article], field: str) -> Iterator[Asked]:
    titles = defaultdict(set)
    for article in articles:
        plain = " ".join(_plain(re.sub(r"\(.*?\)", "", article.title)))
        titles[plain].add(article.id)
        titles[plain.removesuffix("s")].add(article.id)
    for record in _lines(DATA / "phrasing/meqsum.jsonl"):
        named = frozenset[str]().union(*(titles[title] for title in _named(_plain(record["summary"]), titles)))
        if 1 <= len(named) <= 3:
            yield record[field], named


def _named(words: Sequence[str], titles: Mapping[str, object]) -> Iterator[str]:
    """The longest titles among the words, from left to right."""
    at = 0
    while at < len(words):
        lengths = range(min(LONGEST_TITLE, len(words) - at), 0, -1)
        found = (
            length
            for length in lengths
            if (name := " ".join(words[at : at + length])) in titles and name not in TOO_GENERAL
        )
        length = next(found, 0)
        if length:
            yield " ".join(words[at : at + length])
        at += length or 1


def _medquad(articles: Sequence[Article]) -> Iterator[Asked]:
    known = {key: article.id for article in articles for key in (article.url, article.title.lower())}
    pages = (
        (known.get(page["url"]) or known.get(page["focus"].lower()), page)
        for page in _lines(DATA / "medquad/medquad_answered.jsonl")
    )
    asked = [(qa["question"], frozenset({found})) for found, page in pages if found for qa in page["qa"]]
    yield from asked[::5]


def _understood(snapshot: Snapshot, asked: Sequence[Asked]) -> list[Question]:
    understanding = Understanding(snapshot)
    return [ask(snapshot, [understanding.understand(text, (), exact=False).searched])[0] for text, _ in asked]


def _score(snapshot: Snapshot, ranker: Ranker, ready: Sequence[Question], asked: Sequence[Asked]) -> float:
    qrels = [Qrel(str(n), article, 1) for n, (_, right) in enumerate(asked) for article in right]
    run: dict[tuple[str, str], float] = {}
    for n, question in enumerate(ready):
        for hit in ranker(snapshot, question):
            key = str(n), snapshot.passage(hit.passage_id).article_id
            run[key] = max(hit.score, run.get(key, 0.0))
    return float(calc_aggregate([nDCG @ 10], qrels, [ScoredDoc(*key, score) for key, score in run.items()])[nDCG @ 10])


def _plain(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9 ]", " ", text.lower().replace("'s", "s")).split()


def _lines(file: Path) -> Iterator[Any]:
    with file.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


if __name__ == "__main__":
    main()
