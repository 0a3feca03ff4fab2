"""The shipped articles carry every fact of their two sources, say where each came from, and copy neither."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
ARTICLES = sorted((CHECKOUT / "corpus" / "articles").glob("*.md"))
FACTS = Path(__file__).with_name("facts.jsonl")
SHARED = Path(os.environ.get("WELLQUOTED_SHARED", CHECKOUT.parent / "shared"))
SOURCES = {"medical-news-today": "Medical News Today", "verywell-health": "Verywell Health"}
COPIED_WORDS = 11

each_article = pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)


def split(path: Path) -> tuple[dict[str, Any], str]:
    opening, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert opening == "", f"{path.name} does not start with front matter"
    loaded = yaml.safe_load(front)
    assert isinstance(loaded, dict), f"{path.name} has no front matter"
    return loaded, body


def read_facts() -> list[dict[str, str]]:
    return [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines()]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def runs(text: str) -> Iterator[tuple[str, ...]]:
    tokens = words(text)
    return (tuple(tokens[i : i + COPIED_WORDS]) for i in range(len(tokens) - COPIED_WORDS + 1))


def source_texts() -> Iterator[tuple[str, str]]:
    for path in sorted((SHARED / "articles").glob("*.txt")):
        yield path.name, path.read_text(encoding="utf-8")
    with (SHARED / "data" / "medlineplus" / "articles.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            topic = json.loads(line)
            yield f"MedlinePlus: {topic['title']}", topic["text"]


def test_there_are_enough_articles() -> None:
    assert len(ARTICLES) >= 12


def test_every_fact_stands_in_its_article() -> None:
    bodies = {path.stem: split(path)[1] for path in ARTICLES}
    lost = [fact for fact in read_facts() if not fact["quote"] or fact["quote"] not in bodies.get(fact["article"], "")]
    assert lost == []


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_has_its_facts(source: str) -> None:
    assert sum(fact["source"] == source for fact in read_facts()) >= 40


def test_facts_are_well_formed_and_listed_once() -> None:
    facts = read_facts()
    assert all(set(fact) == {"fact", "source", "article", "quote"} for fact in facts)
    assert {fact["source"] for fact in facts} == set(SOURCES)
    listed = [(fact["source"], fact["fact"]) for fact in facts]
    assert len(listed) == len(set(listed))


@each_article
def test_article_names_the_source_of_every_fact(path: Path) -> None:
    named = {source["publisher"] for source in split(path)[0]["sources"]}
    carried = {SOURCES[fact["source"]] for fact in read_facts() if fact["article"] == path.stem}
    assert carried <= named


@each_article
def test_front_matter_says_who_and_whence(path: Path) -> None:
    front, _ = split(path)
    assert front["id"] == path.stem
    assert front["review_status"]
    assert front["sources"]
    for source in front["sources"]:
        assert source["title"]
        assert source["publisher"]
        assert source["url"].startswith("https://")


@each_article
def test_article_has_a_reason_to_be_here(path: Path) -> None:
    publishers = {source["publisher"] for source in split(path)[0]["sources"]}
    carries_fact = any(fact["article"] == path.stem for fact in read_facts())
    assert carries_fact or any("MedlinePlus" in publisher for publisher in publishers)


def test_no_article_copies_a_source() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the source texts are not here: no folder {SHARED} (set WELLQUOTED_SHARED)")
    ours = {run: path.stem for path in ARTICLES for run in runs(split(path)[1])}
    checked = 0
    copied = set()
    for name, text in source_texts():
        checked += 1
        copied |= {(ours[run], name, " ".join(run)) for run in runs(text) if run in ours}
    assert checked > 2, "the source texts were not read"
    assert copied == set()
