"""Articles -> the files of a snapshot. What the snapshot before already embedded is not embedded again."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus import chunking
from corpus.chunking import Window, chunk, context
from corpus.errors import LibraryError
from corpus.models import Article, Passage
from corpus.structure import Span, sentences
from index import lexical
from index import manifest as manifests
from index import snapshot as files
from index.dense import DenseIndex
from index.encoder import Encoder, Model, Progress, Vectors
from index.lexical import LexicalIndex, words
from index.manifest import Manifest, Settings
from index.snapshot import Snapshot

SPECIAL_TOKENS = 2


@dataclass(frozen=True, slots=True)
class PassageChanges:
    """Passages by their words: a new one beside one that is gone from the same article counts as changed."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What a build changes against the snapshot before: article ids, and passages by number."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    passages: int
    embedded: int
    """Passages the model has to read; the rest are taken over."""
    passage_changes: PassageChanges = field(default_factory=PassageChanges)
    full_because: str | None = None
    """Why nothing is taken over from the snapshot before; None when it is, or there is none."""


def embedding_text(article: Article, passage: Passage) -> str:
    """What the encoder reads: the passage with its title and section as context."""
    return f"{context(article, passage.section)}\n{passage.text}"


def indexed_text(article: Article, passage: Passage) -> str:
    """What BM25 reads: the same, and the other names of the subject. Vectors are of the article's own words only."""
    return "\n".join((embedding_text(article, passage), *article.also_called))


def settings(model: Model) -> Settings:
    """What the files of a snapshot depend on besides the articles and the weights."""
    return {**_cutting(model), "bm25_k1": lexical.K1, "bm25_b": lexical.B}


def _cutting(model: Model) -> Settings:
    """What the passages depend on, and with them their vectors."""
    return {
        "chunk_aim": chunking.AIM,
        "chunk_most": chunking.MOST,
        "chunk_break_inside_paragraph": chunking.BREAK_INSIDE_PARAGRAPH,
        "window": model.max_tokens - SPECIAL_TOKENS,
    }


class Build:
    """One build in the making: cut the passages, compare with the snapshot before, write the files."""

    def __init__(self, articles: Iterable[Article], encoder: Encoder, previous: Snapshot | None) -> None:
        self._articles = _by_id(articles)
        self._encoder = encoder
        self._settings = settings(encoder.model)
        self._previous = previous if previous and self._made_alike(previous.manifest) else None
        self._before = previous.manifest.articles if previous else {}
        self._passages_before = [row.passage for row in previous.rows] if previous else []
        self._full_because = self._difference(previous.manifest) if previous and not self._previous else None
        self.digests = manifests.digests(self._articles.values())
        self.id = manifests.content_id(encoder.model, self._settings, self.digests)
        self._passages = [passage for article in self._articles.values() for passage in self._chunk(article)]
        self._texts = [embedding_text(self._articles[p.article_id], p) for p in self._passages]

    def _made_alike(self, manifest: Manifest) -> bool:
        """Whether spans and vectors of that snapshot are what this build would make of the same text."""
        return manifest.model == self._encoder.model and _cutting(manifest.model).items() <= manifest.settings.items()

    def _difference(self, manifest: Manifest) -> str:
        if manifest.model != self._encoder.model:
            return f"the model was {manifest.model.name} {manifest.model.sha256[:16]}"
        before = {key: manifest.settings.get(key) for key in self._settings}
        changed = [key for key, value in self._settings.items() if before[key] != value]
        return ", ".join(f"{key} was {before[key]} and is {self._settings[key]}" for key in changed)

    def _chunk(self, article: Article) -> Sequence[Passage]:
        """Reuse the spans of an unchanged article; cutting is deterministic."""
        if self._previous and self._before.get(article.id) == self.digests[article.id]:
            return self._previous.passages_of(article.id)
        window = Window(self._encoder.model.max_tokens - SPECIAL_TOKENS, self._encoder.count_tokens)
        return chunk(article, window)

    def changes(self) -> Changes:
        before, after = self._before, self.digests
        known = self._known_passages()
        return Changes(
            added=tuple(sorted(after.keys() - before.keys())),
            changed=tuple(sorted(key for key in after.keys() & before.keys() if after[key] != before[key])),
            removed=tuple(sorted(before.keys() - after.keys())),
            passages=len(self._passages),
            embedded=sum(text not in known for text in self._texts),
            passage_changes=passage_changes(self._passages_before, self._passages),
            full_because=self._full_because,
        )

    def write(self, folder: Path, progress: Progress | None = None) -> Manifest:
        """Write every file of the snapshot into `folder` and flush it to the disk."""
        ids = [passage.id for passage in self._passages]
        spans = [self._sentences(passage) for passage in self._passages]
        pieces = [span.of(p.text) for p, found in zip(self._passages, spans, strict=True) for span in found]
        vectors = self._embed(self._texts + pieces, progress)
        _write_lines(folder / files.ARTICLES, map(manifests.article_line, self._articles.values()))
        _write_lines(folder / files.PASSAGES, map(_passage_line, self._passages, spans))
        DenseIndex.build(ids, vectors[: len(ids)], self._encoder).save(folder / files.DENSE)
        np.save(folder / files.SENTENCES, vectors[len(ids) :].astype(np.float16), allow_pickle=False)
        indexed = [indexed_text(self._articles[p.article_id], p) for p in self._passages]
        LexicalIndex.build(ids, indexed).save(folder / files.LEXICAL)
        (folder / files.VOCABULARY).write_text(json.dumps(self._vocabulary(), ensure_ascii=False), "utf-8")
        manifest = self._manifest(folder)
        manifests.write(folder, manifest)
        return manifest

    def _embed(self, texts: Sequence[str], progress: Progress | None) -> Vectors:
        """The vectors of `texts`, taken over from the snapshot before where it has them."""
        known = {**self._known_sentences(), **self._known_passages()}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(missing, self._encoder.encode(missing, progress), strict=True))
        if not texts:
            return np.empty((0, self._encoder.model.dimensions), dtype=np.float32)
        return np.stack([known[text] for text in texts])

    def _manifest(self, folder: Path) -> Manifest:
        return Manifest(
            schema=manifests.SCHEMA,
            id=self.id,
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
            model=self._encoder.model,
            articles=self.digests,
            passages=len(self._passages),
            files=manifests.stamp_all(folder),
            settings=self._settings,
        )

    def _sentences(self, passage: Passage) -> tuple[Span, ...]:
        if self._before.get(passage.article_id) == self.digests[passage.article_id] and self._previous:
            return self._previous.sentences(passage.id)
        return tuple(sentences(passage.text))

    def _known_passages(self) -> dict[str, Vectors]:
        """Embedding text -> vector, for the passages of the snapshot before."""
        if not self._previous:
            return {}
        articles = self._previous.articles
        texts = (embedding_text(articles[row.passage.article_id], row.passage) for row in self._previous.rows)
        return dict(zip(texts, self._previous.dense.vectors(), strict=True))

    def _known_sentences(self) -> dict[str, Vectors]:
        if not self._previous:
            return {}
        return {
            span.of(row.passage.text): vector
            for row in self._previous.rows
            for span, vector in zip(row.sentences, self._previous.sentence_vectors(row.passage.id), strict=True)
        }

    def _vocabulary(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for article in self._articles.values():
            named = "\n".join((article.title, *article.also_called, article.text))
            counts.update(word.lower() for word in words(named))
        return dict(sorted(counts.items()))


def passage_changes(before: Iterable[Passage], after: Iterable[Passage]) -> PassageChanges:
    was, now = (Counter((passage.article_id, passage.text) for passage in side) for side in (before, after))
    gone, new = (Counter(article for article, _ in side.elements()) for side in (was - now, now - was))
    changed = gone & new
    return PassageChanges((new - changed).total(), changed.total(), (gone - changed).total())


def _by_id(articles: Iterable[Article]) -> dict[str, Article]:
    found: dict[str, Article] = {}
    for article in sorted(articles, key=lambda article: article.id):
        if article.id in found:
            raise LibraryError(f"two articles have the id {article.id!r}", "Give one of the two another id.")
        found[article.id] = article
    return found


def _passage_line(passage: Passage, spans: Sequence[Span]) -> bytes:
    record = {
        "article": passage.article_id,
        "start": passage.start,
        "end": passage.end,
        "sentences": [[span.start, span.end] for span in spans],
    }
    return json.dumps(record, ensure_ascii=False).encode()


def _write_lines(file: Path, lines: Iterable[bytes]) -> None:
    with file.open("wb") as stream:
        stream.writelines(line + b"\n" for line in lines)
