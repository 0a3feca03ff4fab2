"""Labelled questions made of ../shared/data, for `tests.ablations` and `tests.calibration`.

MedlinePlus: MeQSum's long originals and their clean summaries whose summary names a MedlinePlus title (the articles of
that title count as right), and every fifth MedQuAD question whose page or subject is a MedlinePlus article; not
covered are MedQuAD's questions on rare diseases that no MedlinePlus article names, and the drug questions.
MEDIQA: the candidate answers of a question are graded 1 to 4; what counts is the grade above 2.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

from corpus.library import Library
from corpus.models import Article
from corpus.readers import reader_for
from index.encoder import MiniLM
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.settings import SHIPPED_ARTICLES
from tests import written

SHARED = Path(os.environ.get("WELLQUOTED_SHARED", "../shared"))
DATA = SHARED / "data"
STORE = Path("data/evaluation")
CALLING = Path(__file__).with_name("data") / "letters.json"
"""Numbers of MeQSum's letters, by the notice they call for; read by a language model."""
LONGEST_TITLE = 6
TOO_GENERAL = {"medicines", "health", "treatment", "genetics", "symptoms", "drugs", "children", "women", "men", "pain"}
RARE_DISEASES = {"GARD", "GHR"}
NO_ANSWER = 2
"""MEDIQA's highest grade that is no answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and its documents by grade; what is not named is wrong."""

    text: str
    grades: Mapping[str, int]
    candidates: frozenset[str] = frozenset()
    """The only documents to be ranked; empty for all."""


def indexed(name: str, articles: Sequence[Article]) -> Snapshot:
    """The articles, indexed by the shipped model and kept for the next run."""
    store = SnapshotStore(STORE / name, MiniLM())
    store.build(articles)
    return store.open()


def medlineplus() -> list[Article]:
    file = DATA / "medlineplus/articles.jsonl"
    readings = reader_for(file).read(file.read_bytes(), file.name)
    return [reading.article for reading in readings if not isinstance(reading, Exception)]


def meqsum(articles: Sequence[Article], field: str) -> Iterator[Asked]:
    """Args: field: "chq" for the long originals, "summary" for the clean ones."""
    titles = defaultdict(set)
    for article in articles:
        plain = " ".join(_plain(re.sub(r"\(.*?\)", "", article.title)))
        titles[plain].add(article.id)
        titles[plain.removesuffix("s")].add(article.id)
    for record in _lines(DATA / "phrasing/meqsum.jsonl"):
        named = frozenset[str]().union(*(titles[title] for title in _named(_plain(record["summary"]), titles)))
        if 1 <= len(named) <= 3:
            yield Asked(record[field], dict.fromkeys(named, 1))


def letters(half: Literal[0, 1]) -> list[str]:
    """Every second of MeQSum's long originals, without those that call for a notice, or may."""
    calling = {number for numbers in json.loads(CALLING.read_text("utf-8")).values() for number in numbers}
    records = enumerate(_lines(DATA / "phrasing/meqsum.jsonl"))
    return [record["chq"] for number, record in records if number % 2 == half and number not in calling]


def medquad(articles: Sequence[Article]) -> list[Asked]:
    known = {key: article.id for article in articles for key in (article.url, article.title.lower())}
    asked = [
        Asked(qa["question"], {found: 1})
        for page in _medquad_pages()
        if (found := known.get(page["url"]) or known.get(page["focus"].lower()))
        for qa in page["qa"]
    ]
    return asked[::5]


def rare_diseases(articles: Sequence[Article]) -> list[str]:
    """MedQuAD's questions on a disease whose name stands in no article; every eighth."""
    said = " ".join(article.text.lower() for article in articles)
    pages = (page for page in _medquad_pages() if page["source"] in RARE_DISEASES)
    return [qa["question"] for page in pages if page["focus"].lower() not in said for qa in page["qa"]][::8]


def uncovered_drugs() -> list[str]:
    return [record["question"] for file in (DATA / "abstention").glob("*.jsonl") for record in _lines(file)]


def of_other_subjects(part: written.Part) -> list[written.Written]:
    """The questions written for MedlinePlus on articles whose subject the shipped articles do not name."""
    said = " ".join(article.text.lower() for article in Library(SHIPPED_ARTICLES).articles().articles)
    named = {article.id for article in medlineplus() if any(name in said for name in _names(article))}
    return [question for question in written.questions("medlineplus", part) if question.article not in named]


def mediqa() -> tuple[list[Article], list[Asked], list[dict[str, int]]]:
    """The answers as articles, the questions, and for each the ranks its candidates came with."""
    articles: list[Article] = []
    asked: list[Asked] = []
    came_with: list[dict[str, int]] = []
    for part, file in enumerate(sorted((DATA / "mediqa").glob("*.xml"))):
        for question in ElementTree.parse(file).getroot().iter("Question"):
            answers = {f"{part}-{answer.attrib['AID'].replace('_', '-')}": answer for answer in question.iter("Answer")}
            grades = {key: int(answer.attrib["ReferenceScore"]) for key, answer in answers.items()}
            gains = {key: max(0, grade - NO_ANSWER) for key, grade in grades.items()}
            if not any(gains.values()):
                continue
            articles += [_answer(key, answer.findtext("AnswerText", "")) for key, answer in answers.items()]
            asked.append(Asked(question.findtext("QuestionText", ""), gains, frozenset(answers)))
            came_with.append({key: int(answer.attrib["SystemRank"]) for key, answer in answers.items()})
    return articles, asked, came_with


def _answer(key: str, text: str) -> Article:
    """MEDIQA writes an answer's title before its first colon."""
    title, colon, body = text.partition(": ")
    return Article(key, title, body) if colon and len(title) < 200 else Article(key, "Untitled", text)


def _names(article: Article) -> Iterator[str]:
    """Of "Amyotrophic Lateral Sclerosis (ALS)" both; singular."""
    return (name.lower().removesuffix("s") for name in re.findall(r"[^()]*[^() ]", article.title))


def _named(words: Sequence[str], titles: Mapping[str, object]) -> Iterator[str]:
    """The longest titles among the words, from left to right."""
    at = 0
    while at < len(words):
        lengths = range(min(LONGEST_TITLE, len(words) - at), 0, -1)
        found = (
            length
            for length in lengths
            if (name := " ".join(words[at : at + length])) in titles and name not in TOO_GENERAL
        )
        length = next(found, 0)
        if length:
            yield " ".join(words[at : at + length])
        at += length or 1


def _medquad_pages() -> Iterator[Any]:
    return _lines(DATA / "medquad/medquad_answered.jsonl")


def _plain(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9 ]", " ", text.lower().replace("'s", "s")).split()


def _lines(file: Path) -> Iterator[Any]:
    with file.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)
