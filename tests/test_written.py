"""The texts that the judges learn from are in parts that share nothing."""

import itertools

import pytest

from corpus.library import Library
from qa.settings import SHIPPED_ARTICLES
from tests import questionsets, written
from tests.written import Part, Site

PARTS: tuple[Part, ...] = ("train", "fit", "report")
SITES: tuple[Site, ...] = ("shipped", "medlineplus")


@pytest.mark.parametrize("site", SITES)
def test_no_question_is_in_two_parts(site: Site) -> None:
    for one, other in itertools.combinations([written.questions(site, part) for part in PARTS], 2):
        assert {each.text.lower() for each in one}.isdisjoint(each.text.lower() for each in other)


def test_what_is_asked_is_in_one_part_and_nothing_urgent_is_among_it() -> None:
    parts = [{text.lower() for text in written.asked(part)} for part in PARTS]
    said = [{message.text.lower() for message in written.messages(part)} for part in PARTS]
    assert all(parts)
    for one, other in itertools.permutations(range(len(PARTS)), 2):
        assert parts[one].isdisjoint(parts[other] | said[other])
    urgent = {text.lower() for text in written.urgent()}
    assert urgent
    assert urgent.isdisjoint(itertools.chain(*parts))


def test_no_article_of_medlineplus_is_in_two_parts() -> None:
    """How a judge does on articles that it has not seen can be told there only; it knows those that are shipped."""
    for one, other in itertools.combinations([written.questions("medlineplus", part) for part in PARTS], 2):
        assert {each.article for each in one}.isdisjoint(each.article for each in other)


def test_no_message_is_in_two_parts() -> None:
    said = [message.text.lower() for part in PARTS for message in written.messages(part)]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("site", SITES)
def test_every_place_of_an_answer_stands_in_its_article(site: Site) -> None:
    if site == "medlineplus" and not questionsets.DATA.exists():
        pytest.skip("needs the MedlinePlus articles of ../shared")
    found = Library(SHIPPED_ARTICLES).articles().articles if site == "shipped" else questionsets.medlineplus()
    texts = {article.id: article.text for article in found}
    for part in PARTS:
        for question in written.questions(site, part):
            if question.answer is None:
                continue
            assert question.article
            text = texts[question.article]
            if isinstance(question.answer, str):
                assert question.answer in text
            else:
                assert text[slice(*question.answer)].strip()
