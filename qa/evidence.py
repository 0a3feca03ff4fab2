"""How well a passage answers a question, sentence by sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from corpus.chunking import count_words
from corpus.models import Article, Passage
from corpus.structure import Span
from index.encoder import Vectors
from index.lexical import stem, terms, words
from index.snapshot import Snapshot

SENTENCES, COVERAGE, HEADINGS, SHORTNESS = 2.0, 0.2, 0.5, 0.3
"""Weights of the final ranking against a fused score of 1; docs/quality.md has what they are chosen on."""
SECOND = 0.2
"""Share of the second best sentence in what the sentences say: an answer seldom stands alone."""
READ = 0.4
"""Weight of reading: it parts what the rest leaves close together."""
QUOTABLE = 40
"""Words from which a passage is no longer short."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the search sees it."""

    text: str
    vector: Vectors
    """Unit vector, shape (dimensions,)."""
    weights: dict[str, float]
    """Term -> inverse document frequency, so that rare words count more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one passage. Similarities are cosines, coverages shares in [0, 1]."""

    passage: Passage
    fused: float
    similarity: float
    coverage: float
    """Share of the question's terms, weighted, that stand in the passage or its headings."""
    heading_coverage: float
    """The same for the headings alone."""
    sentences: tuple[Span, ...]
    sentence_scores: tuple[float, ...]
    """Similarity of each sentence with a share of its coverage; comparable between passages."""
    read: float = 0.0
    """How far it answers, read beside the question; 0 where it was not read. See `qa/reading.py`."""

    @property
    def best_sentence(self) -> float:
        return max(self.sentence_scores, default=0.0)

    @property
    def second_sentence(self) -> float:
        return sorted((*self.sentence_scores, 0.0, 0.0))[-2]

    @property
    def score(self) -> float:
        """The final ranking: both searches, the sentences, the headings, and whether it reads as an answer."""
        return (
            self.fused
            + SENTENCES * ((1 - SECOND) * self.best_sentence + SECOND * self.second_sentence)
            + COVERAGE * self.coverage
            + HEADINGS * self.heading_coverage
            - SHORTNESS * max(0.0, 1 - count_words(self.passage.text) / QUOTABLE)
            + READ * self.read
        ) / (1 + SENTENCES + COVERAGE + HEADINGS + READ)


_ANNOUNCING = re.compile(r"(?:in )?this (?:article|page|guide|section|post)\b", re.IGNORECASE)
COVERAGE_SHARE = 0.3
"""What the words have to say in a sentence's score, beside its meaning."""


def ask(snapshot: Snapshot, texts: Sequence[str]) -> list[Question]:
    """Make ready to search; all texts are encoded at once."""
    return [
        Question(text, vector, {term: snapshot.lexical.idf(term) for term in terms(text)})
        for text, vector in zip(texts, snapshot.encoder.encode(texts), strict=True)
    ]


def gather(snapshot: Snapshot, question: Question, passage_id: str, fused: float) -> Evidence:
    """Collect the evidence for one passage of the snapshot."""
    passage = snapshot.passage(passage_id)
    spans = snapshot.sentences(passage_id)
    similarities = snapshot.sentence_vectors(passage_id) @ question.vector
    article = snapshot.articles[passage.article_id]
    heading = _term_set(headings(article, passage))
    scores = tuple(
        _sentence_score(question, span.of(passage.text), float(similarity), heading)
        for span, similarity in zip(spans, similarities, strict=True)
    )
    return Evidence(
        passage,
        fused,
        float(np.dot(snapshot.vector(passage_id), question.vector)),
        coverage(question, heading | _term_set(passage.text)),
        coverage(question, heading),
        spans,
        scores,
    )


def headings(article: Article, passage: Passage) -> str:
    """What stands above a passage: the names of its article, and its sections."""
    return " ".join((article.title, *article.also_called, *passage.section))


def with_headings(snapshot: Snapshot, passage: Passage) -> str:
    """A passage as it is read, below its headings."""
    return f"{headings(snapshot.articles[passage.article_id], passage)}. {passage.text}"


def _sentence_score(question: Question, sentence: str, similarity: float, heading: frozenset[str]) -> float:
    """A sentence speaks below its headings: their terms need not be said again. An announcement answers nothing."""
    if _ANNOUNCING.match(sentence):
        return 0.0
    covered = coverage(question, _term_set(sentence) | heading)
    return (1 - COVERAGE_SHARE) * similarity + COVERAGE_SHARE * covered


def coverage(question: Question, found: frozenset[str]) -> float:
    """Weighted share of the question's terms that are in `found`."""
    total = sum(question.weights.values())
    return sum(weight for term, weight in question.weights.items() if term in found) / total if total else 0.0


def shared_words(question: str, passage: str) -> Sequence[str]:
    """The question's own words whose stems stand in the passage, in the question's order."""
    found = set(terms(passage))
    return tuple(word for word in dict.fromkeys(words(question)) if stem(word) in found)


@lru_cache(maxsize=100_000)
def _term_set(text: str) -> frozenset[str]:
    """Terms of a passage, a heading or a sentence; the same ones come back with other questions."""
    return frozenset(terms(text))
