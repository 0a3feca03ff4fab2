"""What was typed -> what is searched: spelling, follow-up, acronyms; and whether it is a question at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexical import is_stop_word, terms, words
from index.snapshot import Snapshot
from qa.acronyms import acronyms, expand
from qa.followups import resolve
from qa.models import Reason
from qa.spelling import Spelling

_COURTESIES = frozenset(
    (
        "hello hi hey hiya yo greetings morning afternoon evening night good thanks thank thx ty cheers bye goodbye "
        "welcome ok okay great nice cool lol haha hmm wow please sorry test testing helpful appreciate much day there"
    ).split()
)
_ALONE_UNCLEAR = frozenset(
    "help question info information advice question stuff thing things something anything".split()
)


@dataclass(frozen=True, slots=True)
class Understood:
    """`reason` says why there is nothing to search; None when there is."""

    searched: str
    read: str
    """What is searched, with acronyms as they were typed: passages seldom write them out."""
    reason: Reason | None


class Understanding:
    """Knows the words of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._spelling = Spelling(snapshot.vocabulary)
        self.acronyms = acronyms(snapshot.articles.values())
        """Acronym -> its usual expansion in lower case."""

    def understand(self, question: str, history: Sequence[str], *, exact: bool) -> Understood:
        """Work out what to search for.

        Args:
            question: as typed.
            history: the questions before it, oldest first.
            exact: search what was typed, uncorrected and on its own.
        """
        typed = _tidy(question)
        reason = self._not_searchable(typed)
        if exact or reason:
            return Understood(typed, typed, reason)
        before = [text for text in map(_tidy, history) if not self._not_searchable(text)]
        corrected = [self._spelling.correct(text) for text in (*before, typed)]
        resolved = resolve(corrected[-1], corrected[:-1])
        searched = _tidy(expand(resolved, self.acronyms))
        return Understood(searched, _tidy(resolved), None if terms(searched) else "unclear")

    def _not_searchable(self, typed: str) -> Reason | None:
        said = [word.lower() for word in words(typed)]
        if not said or not any(self._readable(word) for word in said):
            return "unclear"
        telling = [word for word in said if not is_stop_word(word)]
        if all(word in _COURTESIES for word in telling or said) and said[0] in _COURTESIES:
            return "not_a_question"
        return "unclear" if telling and all(word in _ALONE_UNCLEAR for word in telling) else None

    def _readable(self, word: str) -> bool:
        """A word, a number, a name or a misspelling, but not letters struck at random."""
        return word.isdigit() or self._spelling.recognises(word)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().rstrip("?").rstrip()
