"""A question that leans on the ones before it -> a question that stands on its own.

Rules, not a model: a pronoun with nothing before it to stand for, a connective ("and treatment?", "what about
coffee?"), or words that only ask for an aspect ("what are the symptoms?") borrow the topic of the question before.
"""

import re
from collections.abc import Sequence
from functools import reduce

from index.lexical import is_stop_word, stem, words

_PRONOUN = re.compile(
    r"\b(its|it|they|them|their|those|these|this|that|(?<!no )(?<!any )(?<!every )(?<!each )one(?! of\b))\b",
    re.IGNORECASE,
)
_BE_IT = r"(?:\b(?:is|was|isn['\u2019]?t) it|\bit(?:['\u2019]s| is| was| be))\b"
_EXPLETIVE = re.compile(
    rf"{_BE_IT}[^,.;:!?]*(?<!ed)(?<!\bdue)(?<!\bsimilar)(?<!\bgoing) to\b|{_BE_IT}(?: \w+)? that\b"
    rf"|{_BE_IT} (?:\w+ )?(?:normal|bad|good|ok|okay|fine|safe|serious|dangerous|harmful|common|usual) (?:if|when)\b"
    r"|\bit (?:helps?|matters?) (?:to|if|when)\b|\bit takes?\b|\b(?:does|will|can) it take\b",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"^(?:(?:and|but|or|so|also|then|ok|okay)\b[ ,]*)?(?:what|how) about\b|^(?:and|but|or|also|so)\b,?",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,.;:!?]|\b(?:and|but|or|because|when|if|so)\b", re.IGNORECASE)
_ASKING_OF_SOMEBODY = re.compile(
    r"\b(?:am|are|is|was|were|do|does|did|will|would|can|could|should|have|has) (?:i|he|she|we|you)\b", re.IGNORECASE
)
"""Where a question begins that no comma parts from what was told: "my dad had als am i going to get it"."""
_PLURAL = frozenset({"they", "them", "their", "these", "those"})
_OBJECT = frozenset({"it", "them", "one"})
_ASPECTS = frozenset(
    stem(word)
    for word in (
        "treatment treated cured therapy remedy symptom sign cause reason diagnosis diagnosed test exam doctor see "
        "prevent prevention risk prognosis outlook medicine medication drug pill type kind complication last long "
        "common rare age hereditary genetic serious dangerous harmful worse better bad normal work stop happen start "
        "begin help hurt go away recover permanent forever name called define definition meaning example option home "
        "dose often usually always sometimes quickly fast much many people person need use true sure difference "
        "different ok safe tell know find check"
    ).split()
)
_RELATIONS = frozenset(
    stem(word)
    for word in (
        "cause trigger affect help make stop treat cure diagnose mean happen feel look relieve reduce increase lead "
        "worsen occur take use start turn become get give ease bring"
    ).split()
)
MOST_RUNS = 2
MOST_ELLIPTIC = 3
"""A question of more terms than this stands on its own, connective or not."""


def resolve(question: str, history: Sequence[str]) -> str:
    """The question as it would be asked with no conversation before it.

    Args:
        question: what was asked now.
        history: the questions before it, oldest first.
    """
    return reduce(lambda before, now: _resolve_one(now, before), [*history, question], "")


def _resolve_one(question: str, before: str) -> str:
    if not topic_runs(before):
        return question
    if _CONNECTIVE.search(question) and len(_content(question)) <= MOST_ELLIPTIC:
        return _after_connective(question, before)
    pronoun = _free_pronoun(question)
    if pronoun:
        return _substituted(question, pronoun, before)
    if _asks_only_an_aspect(question):
        return f"{_topic(before)}: {question}"
    return question


def topic_runs(question: str) -> list[str]:
    """The runs of words a question is about: "can stress cause muscle twitching" -> ["stress", "muscle twitching"]."""
    runs: list[list[str]] = [[]]
    for word in words(question):
        if is_stop_word(word) or stem(word) in _RELATIONS or stem(word) in _ASPECTS:
            runs.append([])
        else:
            runs[-1].append(word)
    return [" ".join(run) for run in runs if run]


def _content(question: str) -> list[str]:
    return [word for word in words(question) if not is_stop_word(word)]


def _free_pronoun(question: str) -> re.Match[str] | None:
    """The first pronoun that no noun of its own question can stand for.

    A noun in the same clause is no antecedent of an object ("does exercise make it worse": not the exercise;
    principle B of binding, Chomsky 1981), one in a clause before may be ("my leg twitches, how do I stop it").
    """
    match = _leaning_pronoun(question)
    if not match or _is_expletive(question) or _is_determiner(question, match):
        return None
    before = question[: match.start()]
    asking = _ASKING_OF_SOMEBODY.search(before)
    told = bool(asking and topic_runs(before[: asking.start()]))
    same_clause = not told and not _CLAUSE_END.search(before)
    if topic_runs(before) and not (same_clause and match[0].lower() in _OBJECT):
        return None
    return match


def _leaning_pronoun(question: str) -> re.Match[str] | None:
    """The first pronoun, but "it" rather than a "they" before it: "how do they test for it" means the doctors."""
    found = list(_PRONOUN.finditer(question))
    if found and found[0][0].lower() == "they":
        return next((match for match in found if match[0].lower() == "it"), found[0])
    return found[0] if found else None


def _is_expletive(question: str) -> bool:
    """ "is it normal to ...", "how long does it take ...", but not "is it linked to ...", "is it worse when ..."."""
    return bool(_EXPLETIVE.search(question)) and bool(topic_runs(question))


def _is_determiner(question: str, match: re.Match[str]) -> bool:
    """ "this twitching", "one test": the noun follows."""
    following = _next_word(question, match.end())
    if match[0].lower() == "one":
        return bool(_content(following)) and stem(following) not in _RELATIONS | {"go", "last"}
    return match[0].lower() in {"this", "that", "these", "those"} and bool(topic_runs(following))


def _next_word(text: str, offset: int) -> str:
    return next(iter(text[offset:].split()), "")


def _asks_only_an_aspect(question: str) -> bool:
    return not topic_runs(question)


def _substituted(question: str, pronoun: re.Match[str], before: str) -> str:
    topic = _plural_topic(before) if pronoun[0].lower() in _PLURAL else _topic(before)
    return f"{question[: pronoun.start()]}{topic}{question[pronoun.end() :]}"


def _topic(before: str) -> str:
    """What `before` is about: its first things named, so that topics do not pile up along a conversation."""
    return " ".join(topic_runs(before)[:MOST_RUNS])


def _plural_topic(before: str) -> str:
    """Several things: keeps the aspect asked about, "what medicines treat BFS" -> "medicines BFS"."""
    return " ".join(word for word in _content(before) if stem(word) not in _RELATIONS)


def _after_connective(question: str, before: str) -> str:
    """ "and treatment?" keeps the whole topic; "what about coffee?" takes the place of its first part."""
    rest = _CONNECTIVE.sub("", question).strip(" ,")
    pronoun = _free_pronoun(rest)
    if pronoun:
        return _substituted(rest, pronoun, before)
    if _asks_only_an_aspect(rest):
        return f"{_topic(before)}: {rest}"
    runs = topic_runs(before)
    bare = len(words(rest)) <= MOST_ELLIPTIC
    kept = " ".join(runs[1:]) or (_plural_topic(before) if bare else runs[0])
    return f"{rest.rstrip('?')} {kept}?"
