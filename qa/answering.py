"""A question in, an Answer out. `Answerer.answer` is the whole pipeline, readable from top to bottom."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.structure import sentences
from index.fusion import DEPTH, fuse, lexical_share
from index.live import Index
from index.searcher import Hit
from index.snapshot import Snapshot
from qa.citing import also_in, article_link, cited_article, source_link
from qa.confidence import Calibration, asks, calibration, features, views
from qa.evidence import Evidence, Question, ask, gather, shared_words
from qa.highlighting import highlights
from qa.merging import merge
from qa.models import Answer, CitedPassage, Confidence, Notice, Reason, Topic, in_danger
from qa.notices import Hearing, Notices
from qa.reading import read_first
from qa.understanding import Understanding, Understood

RERANKED = 80
"""Fused hits whose sentences are looked at."""
NAMED = 10
"""BM25's first hits are looked at wherever fusion puts them: a rare name may stand in one article only."""
CLOSE_BEHIND = 0.8
"""A further passage is shown when its score reaches this share of the first one's."""
TOPICS = 3
ON_TOPIC = 0.3
"""Similarity from which a passage counts as a nearest topic."""
LONGEST = 2000
"""Characters of a question that are read."""
REMEMBERED = 10
"""Earlier questions that a follow-up can refer to."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search without an answer gives: what was really searched, and the hits, best first."""

    searched: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen anew to try it. Every answerer has its own, and the site's has the defaults."""

    calibration: Calibration = field(default_factory=calibration)
    reranked: int = RERANKED
    close_behind: float = CLOSE_BEHIND


class Watcher:
    """Is shown what each stage of an answer made, just after it was made. This one looks away."""

    def heard(self, hearing: Sequence[Hearing]) -> None: ...

    def understood(self, understood: Understood) -> None: ...

    def encoded(self, asked: Sequence[Question]) -> None: ...

    def near(self, hits: Sequence[Hit]) -> None: ...

    def matching(self, hits: Sequence[Hit]) -> None: ...

    def fused(self, hits: Sequence[Hit]) -> None: ...

    def ranked(self, ranked: Sequence[Evidence]) -> None: ...

    def read(self, ranked: Sequence[Evidence]) -> None: ...

    def decided(self, found: dict[str, float], confidence: Confidence, needed: float) -> None: ...

    def merged(self, close: Sequence[Evidence], merged: Sequence[Evidence]) -> None: ...

    def finished(self) -> None: ...


_NOBODY = Watcher()


class Answerer:
    """Answers questions from the live snapshot. Safe to share between threads."""

    def __init__(self, live: Index, notices: Notices, choices: Choices | None = None) -> None:
        self._live = live
        self._notices = notices
        self.choices = choices or Choices()
        self._understanding: tuple[Snapshot, Understanding] | None = None

    def snapshot(self) -> Snapshot | None:
        """What is being answered from; None when nothing has been indexed."""
        return self._live.snapshot()

    def require_index(self) -> None:
        """Make sure that there is something to answer from.

        Raises:
            SnapshotError: nothing has been built yet, or what was built is damaged.
        """
        self._live.require()

    def answer(
        self,
        question: str,
        history: Sequence[str] = (),
        k: int = 3,
        *,
        exact: bool = False,
        watcher: Watcher = _NOBODY,
    ) -> Answer:
        """Answer with up to `k` quoted passages, or say honestly why not.

        Args:
            question: as typed; what is beyond `LONGEST` characters is not read.
            history: the questions asked before in this conversation, oldest first.
            k: the most passages to show, at least 1.
            exact: search just what was typed, with no correction and no history.
            watcher: is shown what every stage makes.
        """
        started = time.perf_counter()
        question, history = _legible(question), [_legible(text) for text in history[-REMEMBERED:]]
        snapshot = self.snapshot()
        watcher.heard(hearing := self._notices.hearing(question))
        draft = _Draft(question, self._notices.raised(hearing), snapshot, started)
        if snapshot is None or not snapshot.rows:
            return draft.declined(Understood(question, question, "empty_index"))
        understood = self.understanding(snapshot).understand(question, history, exact=exact)
        watcher.understood(understood)
        if understood.reason or (draft.in_crisis() and not self._in_doubt(question, hearing)):
            return draft.declined(understood)
        asked, ranked = find(snapshot, understood, self.choices.reranked, watcher, once=True)
        found = features(snapshot, asked, ranked)
        confidence = self.choices.calibration.confidence(found)
        needed = draft.needed(self.choices.calibration)
        watcher.decided(found, confidence, needed)
        if confidence.probability < needed:
            return draft.not_covered(understood.searched, confidence, nearest_topics(snapshot, ranked))
        close = [evidence for evidence in ranked if evidence.score >= self.choices.close_behind * ranked[0].score]
        merged = merge(snapshot, close)
        watcher.merged(close, merged)
        cited = tuple(cite(snapshot, understood.searched, chosen, n) for n, chosen in enumerate(merged[:k], start=1))
        watcher.finished()
        return draft.answered(understood.searched, confidence, cited)

    def _in_doubt(self, question: str, hearing: Sequence[Hearing]) -> bool:
        """Whether a crisis is in doubt, and the message leads to a question about something else."""
        said = [span.of(question) for span in sentences(question)]
        asking = [n for n, sentence in enumerate(said) if asks(sentence)]
        return bool(asking) and self._notices.in_doubt(hearing, " ".join(said[asking[-1] :]))

    def understanding(self, snapshot: Snapshot) -> Understanding:
        """What knows the words of `snapshot`; the one of the snapshot before is let go."""
        known = self._understanding
        if known is None or known[0] is not snapshot:
            self._understanding = known = snapshot, Understanding(snapshot)
        return known[1]

    def search(
        self, question: str, history: Sequence[str] = (), k: int = 10, *, snapshot: Snapshot | None = None
    ) -> Found:
        """Rank passages without deciding whether they answer; a question that cannot be searched finds nothing.

        Args:
            snapshot: the one to search, so that a batch is of one piece; default: the live one.
        """
        question, history = _legible(question), [_legible(text) for text in history[-REMEMBERED:]]
        snapshot = snapshot or self.snapshot()
        if snapshot is None or not snapshot.rows:
            return Found(question, ())
        understood = self.understanding(snapshot).understand(question, history, exact=False)
        if understood.reason:
            return Found(understood.searched, ())
        _, ranked = find(snapshot, understood, max(k, RERANKED))
        return Found(understood.searched, tuple(Hit(item.passage.id, round(item.score, 4)) for item in ranked[:k]))


def _legible(text: str) -> str:
    """The part of `text` that is read, without the half characters (lone surrogates) that JSON can carry."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


def find(
    snapshot: Snapshot, understood: Understood, depth: int = RERANKED, watcher: Watcher = _NOBODY, *, once: bool = False
) -> tuple[list[Question], list[Evidence]]:
    """The `views` of what is searched, and the passages, the first of which were read; best first. See `rank`."""
    watcher.encoded(asked := ask(snapshot, views(understood.searched)))
    ranked = rank(snapshot, asked[0], depth, watcher, once=once)
    watcher.read(ranked := read_first(snapshot, views(understood.read), ranked))
    return asked, ranked


def rank(
    snapshot: Snapshot, question: Question, depth: int = RERANKED, watcher: Watcher = _NOBODY, *, once: bool = False
) -> list[Evidence]:
    """Search, fuse and re-score the `depth` best by their sentences; best first.

    Args:
        once: leave out passages whose words a better one has: copies must not crowd out the rest.
    """
    reach = max(depth, DEPTH)
    while True:
        watcher.near(near := snapshot.dense.nearest(question.vector, reach))
        watcher.matching(matching := snapshot.lexical.search(question.text, reach))
        watcher.fused(hits := fuse(near, matching, lexical_share(question.text)))
        different = tuple(snapshot.twins.once(hits)) if once else hits
        if len(different) >= depth or reach >= len(snapshot.rows):
            break
        reach *= 4  # copies of a few passages fill both rankings
    named = {hit.passage_id for hit in matching[:NAMED]}
    looked_at = [hit for place, hit in enumerate(different) if place < depth or hit.passage_id in named]
    found = [gather(snapshot, question, hit.passage_id, hit.score) for hit in looked_at]
    ranked = sorted(found, key=lambda evidence: (-evidence.score, evidence.passage.id))
    watcher.ranked(ranked)
    return ranked


def nearest_topics(snapshot: Snapshot, ranked: Sequence[Evidence]) -> tuple[Topic, ...]:
    """The sections nearest to a question that got no answer."""
    topics: dict[str, Topic] = {}
    for evidence in ranked:
        if evidence.similarity >= ON_TOPIC:
            passage = evidence.passage
            title = passage.section[-1] if passage.section else snapshot.articles[passage.article_id].title
            topics.setdefault(title, Topic(title, passage.article_id, article_link(passage)))
    return tuple(topics.values())[:TOPICS]


def cite(snapshot: Snapshot, searched: str, evidence: Evidence, number: int) -> CitedPassage:
    """Everything a reader needs to trust and find a passage; its text is checked against the article again."""
    passage = evidence.passage
    article = snapshot.articles[passage.article_id]
    if article.text[passage.start : passage.end] != passage.text:
        raise RuntimeError(f"{passage.id} is not an exact slice of its article")
    return CitedPassage(
        number=number,
        id=passage.id,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        highlights=highlights(evidence),
        score=round(evidence.score, 4),
        why=_why(searched, evidence),
        article=cited_article(article, passage),
        source_link=source_link(article, passage),
        article_link=article_link(passage),
        also_in=also_in(snapshot, passage),
    )


def _why(searched: str, evidence: Evidence) -> str:
    matching = ", ".join(f'"{word}"' for word in shared_words(searched, evidence.passage.text)[:4])
    reasons = [f"matches {matching}"] if matching else []
    if evidence.similarity >= 0.5 or not reasons:
        reasons.append("close in meaning")
    return "; ".join(reasons)


class _Draft:
    """What is already known of an answer while it is being made."""

    def __init__(self, question: str, notices: tuple[Notice, ...], snapshot: Snapshot | None, started: float) -> None:
        self._question = question
        self._notices = notices
        self._snapshot = snapshot
        self._started = started

    def in_crisis(self) -> bool:
        return any(notice.kind == "crisis" for notice in self._notices)

    def needed(self, calibration: Calibration) -> float:
        """The probability from which it is answered: nobody in danger is to be left reading a weak match."""
        danger = in_danger(self._notices)
        return max(calibration.answer_from, calibration.medium_from) if danger else calibration.answer_from

    def answered(self, searched: str, confidence: Confidence, passages: tuple[CitedPassage, ...]) -> Answer:
        return self._finish(searched, None, confidence, passages, ())

    def not_covered(self, searched: str, confidence: Confidence, nearest: tuple[Topic, ...]) -> Answer:
        """Beside chest pain, "How can I calm stress?" would be an answer, and a wrong one: no topics there."""
        return self._finish(searched, "not_covered", confidence, (), () if in_danger(self._notices) else nearest)

    def declined(self, understood: Understood) -> Answer:
        return self._finish(understood.searched, understood.reason or "not_covered", Confidence("low", 0.0), (), ())

    def _finish(
        self,
        searched: str,
        reason: Reason | None,
        confidence: Confidence,
        passages: tuple[CitedPassage, ...],
        nearest: tuple[Topic, ...],
    ) -> Answer:
        return Answer(
            question=self._question,
            searched=searched,
            status="no_answer" if reason else "answered",
            reason=reason,
            confidence=confidence,
            notices=self._notices,
            passages=passages,
            nearest=nearest,
            snapshot=self._snapshot.id if self._snapshot else None,
            took_ms=round((time.perf_counter() - self._started) * 1000, 1),
        )
