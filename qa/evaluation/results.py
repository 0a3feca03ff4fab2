"""Evaluation: what a run of the evaluator gives. Its JSON form is one file, read again by `compare`."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from ir_measures import ScoredDoc
from pydantic import TypeAdapter, ValidationError

import corpus
import index
import qa
from index.snapshot import Snapshot
from qa.confidence import calibration
from qa.evaluation.abstention import CoveragePoint
from qa.evaluation.datasets import DatasetError
from qa.evaluation.reliability import Bin

_SUFFIXES = {".py", ".json", ".toml", ".safetensors"}
_BESIDE = {"articles", "cli", "evaluation"}
"""Folders that decide nothing about an answer, or are stamped otherwise."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What was measured with what: enough to do it again."""

    dataset: str
    dataset_sha256: str
    split: str | None
    questions: int
    snapshot: str
    model: str
    model_sha256: str
    version: str
    pipeline_sha256: str
    """Of all code, weights and rules that rank, understand and decide: every setting stands in them."""
    settings: Mapping[str, float]
    """Those that are likeliest to be looked for."""
    measured: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as it was shown, or found where nothing was shown. `marks` are half-open spans of `text`."""

    title: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question: what came of it, and its scores. A score that does not apply is left out."""

    id: str
    question: str
    searched: str
    outcome: str
    """"answered", the reason why not, or "ranked" where there is nothing to decide."""
    shown: tuple[Shown, ...]
    took_ms: float
    kind: str = ""
    history: tuple[str, ...] = ()
    probability: float | None = None
    wanted: tuple[str, ...] = ()
    """The gold quotes, or the titles of the most relevant documents."""
    notices: tuple[str, ...] = ()
    notices_wanted: tuple[str, ...] | None = None
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KindResult:
    """The questions of one kind. `outcomes` counts them by what came of them."""

    questions: int
    outcomes: Mapping[str, int]
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything one run measured. `measures` holds those that apply; `qa.evaluation.measures` says what they mean."""

    stamp: Stamp
    measures: Mapping[str, float]
    kinds: Mapping[str, KindResult]
    coverage: tuple[CoveragePoint, ...]
    operating: CoveragePoint | None
    """Where the product answers today; None where it decides nothing."""
    reliability: tuple[Bin, ...]
    misplaced: tuple[str, ...]
    """Answerable questions none of whose gold quotes stands in an article of the snapshot."""
    questions: tuple[QuestionResult, ...]
    run: tuple[ScoredDoc, ...] = ()
    """All rankings, best first; not in the JSON, a run file is for them."""

    def to_json(self) -> bytes:
        return _EVALUATION.dump_json(self, exclude={"run"}, indent=1)

    @staticmethod
    def read(file: Path) -> "Evaluation":
        """Read what `to_json` wrote.

        Raises:
            DatasetError: it is something else.
        """
        try:
            return _EVALUATION.validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            raise DatasetError(
                f"{file} is not the result of an evaluation", "Make one: wellquoted evaluate DATASET --out FILE"
            ) from error


_EVALUATION = TypeAdapter(Evaluation)


def stamp(dataset: Path, files: Iterable[Path], split: str | None, questions: int, snapshot: Snapshot) -> Stamp:
    """Say what is being measured.

    Args:
        files: what the dataset consists of.
    """
    model = snapshot.manifest.model
    thresholds = calibration()
    return Stamp(
        dataset=str(dataset),
        dataset_sha256=_sha256(files),
        split=split,
        questions=questions,
        snapshot=snapshot.id,
        model=model.name,
        model_sha256=model.sha256,
        version=version("wellquoted"),
        pipeline_sha256=_sha256(_pipeline()),
        settings={
            "answer_from": thresholds.answer_from,
            "medium_from": thresholds.medium_from,
            "high_from": thresholds.high_from,
        },
        measured=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _pipeline() -> Iterable[Path]:
    """The files that decide what is answered."""
    for package in (corpus, index, qa):
        folder = Path(str(package.__file__)).parent
        files = (path for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES)
        yield from (path for path in files if path.relative_to(folder).parts[0] not in _BESIDE)


def _sha256(files: Iterable[Path]) -> str:
    """Of one file its own digest; of several, that of their digests in order."""
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
