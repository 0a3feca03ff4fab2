"""The shipped questions are well formed, and every gold quote stands in an article word for word."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
QUESTIONS = CHECKOUT / "qa" / "evaluation" / "questions" / "shipped.jsonl"
ARTICLES = sorted((CHECKOUT / "corpus" / "articles").glob("*.md"))
FIELDS = ["id", "kind", "question", "history", "gold", "answerable", "notices"]
LABELS = ("reason", "topics")
"""Of questions that are to be declined."""
MINIMUM = {
    "plain": 60,
    "colloquial": 35,
    "misspelt": 35,
    "long": 30,
    "followup": 40,
    "comparison": 15,
    "unanswerable-near": 35,
    "unanswerable-far": 25,
    "off-topic": 15,
    "not-a-question": 15,
    "emergency": 20,
    "crisis": 15,
    "look-alike": 25,
}
ALWAYS_ANSWERABLE = {"plain", "colloquial", "misspelt", "long", "comparison"}
NEVER_ANSWERABLE = {"unanswerable-near", "unanswerable-far", "off-topic", "not-a-question"}
NOTICES: tuple[list[str], ...] = ([], ["emergency"], ["crisis"], ["crisis", "emergency"], ["personal"])

QUESTION_LINES = QUESTIONS.read_text(encoding="utf-8").splitlines()
SHIPPED: list[dict[str, Any]] = [json.loads(line) for line in QUESTION_LINES]
BODIES = {path.stem: path.read_text(encoding="utf-8").split("---\n", 2)[2] for path in ARTICLES}

each_question = pytest.mark.parametrize("question", SHIPPED, ids=lambda question: str(question["id"]))


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold())) or text


def test_there_are_enough_of_every_kind() -> None:
    counts = Counter(question["kind"] for question in SHIPPED)
    assert set(counts) == set(MINIMUM)
    assert {kind: counts[kind] for kind, least in MINIMUM.items() if counts[kind] < least} == {}


def test_ids_name_the_kind_and_count_up() -> None:
    counted: Counter[str] = Counter()
    for question in SHIPPED:
        counted[question["kind"]] += 1
        assert question["id"] == f"{question['kind']}-{counted[question['kind']]:03d}"


def test_no_question_is_asked_twice() -> None:
    asked = Counter((plain(question["question"]), *map(plain, question["history"])) for question in SHIPPED)
    assert [text for text, times in asked.items() if times > 1] == []


def test_every_article_is_asked_about() -> None:
    gold = {quote for question in SHIPPED for quote in question["gold"]}
    assert [name for name, body in BODIES.items() if not any(quote in body for quote in gold)] == []


@each_question
def test_a_question_has_the_agreed_fields(question: dict[str, Any]) -> None:
    assert [field for field in question if field not in LABELS] == FIELDS
    for field in ("id", "kind", "question"):
        assert isinstance(question[field], str)
        assert question[field] == question[field].strip() != ""
    for field in ("history", "gold", "notices"):
        assert isinstance(question[field], list)
        assert all(isinstance(entry, str) and entry == entry.strip() != "" for entry in question[field])
    assert isinstance(question["answerable"], bool)


@each_question
def test_gold_quotes_are_whole_sentences_of_an_article(question: dict[str, Any]) -> None:
    assert len(set(question["gold"])) == len(question["gold"])
    for quote in question["gold"]:
        whole = re.compile(rf"(?:^|(?<=[.?!:] )){re.escape(quote)}(?=$| )", re.MULTILINE)
        assert any(whole.search(body) for body in BODIES.values()), quote
        assert quote[-1] in ".?!" or "\n- " in quote, f"cut short: {quote}"


@each_question
def test_a_question_is_answerable_exactly_when_it_has_gold(question: dict[str, Any]) -> None:
    assert question["answerable"] == bool(question["gold"])
    if question["kind"] in ALWAYS_ANSWERABLE:
        assert question["answerable"]
    if question["kind"] in NEVER_ANSWERABLE:
        assert not question["answerable"]


@each_question
def test_what_is_declined_says_why_and_near_ones_where_to_go(question: dict[str, Any]) -> None:
    near, apart = question["kind"] == "unanswerable-near", question["kind"] == "not-a-question"
    assert ("reason" in question) == (question["kind"] in NEVER_ANSWERABLE)
    assert question.get("reason") in (("unclear", "not_a_question") if apart else ("not_covered", None))
    assert bool(question.get("topics")) == near
    assert set(question.get("topics", [])) <= BODIES.keys()


@each_question
def test_notices_fit_the_kind(question: dict[str, Any]) -> None:
    kind, notices = question["kind"], question["notices"]
    assert notices in NOTICES
    if kind in ("emergency", "crisis"):
        assert kind in notices
    elif kind == "look-alike":
        assert notices == []
    else:
        assert notices in ([], ["personal"])


@each_question
def test_only_follow_ups_have_a_history(question: dict[str, Any]) -> None:
    assert (1 <= len(question["history"]) <= 3) == (question["kind"] == "followup")
