"""Question-and-answer records: a section a question, and no word of an answer is lost."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers.jsonl import JsonLinesReader
from corpus.readers.reading import Reading
from corpus.structure import blocks

PROSE = "Twitches come and go, and most of them need no treatment at all from anyone."
URL = "https://example.org/cramps"


def read(*lines: dict[str, object]) -> list[Reading | ArticleError]:
    return list(JsonLinesReader().read("\n".join(map(json.dumps, lines)).encode(), "a.jsonl"))


def record(*answers: object, **fields: object) -> dict[str, object]:
    qa = [{"question": f"What is question {n}?", "answer": answer} for n, answer in enumerate(answers)]
    return {"focus": "Leg cramps", "url": URL, "source": "Example Press", "qa": qa, **fields}


def article(*answers: object, **fields: object) -> Article:
    [reading] = read(record(*answers, **fields))
    assert isinstance(reading, Reading), reading
    return reading.article


def test_each_question_heads_its_answer() -> None:
    found = article(PROSE, "Rest helps.\n\nSo does tea.")
    assert (found.title, found.publisher, found.url) == ("Leg cramps", "Example Press", URL)
    assert found.text == f"## What is question 0?\n\n{PROSE}\n\n## What is question 1?\n\nRest helps.\n\nSo does tea."
    assert [section.path for section in found.sections] == [("What is question 0?",), ("What is question 1?",)]


def test_pages_on_one_subject_have_ids_of_their_own_that_stay() -> None:
    here, there = article(PROSE), article("Rest helps.", url=f"{URL}/2")
    assert re.fullmatch(r"leg-cramps-[0-9a-f]{6}", here.id)
    assert re.fullmatch(r"leg-cramps-[0-9a-f]{6}", there.id)
    assert here.id != there.id
    assert article("Another answer.", source="Elsewhere").id == here.id
    assert article(PROSE, url=None).id == "leg-cramps"


def test_an_id_counts_where_it_can_be_one() -> None:
    assert article(PROSE, id="cramps").id == "cramps"
    [reading] = read(record(PROSE, id="1_GARD/7.xml"))
    assert isinstance(reading, Reading)
    assert reading.article.id.startswith("leg-cramps-")
    assert [(each.kind, each.text) for each in reading.dropped] == [("id", "1_GARD/7.xml")]


def test_fields_of_an_article_go_before_the_names_of_a_record() -> None:
    found = article(PROSE, title="Cramps", publisher="My clinic", licence="CC BY 4.0", reviewed="2020-02-29")
    assert (found.title, found.publisher, found.licence) == ("Cramps", "My clinic", "CC BY 4.0")
    assert str(found.reviewed) == "2020-02-29"


def test_headings_of_an_answer_stay_below_its_question() -> None:
    found = article(f"# Key Points\n\n{PROSE}\n\n## Causes\n\n{PROSE}")
    assert [section.path for section in found.sections] == [
        ("What is question 0?", "Key Points"),
        ("What is question 0?", "Causes"),
    ]


def test_a_list_put_on_one_line_is_a_list_again() -> None:
    found = article("Causes include:    - too much coffee    - too little sleep     - hard exercise")
    assert found.text.endswith("Causes include:\n\n- too much coffee\n- too little sleep\n- hard exercise")


def test_a_dash_between_words_is_no_list() -> None:
    assert article("A long - and painful - cramp hurts.").text.endswith("A long - and painful - cramp hurts.")


def test_what_is_not_answered_is_left_out_and_told() -> None:
    qa = [{"question": "Why?", "answer": " "}, {"question": "How?", "answer": PROSE}, 7, {"answer": PROSE}]
    [reading] = read(record(qa=qa))
    assert isinstance(reading, Reading)
    assert reading.article.text == f"## How?\n\n{PROSE}"
    assert [each.kind for each in reading.dropped] == ["question without an answer", "not a question", "not a question"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"focus": ""}, "no title"),
        ({"focus": None}, "no title"),
        ({"focus": 7}, "title is 7, not text"),
        ({"qa": []}, "no answer"),
        ({"qa": None}, "no answer"),
        ({"qa": "How?"}, "no answer"),
        ({"url": "example.org"}, "not a web address"),
        ({"source": ["A"]}, "publisher is ['A'], not text"),
        ({"focus": "肌肉", "url": None}, "no id"),
    ],
)
def test_a_bad_record_is_named_and_the_others_are_read(fields: dict[str, object], reason: str) -> None:
    error, good = read({**record(PROSE), **fields}, record(PROSE))
    assert isinstance(good, Reading)
    assert isinstance(error, ArticleError)
    assert str(error).startswith("a.jsonl: line 1: ")
    assert reason in error.reason
    assert error.advice


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=1, max_size=3))
def test_no_word_is_changed(answers: list[str]) -> None:
    [reading] = read(record(*answers))
    if isinstance(reading, ArticleError):
        assert not any(answer.strip() for answer in answers)
        return
    assert words(reading.article.text) == words(
        "\n".join(f"What is question {n}? {answer}" for n, answer in enumerate(answers) if answer.strip())
    )


MARK = r"(?:#{1,6}|[-*•‣▪◦·●○■□►✓✔➢⁃]|\d{1,3}[.)])"


def words(text: str) -> list[str]:
    """All words; marks of lists and headings are layout."""
    return [word for word in text.split() if not re.fullmatch(MARK, word)]


def test_no_word_of_medquad_is_changed(shared: Path) -> None:
    path = shared / "data" / "medquad" / "medquad_answered.jsonl"
    items = 0
    with path.open("rb") as file, path.open(encoding="utf-8") as lines:
        for line, reading in zip(lines, JsonLinesReader().stream(file, "medquad"), strict=True):
            if isinstance(reading, Reading):
                pairs = [(pair["question"], pair["answer"]) for pair in json.loads(line)["qa"]]
                assert words(reading.article.text) == words(" ".join(part for pair in pairs for part in pair))
                items += sum(block.kind == "item" for block in blocks(reading.article.text))
    assert items > 25_000
