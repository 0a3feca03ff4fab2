"""Train a judge (`qa/adapter.py`): `python -m tests.training notices` or `python -m tests.training reading`.

Both learn from the texts of `tests/written.py`; the notices also from the sentences of their tests, the tuning half of
the shipped questions, and every second of MeQSum's letters, which call for none. Both need ../shared. On two idle cores
the notices take five minutes and reading half an hour.
"""

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import clip_grad_norm_
from tqdm import tqdm

from corpus.library import Library
from corpus.models import Passage
from corpus.structure import sentences
from index.snapshot import Snapshot
from qa import reading
from qa.adapter import Judge
from qa.answering import rank
from qa.evaluation.datasets import load_questions
from qa.evidence import ask
from qa.notices import listening
from qa.settings import SHIPPED_ARTICLES
from qa.understanding import Understanding
from tests import written
from tests.mistyping import mistyped
from tests.qa import test_notices
from tests.questionsets import indexed, medlineplus, meqsum

SHIPPED = Path("qa/evaluation/questions/shipped.jsonl")
BATCH = 32
BUCKET = 40 * BATCH
"""Texts that are sorted by length together, so that little of a batch is padding."""
RATE, WARM_UP, STEEPEST = 1e-3, 0.1, 1.0
SHORT = 250
"""Characters of a message that others are joined to."""
ORDINARY = 0.3
"""Weight of a question that was written for another purpose, and may deserve a notice."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, or a question with a passage, and what a judge should say of it."""

    text: str
    wanted: tuple[float, ...]
    weight: float = 1.0
    other: str | None = None


def train(judge: Judge, rounds: Sequence[Sequence[Example]]) -> None:
    """Show the judge each round once, with AdamW and a learning rate that rises and falls (Smith, 2018)."""
    steps = sum(-(-len(examples) // BATCH) for examples in rounds)
    values = [value for _, value in judge.trained()]
    optimizer = torch.optim.AdamW(values, RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=WARM_UP)
    judge.train()
    with tqdm(total=steps, unit="batch") as progress:
        for batch in (batch for examples in rounds for batch in _batches(examples)):
            loss = _loss(judge, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            clip_grad_norm_(values, STEEPEST)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            progress.update()


def _loss(judge: Judge, batch: Sequence[Example]) -> torch.Tensor:
    others = [example.other for example in batch if example.other is not None]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = judge([example.text for example in batch], others or None)
    wanted = torch.tensor([example.wanted for example in batch])
    weights = torch.tensor([[example.weight] for example in batch])
    return binary_cross_entropy_with_logits(logits, wanted, weights)


def _batches(examples: Sequence[Example]) -> Iterator[Sequence[Example]]:
    shuffled = _shuffled(examples)
    buckets = (shuffled[start : start + BUCKET] for start in range(0, len(shuffled), BUCKET))
    batches = [
        ordered[start : start + BATCH]
        for ordered in (sorted(bucket, key=lambda each: len(each.text + (each.other or ""))) for bucket in buckets)
        for start in range(0, len(ordered), BATCH)
    ]
    return iter(random.sample(batches, len(batches)))


def notice_rounds(rounds: int = 3) -> list[list[Example]]:
    """Messages as written, and each twice more as a hurried thumb would type it; long ones, and sentences alone."""
    said = [Example(message.text, _heard(message.notices)) for message in written.messages("train")]
    for texts, notices in (
        (test_notices.EMERGENCY, {"emergency"}),
        (test_notices.CRISIS, {"crisis"}),
        (test_notices.BOTH, {"emergency", "crisis"}),
        (test_notices.LOOK_ALIKES, set[str]()),
        (test_notices.PERSONAL, set[str]()),
    ):
        said += [Example(text, _heard(notices)) for text in texts]
    said += [Example(question.text, _heard(question.notices or ())) for question in load_questions(SHIPPED, "tune")]
    plain = [message.text for message in written.messages("train") if not message.notices]
    letters = [one.text for one in meqsum(medlineplus(), "chq")][::2]
    asked = [question.text for question in written.questions("medlineplus", "train")]
    alone = [span.of(text) for text in plain + letters for span in sentences(text)][::2]
    ordinary = [Example(text, _heard(()), ORDINARY) for text in asked + letters + alone]
    short = [each for each in said if len(each.text) < SHORT]
    beside = [*short, *(Example(text, _heard(())) for text in alone if len(text) < SHORT)]
    return [
        [
            *said,
            *(Example(mistyped(each.text), each.wanted) for each in said * 2),
            *(_joined(_shuffled([each, *random.sample(beside, random.randint(1, 3))])) for each in short),
            *ordinary,
        ]
        for _ in range(rounds)
    ]


def _shuffled(examples: Sequence[Example]) -> list[Example]:
    return random.sample(examples, len(examples))


def _joined(said: Sequence[Example]) -> Example:
    """One message that says it all: whoever tells a story tells of more than one thing."""
    wanted = tuple(max(values) for values in zip(*(each.wanted for each in said), strict=True))
    return Example(random.choice(("\n", " ", ". ", " and ")).join(each.text for each in said), wanted)


def _heard(notices: Iterable[str]) -> tuple[float, ...]:
    return tuple(float(kind in set(notices)) for kind in listening.KINDS)


POSITIVE, NOT_THIS, NOT_HERE = 2.0, 0.5, 0.7
"""Weights of the passage with the answer, of another found for the same question, and of one where there is none."""
FIRST, FOUND = 2, 6


def reading_rounds(rounds: int = 3) -> list[list[Example]]:
    """Every round shows other passages among those the search finds."""
    made: list[list[Example]] = [[] for _ in range(rounds)]
    for snapshot, asked in (
        (indexed("medlineplus", medlineplus()), written.questions("medlineplus", "train")),
        (indexed("shipped", Library(SHIPPED_ARTICLES).articles().articles), written.questions("shipped", "train")),
    ):
        understanding = Understanding(snapshot)
        for question in tqdm(asked, unit="question"):
            searched = understanding.understand(question.text, (), exact=False).searched
            found = [item.passage for item in rank(snapshot, ask(snapshot, [searched])[0], once=True)[:10]]
            for examples in made:
                examples += _pairs(snapshot, searched, question, found)
    return made


def _pairs(snapshot: Snapshot, searched: str, question: written.Written, found: Sequence[Passage]) -> Iterator[Example]:
    def pair(passage: Passage, wanted: float, weight: float) -> Example:
        return Example(searched, (wanted,), weight, reading.with_headings(snapshot, passage))

    if question.answer is None:
        chosen = [*found[:FIRST], *random.sample(found[FIRST:FOUND], min(1, len(found[FIRST:FOUND])))]
        yield from (pair(passage, 0.0, NOT_HERE) for passage in chosen)
        return
    right = [passage for passage in found if question.answered_by(passage)]
    wrong = [passage for passage in found if not question.answered_by(passage)][:FOUND]
    yield from (pair(passage, 1.0, POSITIVE) for passage in right[:1])
    yield from (pair(passage, 0.0, NOT_THIS) for passage in random.sample(wrong, min(2, len(wrong))))


def main(judge: str) -> None:
    random.seed(0)
    torch.manual_seed(0)
    if judge == "notices":
        trained, rounds, file = Judge(len(listening.KINDS), listening.MOST_TOKENS), notice_rounds(), listening.FILE
    else:
        trained, rounds, file = Judge(1, reading.MOST_TOKENS), reading_rounds(), reading.FILE
    train(trained, rounds)
    trained.save(file)
    print(f"written: {file}")


if __name__ == "__main__":
    main(sys.argv[1])
