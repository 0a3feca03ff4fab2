"""BEIR folders: `corpus.jsonl`, `queries.jsonl`, `qrels/<split>.tsv`.

Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models", 2021.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from ir_measures import Qrel
from pydantic import Field, TypeAdapter

from corpus.models import Article
from qa.evaluation.datasets import DatasetError, Id, by_id, numbered_lines, read_json_lines

DEFAULT_SPLITS = ("test", "dev")
"""The split that is used when none is named: the first of these that there is."""


@dataclass(frozen=True, slots=True)
class BeirFolder:
    """A corpus, the judged queries of one split in the order of the qrels, and the qrels (graded)."""

    split: str
    articles: tuple[Article, ...]
    queries: Mapping[str, str]
    """Query id -> text."""
    qrels: tuple[Qrel, ...]

    def judged(self, limit: int | None) -> tuple[Mapping[str, str], tuple[Qrel, ...]]:
        """The first `limit` queries with their qrels."""
        queries = dict(list(self.queries.items())[:limit])
        return queries, tuple(qrel for qrel in self.qrels if qrel.query_id in queries)


@dataclass(frozen=True, slots=True)
class _Document:
    id: Annotated[Id, Field(validation_alias="_id")]
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Query:
    id: Annotated[Id, Field(validation_alias="_id")]
    text: Annotated[str, Field(min_length=1)]


_DOCUMENT = TypeAdapter(_Document)
_QUERY = TypeAdapter(_Query)


def load_beir(folder: Path, split: str | None = None) -> BeirFolder:
    """Read a BEIR folder.

    Args:
        split: the file in `qrels/`; None for "test", or "dev" where there is no "test".

    Raises:
        DatasetError: names the file and the line.
    """
    file = _qrels_file(folder, split)
    qrels = read_qrels(file)
    queries = by_id(read_json_lines(folder / "queries.jsonl", _QUERY))
    judged = dict.fromkeys(qrel.query_id for qrel in qrels)
    if unknown := [query for query in judged if query not in queries]:
        raise DatasetError(f"{file}: the query {unknown[0]} is not in {folder / 'queries.jsonl'}")
    documents = by_id(read_json_lines(folder / "corpus.jsonl", _DOCUMENT)).values()
    articles = tuple(_article(document) for document in documents)
    return BeirFolder(file.stem, articles, {query: queries[query].text for query in judged}, qrels)


def read_qrels(file: Path) -> tuple[Qrel, ...]:
    """Read judgements: BEIR's `query document grade` below a heading, or TREC's `query 0 document grade`."""
    lines = list(numbered_lines(file))
    if lines and lines[0][1].split()[-1] == "score":
        del lines[0]
    qrels = tuple(_qrels(lines))
    if not qrels:
        raise DatasetError(f"{file}: there are no judgements")
    return qrels


def files_of(folder: Path, split: str) -> tuple[Path, ...]:
    """The files a folder's split consists of."""
    return folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels" / f"{split}.tsv"


def _qrels(lines: Sequence[tuple[str, str]]) -> Iterator[Qrel]:
    for place, line in lines:
        columns = line.split()
        try:
            query, *_, document, grade = columns
            yield Qrel(query, document, int(grade))
        except ValueError as error:
            wrong = line.strip()[:80]
            raise DatasetError(f"{place}: not a judgement: {wrong!r}", "Columns: query document grade.") from error


def _qrels_file(folder: Path, split: str | None) -> Path:
    there = {file.stem: file for file in sorted((folder / "qrels").glob("*.tsv"))}
    for name in (split,) if split else DEFAULT_SPLITS:
        if name in there:
            return there[name]
    names = ", ".join(there) or "none"
    raise DatasetError(f"{folder}: there is no split {split or ' or '.join(DEFAULT_SPLITS)}", f"Splits here: {names}.")


def _article(document: _Document) -> Article:
    """A document without a text is found by its title."""
    return Article(document.id, document.title, document.text if document.text.strip() else document.title)
