"""What `index build` says about the answers: which questions win, lose, or change their first quote."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from itertools import takewhile
from operator import eq
from pathlib import Path

import click

from corpus.models import Article
from index.snapshot import Snapshot
from qa.cli.common import progress_bar
from qa.evaluation.changes import SHIPPED_QUESTIONS, AnswerChange, AnswerChanges, Effect, Given, about, compare_answers
from qa.evaluation.datasets import Question, load_questions

LISTED = 10
"""Changed questions that are printed of each kind; the JSON has all."""
PRINTED = 100
"""Characters of a question or quotation that are printed."""

_EFFECTS: dict[Effect, str] = {"won": "win", "lost": "lose", "first quote": "change their first quote"}


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """What is asked before and after a build. `chosen`: by the maintainer, so it is asked whatever it is about."""

    name: str
    questions: Sequence[Question]
    chosen: bool

    def compare(
        self, before: Snapshot, new: Sequence[Article], opened: Callable[[], AbstractContextManager[Snapshot]]
    ) -> AnswerChanges:
        """Ask the snapshot before and the one that `opened` opens, where that tells something.

        Args:
            new: the articles that are new or changed.
        """
        if not self.chosen and not about(self.questions, before, new):
            return self.not_asked("the shipped questions are about other articles; give your own with --questions FILE")
        with opened() as after, progress_bar("Asking") as progress:
            return compare_answers(self.name, self.questions, before, after, progress)

    def not_asked(self, why: str) -> AnswerChanges:
        return AnswerChanges(self.name, 0, (), why)


def question_set(file: Path | None, wanted: bool) -> QuestionSet:
    """The questions of `file`, else the shipped ones; none when they are not wanted."""
    chosen = file or SHIPPED_QUESTIONS
    return QuestionSet(str(chosen), load_questions(chosen) if wanted else (), chosen=file is not None)


def as_json(changes: AnswerChanges) -> dict[str, object]:
    counts = {effect: len(changes.of(effect)) for effect in _EFFECTS}
    return {**asdict(changes), "counts": counts}


def print_changes(changes: AnswerChanges) -> None:
    if changes.not_asked:
        click.echo(f"answers not compared: {changes.not_asked}")
        return
    counts = [f"{len(changes.of(effect))} {does}" for effect, does in _EFFECTS.items()]
    click.echo(f"answers to {changes.asked} questions: {', '.join(counts)}")
    for effect in _EFFECTS:
        _list(changes.of(effect))


def _list(changes: Sequence[AnswerChange]) -> None:
    for change in changes[:LISTED]:
        click.echo(f"  {change.effect}: {change.id}  {_short(change.question)}  ({change.why})")
        alike = _alike(change.before.quote, change.after.quote)
        click.echo(f"      before  {_shown(change.before, alike)}")
        click.echo(f"      after   {_shown(change.after, alike)}")
    if len(changes) > LISTED:
        click.echo(f"  and {len(changes) - LISTED} more: --json lists all")


def _shown(given: Given, alike: int) -> str:
    """What was given; of a quote that begins like the other one, from shortly before they differ."""
    if given.quote is None:
        return given.outcome
    start = given.quote.rfind(" ", 0, max(0, alike - PRINTED // 3)) + 1
    return f"“{'… ' if start else ''}{_short(given.quote[start:])}”  {given.title}"


def _alike(one: str | None, other: str | None) -> int:
    """Characters both begin with, when what differs might not be printed."""
    same = sum(takewhile(bool, map(eq, one or "", other or "")))
    return same if same > PRINTED // 2 and one != other else 0


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= PRINTED else f"{line[:PRINTED].rsplit(' ', 1)[0]} …"
