"""Every stage of one answer, as the pipeline itself made it, with times: what `wellquoted inspect` shows."""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from difflib import SequenceMatcher

from index.lexical import words
from index.searcher import Hit
from index.snapshot import Snapshot
from qa.answering import Answerer, Watcher
from qa.confidence import Calibration
from qa.evidence import Evidence, Question
from qa.gaps import missing_words
from qa.models import Answer, Confidence
from qa.notices import Hearing
from qa.understanding import Understood

SHOWN = 10
"""Places of each ranking that are kept."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How long one stage took, milliseconds."""

    name: str
    ms: float


@dataclass(frozen=True, slots=True)
class Rewording:
    """Words that were replaced before searching. `by`: "spelling", "acronym", both, or "follow-up"."""

    was: str
    now: str
    by: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. `alone` is the question without the conversation, `views` what was encoded."""

    typed: str
    history: tuple[str, ...]
    alone: str
    searched: str
    rewordings: tuple[Rewording, ...]
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranking. `parts`: what the score is made of; empty where it is of one piece."""

    rank: int
    passage: str
    title: str
    section: tuple[str, ...]
    score: float
    text: str
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rankings:
    """The best of each ranking, in the order in which they are made."""

    dense: tuple[Place, ...]
    bm25: tuple[Place, ...]
    fused: tuple[Place, ...]
    rescored: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """One feature of the decision: it adds `value * weight` to the log-odds."""

    name: str
    value: float
    weight: float

    @property
    def adds(self) -> float:
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Decision:
    """Why it was answered or not. `missing`: words of the question that the first passage and its headings lack."""

    factors: tuple[Factor, ...]
    bias: float
    probability: float
    answer_from: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merging:
    """Ids of the passages close behind the first one, and of what is left when neighbours and doubles are merged."""

    close: tuple[str, ...]
    merged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """One answer and how it came about. The stages that were not reached are None."""

    answer: Answer
    notices: tuple[Hearing, ...]
    reading: Reading
    rankings: Rankings | None
    decision: Decision | None
    merging: Merging | None
    stages: tuple[Stage, ...]

    def as_json(self) -> dict[str, object]:
        """JSON types, key for key as `docs/json.md` describes them."""
        return asdict(self)


def inspect(
    answerer: Answerer, question: str, history: Sequence[str] = (), k: int = 3, *, exact: bool = False
) -> Inspection:
    """Answer and keep what every stage made; the arguments are those of `Answerer.answer`.

    Args:
        answerer: one over a `FixedIndex`, so that a build in between cannot change what is looked at.

    Raises:
        SnapshotError: there is no index.
    """
    answerer.require_index()
    recorder = _Recorder()
    answer = answerer.answer(question, history, k, exact=exact, watcher=recorder)
    snapshot = answerer.snapshot()
    assert snapshot, "there is one: it was just required"
    return Inspection(
        answer,
        tuple(recorder.hearing),
        _reading(answerer, snapshot, answer, history, recorder.asked, exact=exact),
        _rankings(snapshot, recorder) if recorder.reranked else None,
        _decision(snapshot, recorder, answerer.choices.calibration, answer.searched),
        recorder.merging,
        recorder.stages,
    )


class _Recorder(Watcher):
    """Keeps what it is shown. A stage has taken the time since the one before, each time it was run."""

    def __init__(self) -> None:
        self._took: dict[str, float] = {}
        self.hearing: Sequence[Hearing] = ()
        self.asked: Sequence[Question] = ()
        self.dense: Sequence[Hit] = ()
        self.bm25: Sequence[Hit] = ()
        self.both: Sequence[Hit] = ()
        self.reranked: Sequence[Evidence] = ()
        self.features: dict[str, float] | None = None
        self.probability = self.needed = 0.0
        self.merging: Merging | None = None
        self._since = time.perf_counter()

    def heard(self, hearing: Sequence[Hearing]) -> None:
        self._end("listen")
        self.hearing = hearing

    def understood(self, understood: Understood) -> None:  # noqa: ARG002 (its time is what counts)
        self._end("understand")

    def encoded(self, asked: Sequence[Question]) -> None:
        self._end("encode")
        self.asked = asked

    def near(self, hits: Sequence[Hit]) -> None:
        self._end("dense")
        self.dense = hits

    def matching(self, hits: Sequence[Hit]) -> None:
        self._end("bm25")
        self.bm25 = hits

    def fused(self, hits: Sequence[Hit]) -> None:
        self._end("fuse")
        self.both = hits

    def ranked(self, ranked: Sequence[Evidence]) -> None:
        self._end("rescore")
        self.reranked = ranked

    def read(self, ranked: Sequence[Evidence]) -> None:
        self._end("read")
        self.reranked = ranked

    def decided(self, found: dict[str, float], confidence: Confidence, needed: float) -> None:
        self._end("decide")
        self.features, self.probability, self.needed = found, confidence.probability, needed

    def merged(self, close: Sequence[Evidence], merged: Sequence[Evidence]) -> None:
        self._end("merge")
        self.merging = Merging(tuple(e.passage.id for e in close), tuple(e.passage.id for e in merged))

    def finished(self) -> None:
        self._end("cite")

    def _end(self, stage: str) -> None:
        now = time.perf_counter()
        self._took[stage] = self._took.get(stage, 0.0) + (now - self._since) * 1000
        self._since = now

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(Stage(name, round(took, 3)) for name, took in self._took.items())


def _reading(
    answerer: Answerer,
    snapshot: Snapshot,
    answer: Answer,
    history: Sequence[str],
    asked: Sequence[Question],
    *,
    exact: bool,
) -> Reading:
    alone = answerer.understanding(snapshot).understand(answer.question, (), exact=exact).searched
    long_names = set(answerer.understanding(snapshot).acronyms.values())
    changes = [
        *(Rewording(was, now, _cause(was, now, long_names)) for was, now in _replaced(answer.question, alone)),
        *(Rewording(was, now, "follow-up") for was, now in _replaced(alone, answer.searched)),
    ]
    return Reading(
        answer.question, tuple(history), alone, answer.searched, tuple(changes), tuple(q.text for q in asked)
    )


def _cause(was: str, now: str, long_names: Collection[str]) -> str:
    """Words beside each other that were replaced for two reasons are told as one."""
    written_out = {name for name in long_names if name in now.lower() and name not in was.lower()}
    if not written_out:
        return "spelling"
    return "acronym" if now.lower() in written_out else "spelling, acronym"


def _replaced(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The runs of words in which the two differ; case and punctuation do not count."""
    was, now = words(before), words(after)
    matcher = SequenceMatcher(None, [w.lower() for w in was], [w.lower() for w in now], autojunk=False)
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what != "equal":
            yield " ".join(was[start:end]), " ".join(now[new_start:new_end])


def _rankings(snapshot: Snapshot, recorder: _Recorder) -> Rankings:
    return Rankings(
        _places(snapshot, recorder.dense),
        _places(snapshot, recorder.bm25),
        _places(snapshot, recorder.both),
        tuple(
            _place(snapshot, n, evidence.passage.id, evidence.score, score_parts(evidence))
            for n, evidence in enumerate(recorder.reranked[:SHOWN], start=1)
        ),
    )


def _places(snapshot: Snapshot, hits: Sequence[Hit]) -> tuple[Place, ...]:
    return tuple(_place(snapshot, n, hit.passage_id, hit.score, {}) for n, hit in enumerate(hits[:SHOWN], start=1))


def _place(snapshot: Snapshot, rank: int, passage_id: str, score: float, parts: dict[str, float]) -> Place:
    passage = snapshot.passage(passage_id)
    title = snapshot.articles[passage.article_id].title
    return Place(rank, passage_id, title, passage.section, round(score, 4), passage.text, parts)


def score_parts(evidence: Evidence) -> dict[str, float]:
    """The numbers that the score of a passage is made from, by their names in `Evidence`."""
    names = [each.name for each in fields(evidence)]
    names += [name for name, member in vars(Evidence).items() if isinstance(member, property) and name != "score"]
    values = {name: getattr(evidence, name) for name in names}
    return {name: round(value, 4) for name, value in values.items() if isinstance(value, float)}


def _decision(snapshot: Snapshot, recorder: _Recorder, calibration: Calibration, searched: str) -> Decision | None:
    if recorder.features is None:
        return None
    factors = [Factor(name, round(value, 4), calibration.weights[name]) for name, value in recorder.features.items()]
    missing = tuple(missing_words(snapshot, searched, [recorder.reranked[0].passage]))
    return Decision(tuple(factors), calibration.bias, recorder.probability, recorder.needed, missing)
