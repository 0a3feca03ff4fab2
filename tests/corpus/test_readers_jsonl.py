"""JSON Lines: one article a line; a bad line is named and the others still go in."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from corpus.chunking import dangling
from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers import jsonl
from corpus.readers.jsonl import JsonLinesReader
from corpus.readers.reading import Reading

PROSE = "Twitches come and go, and most of them need no treatment at all from anyone."


def read(*lines: object) -> list[Reading | ArticleError]:
    data = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return list(JsonLinesReader().read(data.encode(), "a.jsonl"))


def article(text: str, **fields: object) -> Article:
    (reading,) = read({"id": "a", "title": "A", "text": text, **fields})
    assert isinstance(reading, Reading)
    return reading.article


def test_any_field_of_an_article_file_may_be_given() -> None:
    found = article("Text.", url="https://example.org", authors=["Jane Doe"], published="2017-12-21", id=6308)
    assert article("Text.", also_called=["B"], updated="2018-01-02").also_called == ("B",)
    assert (found.id, found.url, found.authors) == ("6308", "https://example.org", ("Jane Doe",))
    assert found.published == date(2017, 12, 21)


def test_an_id_is_made_of_the_title() -> None:
    (reading,) = read({"title": "Leg cramps", "text": "Text."})
    assert isinstance(reading, Reading)
    assert reading.article.id == "leg-cramps"


def test_unknown_fields_are_left_out_and_listed() -> None:
    (reading,) = read({"id": "a", "title": "A", "text": "Text.", "n_chunks": 3})
    assert isinstance(reading, Reading)
    assert [(block.kind, block.text) for block in reading.dropped] == [("unknown field", "n_chunks")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        ({"id": "a", "title": "A"}, "no text"),
        ({"id": "a", "title": "A", "text": " "}, "no text"),
        ({"id": "a", "text": "Text."}, "no title"),
        ({"id": "a", "title": "A", "text": "Te\0xt."}, "the text has the character '\\x00'"),
        ({"id": "a", "title": "A", "text": "Te\ud800xt."}, "the text has the character"),
        ({"id": "a", "title": "A\ud800", "text": "Text."}, "title is 'A\\ud800', not text"),
        ({"id": True, "title": "A", "text": "Text."}, "id is True, not text"),
        ({"id": "a", "title": 5, "text": "Text."}, "title is 5, not text"),
        ({"id": "a", "title": "A", "text": "Text.", "url": "example.org"}, "not a web address"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(line: object, reason: str) -> None:
    good = {"id": "b", "title": "B", "text": "Text."}
    first, error, last = read(good, line, "", good)
    assert isinstance(first, Reading)
    assert isinstance(last, Reading)
    assert isinstance(error, ArticleError)
    assert re.match(rf"a\.jsonl: line 2: .*{re.escape(reason)}", str(error))
    assert error.advice


GOOD = json.dumps({"id": "a", "title": "A", "text": "Ärger."}, ensure_ascii=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends_make_no_difference(encoding: str, end: str) -> None:
    readings = list(JsonLinesReader().read(f"{GOOD}{end}{end}{GOOD}{end}".encode(encoding), "a.jsonl"))
    assert [reading.article.text for reading in readings if isinstance(reading, Reading)] == ["Ärger."] * 2


def test_a_line_in_another_encoding_is_named() -> None:
    data = b"\n".join([GOOD.encode(), GOOD.encode("latin-1"), GOOD.encode()])
    first, error, last = JsonLinesReader().read(data, "a.jsonl")
    assert isinstance(first, Reading)
    assert isinstance(last, Reading)
    assert str(error).startswith("a.jsonl: line 2: not UTF-8 at byte ")


def test_a_line_that_is_too_long_is_named_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST", 100)
    long = json.dumps({"id": "a", "title": "A", "text": "Text. " * 100})
    first, error, last = read(GOOD, long, GOOD)
    assert isinstance(first, Reading)
    assert isinstance(last, Reading)
    assert isinstance(error, ArticleError)
    assert error.reason.startswith("longer than")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "the file is empty"), (b" \n\n", "the file is empty"), (b"\0\1", "binary"), (b"%PDF-1.7\n", "binary")],
)
def test_a_file_without_lines_is_refused_as_a_whole(data: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        list(JsonLinesReader().read(data, "a.jsonl"))


def test_lines_after_a_colon_are_a_list() -> None:
    text = f"Causes include:\nCoffee\nLong runs. They tire.\nStress\n{PROSE}\nWhat helps?\n{PROSE}"
    assert article(text).text == (
        f"Causes include:\n\n- Coffee\n- Long runs. They tire.\n- Stress\n\n{PROSE}\n\n## What helps?\n\n{PROSE}"
    )


def test_a_list_of_whole_sentences_ends_where_prose_begins() -> None:
    text = f"You may:\nRest more.\nDrink less coffee.\nIf it goes on, see a doctor.\nHow long?\n{PROSE}"
    assert "- Rest more.\n- Drink less coffee.\n\nIf it" in article(text).text


def test_a_list_ends_at_a_blank_line() -> None:
    text = f"You may:\n\nRest more.\nDrink less coffee.\n\nCall if it goes on.\n{PROSE}"
    assert "- Rest more.\n- Drink less coffee.\n\nCall" in article(text).text


def test_questions_in_a_list_are_items() -> None:
    text = "Ask your doctor:\nWhat is it?\nHow long will it last?\nCan I run?\n\nWrite the answers down."
    assert article(text).text.count("\n- ") == 3


def test_an_attribution_at_the_end_is_no_item() -> None:
    assert article("Signs are:\nFever\nA rash\nNational Institute of Rest").text.endswith(
        "rash\n\nNational Institute of Rest"
    )


def test_an_introduction_that_lost_its_list_stays_one() -> None:
    found = article(f"Causes include:\n\n{PROSE}\n\n{PROSE}")
    assert found.text == f"Causes include:\n\n{PROSE}\n\n{PROSE}"
    assert len(dangling(found)) == 1


def test_lines_broken_inside_a_sentence_are_joined() -> None:
    text = f"{PROSE} {PROSE} The muscles \nof the calf twitch."
    assert article(text).text == f"{PROSE} {PROSE} The muscles of the calf twitch."


def test_a_canonical_body_stays_as_it_is() -> None:
    text = (
        f"{PROSE}\n\n## Causes\n\nThey include:\n\n- Coffee\n- Tea\n\n{PROSE}\n\n### What else?\n\nNo Sleep\n\n{PROSE}"
    )
    assert article(text).text == text


def test_a_first_line_that_repeats_the_title_is_left_out() -> None:
    assert article(f"A\n\n{PROSE}").text == PROSE
    assert article("A").text == "A"


def test_medlineplus_is_read_whole(shared: Path) -> None:
    data = (shared / "data" / "medlineplus" / "articles.jsonl").read_bytes()
    topics = [json.loads(line) for line in data.decode().splitlines()]
    introductions = lost = 0
    for topic, reading in zip(topics, JsonLinesReader().read(data, "articles.jsonl"), strict=True):
        assert isinstance(reading, Reading)
        text = reading.article.text
        assert re.sub(r"^(?:#+|-) ", "", text, flags=re.MULTILINE).split() == topic["text"].split()
        introductions += len(re.findall(r":$", text, re.MULTILINE))
        lost += len(dangling(reading.article))
    assert len(topics) == 1023
    assert lost < 0.06 * introductions
