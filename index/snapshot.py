"""One immutable, verified build of the index, opened for reading.

Files: `articles.jsonl` (the articles), `passages.jsonl` (spans, one line a row of the indexes),
`passages.faiss` (passage vectors), `sentences.npy` (sentence vectors, float16), `bm25/`, `vocabulary.json`
(word -> count).
"""

import fcntl
import json
import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.models import Article, Passage, cut
from corpus.structure import Span
from index import manifest as manifests
from index.dense import DenseIndex
from index.encoder import Encoder, Vectors
from index.lexical import LexicalIndex
from index.manifest import ARTICLE, Manifest
from index.twins import Twins

ARTICLES = "articles.jsonl"
PASSAGES = "passages.jsonl"
DENSE = "passages.faiss"
SENTENCES = "sentences.npy"
LEXICAL = "bm25"
VOCABULARY = "vocabulary.json"


@dataclass(frozen=True, slots=True)
class Row:
    """A passage with its sentences: spans inside the passage, where their vectors begin, and its own row number."""

    passage: Passage
    sentences: tuple[Span, ...]
    first_vector: int
    number: int


class Snapshot:
    """Articles, passages and both indexes of one build. Safe to share between threads.

    While the object lives it holds a shared lock on the manifest, so that pruning leaves its files alone.
    """

    def __init__(self, folder: Path, manifest: Manifest, encoder: Encoder) -> None:
        self.manifest = manifest
        self.encoder = encoder
        self.articles: Mapping[str, Article] = _read_articles(folder / ARTICLES)
        self.rows = _read_rows(folder / PASSAGES, self.articles)
        ids = [row.passage.id for row in self.rows]
        self._by_id = {row.passage.id: row for row in self.rows}
        # Not memory-mapped: a file cut short under a running server would end it with SIGBUS.
        self._sentence_vectors: NDArray[np.float16] = np.load(folder / SENTENCES, allow_pickle=False)
        self.dense = DenseIndex.load(folder / DENSE, ids, encoder)
        self.lexical = LexicalIndex.load(folder / LEXICAL, ids)
        self.twins = Twins(self.articles, (row.passage for row in self.rows))
        self.vocabulary: Mapping[str, int] = json.loads((folder / VOCABULARY).read_bytes())

    @classmethod
    def open(cls, folder: Path, encoder: Encoder, manifest_sha256: str | None = None) -> Self:
        """Open a snapshot after checking every file.

        Raises:
            DamagedSnapshot: a file is missing or differs from the manifest.
        """
        with ExitStack() as stack:
            pin = stack.enter_context(manifests.open_file(folder))
            fcntl.flock(pin, fcntl.LOCK_SH)
            manifest = manifests.read(folder, manifest_sha256)
            manifests.verify(folder, manifest)
            snapshot = cls(folder, manifest, encoder)
            weakref.finalize(snapshot, stack.pop_all().close)
            return snapshot

    @property
    def id(self) -> str:
        return self.manifest.id

    def passage(self, passage_id: str) -> Passage:
        return self._by_id[passage_id].passage

    def sentences(self, passage_id: str) -> tuple[Span, ...]:
        """The sentences of a passage, as spans of its text."""
        return self._by_id[passage_id].sentences

    def sentence_vectors(self, passage_id: str) -> Vectors:
        """Unit vectors of the passage's sentences, shape (sentences, dimensions)."""
        row = self._by_id[passage_id]
        found = self._sentence_vectors[row.first_vector : row.first_vector + len(row.sentences)]
        return np.asarray(found, dtype=np.float32)

    def vector(self, passage_id: str) -> Vectors:
        """The passage's unit vector, shape (dimensions,)."""
        return self.dense.vector(self._by_id[passage_id].number)

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of an article, in order."""
        return self._by_article.get(article_id, ())

    @cached_property
    def _by_article(self) -> dict[str, tuple[Passage, ...]]:
        found: dict[str, tuple[Passage, ...]] = {}
        for row in self.rows:
            found[row.passage.article_id] = (*found.get(row.passage.article_id, ()), row.passage)
        return found


def _read_articles(file: Path) -> dict[str, Article]:
    articles = (ARTICLE.validate_json(line) for line in file.read_bytes().splitlines())
    return {article.id: article for article in articles}


def _read_rows(file: Path, articles: Mapping[str, Article]) -> tuple[Row, ...]:
    rows: list[Row] = []
    vectors = 0
    for line in file.read_bytes().splitlines():
        record = json.loads(line)
        passage = cut(articles[record["article"]], record["start"], record["end"])
        spans = tuple(Span(start, end) for start, end in record["sentences"])
        rows.append(Row(passage, spans, vectors, len(rows)))
        vectors += len(spans)
    return tuple(rows)
