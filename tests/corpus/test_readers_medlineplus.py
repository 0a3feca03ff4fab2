"""MedlinePlus topics: an article a record, with its other names; a record that cannot be read keeps no other out."""

import json
from datetime import date
from html import escape
from pathlib import Path

import pytest

from corpus.errors import ArticleError
from corpus.readers import read_bytes
from corpus.readers.reading import Reading

SUMMARY = (
    "<h3>What is it?</h3><p>A blood test for <b>sugar</b>.</p><p>It is done:</p>"
    "<ul><li>At home</li><li>In a lab</li></ul>"
)
TOPIC = f"""
<health-topic title="Sugar test" url="https://medlineplus.gov/sugar.html" id="6308" language="English"
 date-created="12/22/2015" meta-desc="About it.">
<also-called>Glucose test</also-called><also-called>Blood sugar test</also-called>
<full-summary>{escape(SUMMARY)}</full-summary>
<group url="https://medlineplus.gov/tests.html" id="1">Diagnostic Tests</group>
<mesh-heading><descriptor id="D1">Blood Glucose</descriptor></mesh-heading>
<see-reference>Sugar curve</see-reference>
<site title="A site" url="https://example.org"><information-category>Videos</information-category></site>
</health-topic>"""


def read(*records: str, before: str = '<?xml version="1.0" encoding="UTF-8"?>') -> list[Reading | ArticleError]:
    data = f"{before}<health-topics date-generated='11/22/2026'>{''.join(records)}</health-topics>"
    return list(read_bytes(data.encode(), "topics.xml", "topics.xml"))


def test_a_topic_is_an_article_with_its_other_names() -> None:
    (reading,) = read(TOPIC)
    assert isinstance(reading, Reading)
    found = reading.article
    assert (found.id, found.title, found.url) == ("6308", "Sugar test", "https://medlineplus.gov/sugar.html")
    assert found.also_called == ("Glucose test", "Blood sugar test", "Sugar curve")
    assert (found.published, found.language) == (date(2015, 12, 22), "en")
    assert found.publisher == "MedlinePlus, National Library of Medicine"
    assert found.text == "### What is it?\n\nA blood test for sugar.\n\nIt is done:\n\n- At home\n- In a lab"


def test_what_is_not_of_the_article_is_listed() -> None:
    (reading,) = read(TOPIC)
    assert isinstance(reading, Reading)
    dropped = {block.kind: block.text for block in reading.dropped}
    assert dropped["group"] == "Diagnostic Tests"
    assert dropped["mesh heading"] == "Blood Glucose"
    assert "Videos" in dropped["site"]


def test_the_source_of_an_article_is_its_record() -> None:
    one, two = read(TOPIC, TOPIC.replace("6308", "6309"))
    assert isinstance(one, Reading)
    assert isinstance(two, Reading)
    assert one.source.startswith(b"<health-topic ")
    assert one.source.replace(b"6308", b"6309") == two.source


def test_fields_may_be_elements_and_the_summary_may_hold_them() -> None:
    (reading,) = read(
        "<health-topic><title>Sugar test</title><url>https://medlineplus.gov/sugar.html</url>"
        "<language>English</language><full-summary><p>A blood test for <b>sugar</b>.</p></full-summary></health-topic>"
    )
    assert isinstance(reading, Reading)
    assert (reading.article.id, reading.article.language) == ("sugar-test", "en")
    assert reading.article.text == "A blood test for sugar."


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("<health-topic title='Empty' language='English'/>", "Empty: no full-summary"),
        ("<health-topic><id>1</id><full-summary>Text.</full-summary></health-topic>", "1: no title"),
        (TOPIC.replace("https://medlineplus.gov/sugar.html", "sugar"), "Sugar test: url is 'sugar', not a web address"),
    ],
)
def test_a_record_that_cannot_be_read_is_named_and_the_others_go_in(record: str, reason: str) -> None:
    before, error, after = read(TOPIC, record, TOPIC)
    assert isinstance(before, Reading)
    assert isinstance(after, Reading)
    assert isinstance(error, ArticleError)
    assert str(error) == f"topics.xml: {reason}"
    assert error.advice


def test_the_language_of_a_record_is_kept() -> None:
    (reading,) = read(TOPIC.replace('"English"', '"Spanish"'))
    assert isinstance(reading, Reading)
    assert reading.article.language == "es"


def test_a_file_that_breaks_off_gives_the_topics_before() -> None:
    data = f"<health-topics>{TOPIC}{TOPIC[:200]}".encode()
    before, error = read_bytes(data, "topics.xml", "topics.xml")
    assert isinstance(before, Reading)
    assert isinstance(error, ArticleError)
    assert str(error).startswith("topics.xml: not XML")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<rss><channel/></rss>", "there are no health topics in the file"),
        (b"", "not XML"),
        (b"plain text", "not XML"),
    ],
)
def test_other_xml_is_refused(data: bytes, reason: str) -> None:
    (error,) = read_bytes(data, "topics.xml", "topics.xml")
    assert isinstance(error, ArticleError)
    assert str(error).startswith(f"topics.xml: {reason}")
    assert error.advice


def _record(topic: dict[str, str]) -> str:
    summary = "".join(f"<p>{escape(line)}</p>" for line in topic["text"].splitlines())
    told = f'title="{escape(topic["title"])}" url="{topic["url"]}" id="{topic["id"]}" language="English"'
    return f"<health-topic {told}><full-summary>{escape(summary)}</full-summary></health-topic>"


def test_real_articles_survive_as_topics(shared: Path) -> None:
    lines = (shared / "data" / "medlineplus" / "articles.jsonl").read_text("utf-8").splitlines()[:100]
    topics = [json.loads(line) for line in lines]
    for topic, reading in zip(topics, read(*map(_record, topics)), strict=True):
        assert isinstance(reading, Reading)
        assert reading.article.id == topic["id"]
        assert reading.article.text.split() == topic["text"].split()
