"""Fills the worklist beside answering: unanswered questions in the background, what readers mark when they say so."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from corpus.errors import WellQuotedError
from qa.answering import Answerer
from qa.models import Answer, Reason, in_danger
from qa.notices import Notices
from qa.settings import Settings
from qa.worklist import Kind, Worklist, entry_of, may_be_kept

Judgement = Literal["answers", "does_not_answer", "wrong_part"]
"""What a reader says of an answer."""

UNANSWERED: frozenset[Reason] = frozenset({"not_covered", "unclear"})
"""Reasons that a maintainer can do something about."""
WAITING = 1000
"""Questions that wait to be written; more are dropped: an answer never waits."""
PURGE = 3600.0
"""Seconds after which what is too old is deleted even when nobody asks."""

_log = logging.getLogger(__name__)


class Feedback:
    """Keeps questions for the maintainer where the operator has turned that on. Safe to share between threads."""

    def __init__(self, worklist: Worklist, answerer: Answerer, notices: Notices) -> None:
        self.days = worklist.days
        self._worklist = worklist
        self._answerer = answerer
        self._notices = notices
        self._waiting: queue.Queue[tuple[Answer, Sequence[str]]] = queue.Queue(WAITING)
        threading.Thread(target=self._write, name="worklist", daemon=True).start()

    def answered(self, answer: Answer, history: Sequence[str]) -> None:
        """Keep the question if it got no answer. Returns at once."""
        if answer.reason in UNANSWERED and not in_danger(answer.notices):
            try:
                self._waiting.put_nowait((answer, history))
            except queue.Full:
                _log.warning("the worklist cannot keep up; a question was left out")

    def judged(
        self,
        judgement: Judgement,
        question: str,
        history: Sequence[str] = (),
        *,
        exact: bool = False,
        instead_of: Judgement | None = None,
    ) -> bool:
        """Take in what a reader said of the answer to `question`, which is asked again here: nothing but the words of
        a question is taken from outside.

        Args:
            instead_of: what the same reader said of it before.

        Returns:
            Whether it was noted; not when the question may not be kept.
        """
        answer = self._answerer.answer(question, history, exact=exact)
        if not self._may_be_kept(answer, history):
            return False
        if before := _kind(instead_of):
            self._worklist.withdraw(answer.question, before)
        if kind := _kind(judgement):
            self._worklist.add(entry_of(answer, kind))
        return True

    def wait(self) -> None:
        """Wait until everything is written."""
        self._waiting.join()

    def _may_be_kept(self, answer: Answer, history: Sequence[str]) -> bool:
        return may_be_kept(self._notices, [answer.question, answer.searched, *history])

    def _keep(self, answer: Answer, history: Sequence[str]) -> None:
        if self._may_be_kept(answer, history):
            self._worklist.add(entry_of(answer, "no_answer"))

    def _write(self) -> None:
        self._try(self._worklist.purge)
        while True:
            try:
                self._write_next()
            except queue.Empty:
                self._try(self._worklist.purge)

    def _write_next(self) -> None:
        """Wait for one question; nothing of it is held while the next is waited for."""
        answer, history = self._waiting.get(timeout=PURGE)
        try:
            self._try(partial(self._keep, answer, history))
        finally:
            self._waiting.task_done()

    def _try(self, work: Callable[[], None]) -> None:
        """A worklist that cannot be written is no reason to stop answering, nor to stop deleting."""
        try:
            work()
        except WellQuotedError as error:
            _log.error("%s %s", error, error.advice)
        except Exception as error:  # its text may hold the question
            _log.error("the worklist left a question out: %s", type(error).__name__)


def open_feedback(settings: Settings, answerer: Answerer) -> Feedback | None:
    """None where the worklist is off. What was kept before it was turned off still goes when its time is over."""
    if file := settings.worklist_file:
        return Feedback(Worklist(file, settings.worklist_days), answerer, Notices.load())
    try:
        Worklist(settings.worklist_default, settings.worklist_days).purge()
    except WellQuotedError as error:
        _log.error("%s %s", error, error.advice)
    return None


def _kind(judgement: Judgement | None) -> Kind | None:
    """How a judgement stands on the list; a good one does not."""
    return None if judgement is None or judgement == "answers" else judgement
