"""Train a judge (`qa/adapter.py`): `python -m tests.training emergency`, `... crisis` or `... reading`.

All learn from the texts of `tests/written.py`; the first two also from the sentences of the notices' tests, the tuning
half of the shipped questions, and every second of MeQSum's letters that call for none. They need ../shared. On two idle
cores a kind of notice takes half an hour and reading an hour; with `--on` the stored judge goes on learning, in half
that time. Both kinds are taught the same; only the file differs: of a kind with two listeners the second, since the
first ones learnt by earlier recipes (docs/quality.md has which).
"""

import random
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import fmean
from typing import cast

import click
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import clip_grad_norm_
from tqdm import tqdm

from corpus.library import Library
from corpus.models import Article, Passage
from corpus.structure import sentences
from index.snapshot import Snapshot
from qa import reading
from qa.adapter import Judge
from qa.answering import rank
from qa.confidence import views
from qa.evaluation.datasets import load_questions
from qa.evidence import ask, with_headings
from qa.models import NoticeKind
from qa.notices import listening
from qa.settings import SHIPPED_ARTICLES
from qa.understanding import Understanding
from tests import written
from tests.mistyping import mistyped
from tests.qa import test_notices
from tests.questionsets import indexed, letters, medlineplus, of_other_subjects

SHIPPED = Path("qa/evaluation/questions/shipped.jsonl")
BATCH = 32
BUCKET = 40 * BATCH
"""Texts that are sorted by length together, so that little of a batch is padding."""
WARM_UP, STEEPEST = 0.1, 1.0
HEARING_RATE, READING_RATE = 1e-3, 5e-4
"""Highest learning rates: at 1e-3 reading has collapsed."""
RECENT = 50
"""Batches whose mean loss is shown."""
SHORT, AT_ONCE = 250, 550
"""Characters of a message that others are joined to, and of them together: about as long as a stretch."""
UNREAD = 0.5
"""Weight of a text that was written for another purpose, and that nobody read for what it calls for."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, or a question with a passage, and what a judge should say of it."""

    text: str
    wanted: tuple[float, ...]
    weight: float = 1.0
    other: str | None = None


def train(judge: Judge, rounds: Sequence[Sequence[Example]], rate: float) -> None:
    """Show the judge each round once, with AdamW and a learning rate that rises to `rate` and falls (Smith, 2018).

    The mean loss of the last batches is shown: one that stays where it began has collapsed, and says one thing of all.
    """
    steps = sum(-(-len(examples) // BATCH) for examples in rounds)
    values = [value for _, value in judge.trained()]
    optimizer = torch.optim.AdamW(values, rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=WARM_UP)
    losses: deque[float] = deque(maxlen=RECENT)
    judge.train()
    with tqdm(total=steps, unit="batch") as progress:
        for batch in (batch for examples in rounds for batch in _batches(examples)):
            loss = _loss(judge, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            clip_grad_norm_(values, STEEPEST)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            progress.set_postfix(loss=f"{fmean(losses):.3f}")
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


def notice_rounds(rounds: int) -> list[list[Example]]:
    """Messages as written, and each twice more as a hurried thumb would type it; long ones; what is ordinary."""
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
    asked = written.asked("train")
    unread = [question.text for question in written.questions("medlineplus", "train")][::2]
    alone = [span.of(text) for text in plain + letters(0) for span in sentences(text)][::2]
    told = [stretch for text in plain + letters(0) for stretch in listening.stretches(text)]
    ordinary = [Example(text, _heard(())) for text in told + alone + asked]
    ordinary += [Example(text, _heard(()), UNREAD) for text in unread]
    short = [each for each in said if len(each.text) < SHORT]
    harmless = [Example(text, _heard(())) for text in plain + alone + asked if len(text) < SHORT]
    return [
        [
            *said,
            *(Example(mistyped(each.text), each.wanted) for each in said * 2),
            *(_told(each, random.sample([*short, *harmless], random.randint(1, 3))) for each in short),
            *(_told(each, random.sample(harmless, random.randint(2, 5))) for each in short),
            *ordinary,
        ]
        for _ in range(rounds)
    ]


def _shuffled(examples: Sequence[Example]) -> list[Example]:
    return random.sample(examples, len(examples))


def _told(said: Example, others: Sequence[Example]) -> Example:
    """One message that says it all, in any order: whoever tells a story tells of more than one thing."""
    lengths = accumulate(len(part.text) for part in (said, *others))
    parts = _shuffled([part for part, length in zip((said, *others), lengths, strict=True) if length < AT_ONCE])
    wanted = tuple(max(values) for values in zip(*(part.wanted for part in parts), strict=True))
    return Example(random.choice(("\n", " ", ". ", " and ")).join(part.text for part in parts), wanted)


def _heard(notices: Iterable[str]) -> tuple[float, ...]:
    return tuple(float(kind in set(notices)) for kind in listening.KINDS)


POSITIVE, NOT_THIS, NOT_HERE = 2.0, 0.5, 0.7
"""Weights of the passage with the answer, of another found for the same question, and of one where there is none."""
SHOWN, NEAR, SEARCHED = 2, 6, 10
"""Passages: what a wrong answer would be made of, what comes near, and where the answer is looked for."""


def reading_rounds(rounds: int) -> list[list[Example]]:
    """Every round shows other passages among those the search finds; the shipped articles also what is not theirs."""
    made: list[list[Example]] = [[] for _ in range(rounds)]
    articles: dict[written.Site, Sequence[Article]] = {
        "medlineplus": medlineplus(),
        "shipped": Library(SHIPPED_ARTICLES).articles().articles,
    }
    sites = {name: indexed(name, found) for name, found in articles.items()}
    for name, site in sites.items():
        on_an_article = [question for question in written.questions(name, "train") if question.article]
        for question, asked, found in _searched(site, on_an_article):
            for examples in made:
                examples += _pairs(site, asked, question, found)
    beside = [question for question in written.questions("shipped", "train") if not question.article]
    elsewhere = [*of_other_subjects("train"), *beside * 2]
    random.shuffle(elsewhere)
    for example in _elsewhere(sites["shipped"], elsewhere):
        random.choice(made).append(example)
    return made


def _elsewhere(snapshot: Snapshot, questions: Sequence[written.Written]) -> Iterator[Example]:
    """What no article answers, each beside one passage that comes near: of the first ones, the one shown least so far.

    The same few come first for most other illnesses; a reader that is always shown them learns that they never answer.
    """
    shown: Counter[str] = Counter()
    for _, asked, found in _searched(snapshot, questions):
        if found:
            passage = min(found[:NEAR], key=lambda each: shown[each.id])
            shown[passage.id] += 1
            yield Example(asked, (0.0,), NOT_HERE, with_headings(snapshot, passage))


def _searched(
    snapshot: Snapshot, asked: Sequence[written.Written]
) -> Iterator[tuple[written.Written, str, list[Passage]]]:
    """With each question how it is read, and the passages found for it, best first."""
    understanding = Understanding(snapshot)
    for question in tqdm(asked, unit="question"):
        understood = understanding.understand(question.text, question.history, exact=False)
        if not understood.reason:
            ranked = rank(snapshot, ask(snapshot, [understood.searched])[0], once=True)
            yield question, reading.as_read(views(understood.read)), [item.passage for item in ranked[:SEARCHED]]


def _pairs(snapshot: Snapshot, asked: str, question: written.Written, found: Sequence[Passage]) -> Iterator[Example]:
    def pair(passage: Passage, wanted: float, weight: float) -> Example:
        return Example(asked, (wanted,), weight, with_headings(snapshot, passage))

    if question.answer is None:
        chosen = [*found[:SHOWN], *random.sample(found[SHOWN:NEAR], min(1, len(found[SHOWN:NEAR])))]
        yield from (pair(passage, 0.0, NOT_HERE) for passage in chosen)
        return
    right = [passage for passage in found if question.answered_by(passage)]
    wrong = [passage for passage in found if not question.answered_by(passage)][:NEAR]
    yield from (pair(passage, 1.0, POSITIVE) for passage in right[:1])
    yield from (pair(passage, 0.0, NOT_THIS) for passage in random.sample(wrong, min(2, len(wrong))))


def _judge(file: Path, outputs: Sequence[str], most_tokens: int, *, on: bool) -> Judge:
    return Judge.saved(file, outputs) if on else Judge(outputs, most_tokens)


@click.command(help=__doc__)
@click.argument("judge", type=click.Choice([*listening.KINDS, "reading"]))
@click.option("--on", is_flag=True, help="Teach the stored one on, in one round, instead of training anew.")
def main(judge: str, *, on: bool) -> None:
    random.seed(0)
    torch.manual_seed(0)
    rounds = 1 if on else 2
    if judge == "reading":
        file = reading.FILE
        trained = _judge(file, reading.OUTPUTS, reading.MOST_TOKENS, on=on)
        train(trained, reading_rounds(rounds), READING_RATE)
    else:
        file = listening.FILES[cast(NoticeKind, judge)][-1]
        trained = _judge(file, listening.KINDS, listening.MOST_TOKENS, on=on)
        train(trained, notice_rounds(rounds), HEARING_RATE)
    trained.save(file)
    click.echo(f"written: {file}")


if __name__ == "__main__":
    main()
