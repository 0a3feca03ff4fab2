"""What a question asks for that the passages found do not have, as features of the decision to answer.

Passages about the thing asked look alike whether or not they hold the one detail that is wanted; these look at the
detail. docs/quality.md says what each adds.
"""

import re
from collections.abc import Sequence

from corpus.models import Passage
from index.lexical import is_stop_word, stem, terms, words
from index.snapshot import Snapshot
from qa.evidence import Evidence, Question, with_headings
from qa.followups import topic_runs

MOST_MISSING = 4
_ASKS_FIGURE = re.compile(
    r"\b(?:how (?:many|much|soon|quickly|fast|often|long|common|likely|high|low)|dos(?:e|es|age)|mg|range"
    r"|percent(?:age)?|rates?|number|chances?|odds|what age|amount)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozens?|hundreds?|half|third|quarter|percent"
    r"|(?:second|minute|hour|day|week|month|year)s?|once|twice|daily|weekly)\b",
    re.IGNORECASE,
)


def gaps(snapshot: Snapshot, question: Question, found: Sequence[Evidence]) -> dict[str, float]:
    """The features of one question, each in about [0, 1].

    rarest: how rare its rarest word is in the articles; 1: no passage has it, or it has no word that tells a topic.
    missing: words that stand in none of the passages; 1: four or more.
    no_figure: 1 if it asks for a figure, and the best sentence has none.
    out_of_place: see `_out_of_place`.

    Args:
        found: the evidence of the first passages for this question; not empty.
    """
    best = max(found, key=lambda evidence: evidence.best_sentence)
    missing = missing_words(snapshot, question.text, [evidence.passage for evidence in found])
    unheard_of = snapshot.lexical.highest_idf()
    return {
        "rarest": max(question.weights.values(), default=unheard_of) / unheard_of,
        "missing": min(len(missing), MOST_MISSING) / MOST_MISSING,
        "no_figure": float(bool(_ASKS_FIGURE.search(question.text)) and not _FIGURE.search(_first_sentence(found[0]))),
        "out_of_place": _out_of_place(snapshot, question, best, missing),
    }


def missing_words(snapshot: Snapshot, question: str, passages: Sequence[Passage]) -> list[str]:
    """The telling words of the question that stand in none of the passages or their headings, in order."""
    there = {term for passage in passages for term in terms(with_headings(snapshot, passage))}
    asked = dict.fromkeys(word for word in words(question) if not is_stop_word(word))
    return [word for word in asked if stem(word) not in there]


def _out_of_place(snapshot: Snapshot, question: Question, evidence: Evidence, missing: Sequence[str]) -> float:
    """How much nearer a sentence of the passage comes when the question drops what is missing.

    A passage that answers in other words comes no nearer; one that only lacks "pickle juice" does.
    """
    rare = sorted(missing, key=lambda word: -question.weights.get(stem(word), 0.0))[:MOST_MISSING]
    named = [run for run in topic_runs(question.text) if set(rare) & set(words(run))]
    shorter = [text for text in (_without(question.text, each) for each in dict.fromkeys([*rare, *named])) if text]
    sentences = snapshot.sentence_vectors(evidence.passage.id)
    if not shorter or not len(sentences):
        return 0.0
    nearest = (sentences @ snapshot.encoder.encode(shorter).T).max()
    return max(0.0, float(nearest - (sentences @ question.vector).max()))


def _without(text: str, dropped: str) -> str:
    return " ".join(re.sub(rf"(?<!\w){re.escape(dropped)}(?!\w)", "", text).split())


def _first_sentence(evidence: Evidence) -> str:
    """The best sentence of a passage."""
    scores = evidence.sentence_scores
    return evidence.sentences[scores.index(max(scores))].of(evidence.passage.text) if scores else evidence.passage.text
