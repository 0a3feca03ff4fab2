"""The worklist in groups: near-identical questions together, with the nearest passage and why it was not enough."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np

from index.encoder import Encoder
from qa.answering import Answerer
from qa.inspecting import inspect
from qa.understanding import Understanding
from qa.worklist import Entry, Kind

ALIKE = 0.86
"""Cosine from which two questions are near-identical. Of 12 pairs that are it joins 10, of 14 pairs that are not 3: the
test has them. A group shows its wordings, so that a wrong one is seen."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The passage that came nearest to a question, asked now."""

    passage: str
    title: str
    section: tuple[str, ...]
    text: str
    probability: float
    answer_from: float
    missing: tuple[str, ...]
    """Words of the question that stand neither in the passage nor in its headings."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same. `question` is the one asked most often, as it was typed."""

    question: str
    searched: str
    count: int
    kinds: dict[Kind, int]
    wordings: tuple[str, ...]
    """All that were typed, most frequent first."""
    first: date
    last: date
    answered_now: bool
    """Whether the live index answers it by now."""
    nearest: Nearest | None
    """None where the question cannot be searched."""

    @property
    def why(self) -> str:
        """Why there is something to do, in words."""
        if not self.nearest:
            return "it is not clear what was asked"
        if self.answered_now:
            marked = self.count - self.kinds.get("no_answer", 0)
            return f"answered, but {marked} marked as wrong" if marked else "answered by now"
        found = self.nearest
        lacks = f"; it says nothing of: {', '.join(found.missing)}" if found.missing else ""
        return f"probability {found.probability:.2f}, answered from {found.answer_from:.2f}{lacks}"

    def as_json(self) -> dict[str, object]:
        """JSON types, key for key as `docs/worklist.md` describes them."""
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {**asdict(self), **days, "why": self.why}


def group(
    entries: Sequence[Entry], answerer: Answerer, encoder: Encoder, progress: Callable[[int, int], None]
) -> list[Group]:
    """The groups, most frequent first.

    Args:
        answerer: one over a `FixedIndex`: the snapshot that is searched for the nearest passages.
    """
    gathered = gather(entries, encoder)
    found: list[Group] = []
    for done, members in enumerate(gathered, start=1):
        found.append(_group(members, answerer))
        progress(done, len(gathered))
    return found


def gather(entries: Sequence[Entry], encoder: Encoder) -> list[list[Entry]]:
    """Entries that ask the same, most frequent first. Each wording joins the first more frequent one that is alike."""
    counts = Counter(entry.searched.casefold() for entry in entries)
    texts = sorted(counts, key=lambda text: (-counts[text], text))
    vectors = encoder.encode(texts)
    leaders: list[int] = []
    of_leaders = np.empty_like(vectors)
    leader_of: dict[str, str] = {}
    for row, text in enumerate(texts):
        alike = of_leaders[: len(leaders)] @ vectors[row]
        if alike.size and alike.max() >= ALIKE:
            leader_of[text] = texts[leaders[int(alike.argmax())]]
        else:
            of_leaders[len(leaders)] = vectors[row]
            leaders.append(row)
            leader_of[text] = text
    members: dict[str, list[Entry]] = {texts[row]: [] for row in leaders}
    for entry in entries:
        members[leader_of[entry.searched.casefold()]].append(entry)
    return sorted(members.values(), key=len, reverse=True)


def _group(members: Sequence[Entry], answerer: Answerer) -> Group:
    searched = Counter(entry.searched for entry in members).most_common(1)[0][0]
    wordings = [text for text, _ in Counter(entry.question for entry in members).most_common()]
    typed = Counter(entry.question for entry in members if entry.searched == searched).most_common(1)[0][0]
    inspection = inspect(answerer, searched, exact=True)
    nearest = None
    if inspection.rankings and inspection.decision:
        first, decision = inspection.rankings.rescored[0], inspection.decision
        where = first.passage, first.title, first.section, first.text
        nearest = Nearest(*where, decision.probability, decision.answer_from, decision.missing)
    return Group(
        typed,
        searched,
        len(members),
        dict(Counter(entry.kind for entry in members)),
        tuple(wordings),
        min(entry.day for entry in members),
        max(entry.day for entry in members),
        inspection.answer.status == "answered",
        nearest,
    )


def exported(groups: Sequence[Group], understanding: Understanding) -> list[dict[str, object]]:
    """A question file for `wellquoted evaluate`: nobody has said yet what would answer these.

    A follow-up is written with what it referred to, as the conversation it belongs to is not known.
    """

    def alone(typed: str) -> str:
        return understanding.understand(typed, (), exact=False).searched

    return [
        {
            "id": f"worklist-{number:03}",
            "kind": "worklist",
            "question": each.question if alone(each.question) == each.searched else each.searched,
            "history": [],
            "gold": [],
            "answerable": None,
        }
        for number, each in enumerate(groups, start=1)
    ]
