"""What a question asks for that the passages found do not have, as features of the decision to answer.

Passages about the thing asked look alike whether or not they hold the one detail that is wanted; these look at the
detail. docs/quality.md says what each adds.
"""

import re
from collections.abc import Sequence

from index.lexical import STOP_WORDS, stem, terms, words
from index.snapshot import Snapshot
from qa.evidence import Evidence, Question
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

    Args:
        found: the evidence of the first passages for this question; not empty.
    """
    best = max(found, key=lambda evidence: evidence.best_sentence)
    return {
        "rarest": _rarest(snapshot, question),
        "missing": _missing(question, snapshot, found),
        "no_figure": float(bool(_ASKS_FIGURE.search(question.text)) and not _FIGURE.search(_first_sentence(found[0]))),
        "out_of_place": _out_of_place(snapshot, question, best),
    }


def _rarest(snapshot: Snapshot, question: Question) -> float:
    """How rare the question's rarest word is in the articles; 1: no passage has it."""
    return max(question.weights.values(), default=0.0) / snapshot.lexical.highest_idf()


def _missing(question: Question, snapshot: Snapshot, found: Sequence[Evidence]) -> float:
    """Words of the question that stand in none of the passages or their headings: of four, so many."""
    there = {term for evidence in found for term in terms(_with_headings(snapshot, evidence))}
    asked = {stem(word) for word in _content(question.text)}
    return min(len(asked - there), MOST_MISSING) / MOST_MISSING


def _out_of_place(snapshot: Snapshot, question: Question, evidence: Evidence) -> float:
    """How much nearer a sentence of the passage comes when the question drops one of its words or things named.

    A passage that answers comes no nearer; one that lacks just "pickle juice" does.
    """
    shorter = _shortened(question.text)
    sentences = snapshot.sentence_vectors(evidence.passage.id)
    if not shorter or not len(sentences):
        return 0.0
    nearest = (sentences @ snapshot.encoder.encode(shorter).T).max()
    return float(nearest - (sentences @ question.vector).max())


def _shortened(text: str) -> list[str]:
    dropped = dict.fromkeys([*_content(text), *topic_runs(text)])
    shorter = (" ".join(re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", "", text).split()) for each in dropped)
    return [each for each in shorter if each]


def _content(text: str) -> list[str]:
    return [word for word in dict.fromkeys(words(text)) if word.lower() not in STOP_WORDS]


def _first_sentence(evidence: Evidence) -> str:
    """The best sentence of a passage."""
    scores = evidence.sentence_scores
    return evidence.sentences[scores.index(max(scores))].of(evidence.passage.text) if scores else evidence.passage.text


def _with_headings(snapshot: Snapshot, evidence: Evidence) -> str:
    passage = evidence.passage
    return " ".join((snapshot.articles[passage.article_id].title, *passage.section, passage.text))
