"""How the answers to a question set differ between two snapshots: what wins, what loses, what is quoted first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.models import Article
from index.encoder import Progress
from index.live import FixedIndex
from index.snapshot import Snapshot
from qa.answering import Answerer
from qa.evaluation.datasets import Question
from qa.evaluation.measures import APART
from qa.evaluation.quotes import success
from qa.models import Answer
from qa.notices import Notices

SHIPPED_QUESTIONS = Path(__file__).parent / "questions" / "shipped.jsonl"

_NEAR = 5
"""Passages that a gold quote is looked for in: its own words find it."""

Effect = Literal["won", "lost", "first quote"]


@dataclass(frozen=True, slots=True)
class Given:
    """What one snapshot answered. `passage`, `title` and `quote` are those of the first passage, if there is one."""

    outcome: str
    """"answered", or the reason why not."""
    passage: str | None
    title: str | None
    quote: str | None


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One question whose answer changes, and in which way."""

    id: str
    question: str
    effect: Effect
    why: str
    before: Given
    after: Given


@dataclass(frozen=True, slots=True)
class AnswerChanges:
    """The changes in the order of the file. `not_asked` says why no question was asked; None when they were."""

    questions: str
    asked: int
    changes: tuple[AnswerChange, ...] = ()
    not_asked: str | None = None

    def of(self, effect: Effect) -> tuple[AnswerChange, ...]:
        return tuple(change for change in self.changes if change.effect == effect)


def compare_answers(
    name: str, questions: Sequence[Question], before: Snapshot, after: Snapshot, progress: Progress
) -> AnswerChanges:
    """Ask both snapshots all questions.

    A question that is answerable wins when a gold quote is shown that was not before, or when it is answered at
    all; one that is not answerable wins when it is declined; of one nobody has judged any answer is a win.

    Args:
        name: of the question set.
    """
    notices = Notices.load()
    old, new = Answerer(FixedIndex(before), notices), Answerer(FixedIndex(after), notices)
    found: list[AnswerChange] = []
    for done, question in enumerate(questions, start=1):
        answers = (answerer.answer(question.text, question.history) for answerer in (old, new))
        found.extend(_change(question, *answers))
        progress(done, len(questions))
    return AnswerChanges(name, len(questions), tuple(found))


def about(questions: Sequence[Question], before: Snapshot, new: Sequence[Article]) -> bool:
    """Whether the first gold quote of a question stands in an article of `before` or in one that is new or changed."""
    quotes = [question.gold[0] for question in questions if question.gold]
    if any(_stands(quote, before) for quote in quotes):
        return True
    return any(quote in article.text for article in new for quote in quotes)


def _stands(quote: str, snapshot: Snapshot) -> bool:
    near = {snapshot.passage(hit.passage_id).article_id for hit in snapshot.lexical.search(quote, _NEAR)}
    return any(quote in snapshot.articles[article_id].text for article_id in near)


def _change(question: Question, before: Answer, after: Answer) -> Iterator[AnswerChange]:
    old, new = _worth(question, before), _worth(question, after)
    was, now = _given(before), _given(after)
    if old != new:
        effect: Effect = "won" if new > old else "lost"
        yield AnswerChange(question.id, question.text, effect, _why(question, old, new), was, now)
    elif was.quote != now.quote:
        yield AnswerChange(question.id, question.text, "first quote", _first_quote(was, now), was, now)


def _worth(question: Question, answer: Answer) -> tuple[bool, bool]:
    """How right an answer is, better is greater: a gold quote is shown; it was decided right whether to answer."""
    answered = answer.status == "answered"
    if question.answerable is False:
        return False, question.kind in APART or not answered
    return bool(success([passage.text for passage in answer.passages], question.gold)), answered


def _why(question: Question, old: tuple[bool, bool], new: tuple[bool, bool]) -> str:
    if question.answerable is False:
        return "now declined, as it should be" if new[1] else "now answered, though marked as not answerable"
    if old[1] != new[1]:
        return "now answered" if new[1] else "now declined"
    return "a gold quote is now shown" if new[0] else "no gold quote is shown any more"


def _first_quote(was: Given, now: Given) -> str:
    return "other words are quoted first" if was.quote and now.quote else f"{was.outcome} -> {now.outcome}"


def _given(answer: Answer) -> Given:
    outcome = answer.reason or answer.status
    if not answer.passages:
        return Given(outcome, None, None, None)
    first = answer.passages[0]
    return Given(outcome, first.id, first.article.title, first.text)
