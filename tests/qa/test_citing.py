"""Links that lead to the very words: text fragments of the WICG draft, and the article's page here."""

import re
from datetime import date
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article, cut
from index.snapshot import Snapshot
from qa.citing import article_link, article_page, cited_article, source_link, text_directive

TEXT = (
    "It is well-known, and R&D says so, that up to 70% of people twitch now and then. Most never notice it.\n\n"
    "## Causes\n\n- caffeine (coffee, cola)\n- too little sleep - or none"
)
WORDS = st.sampled_from(
    ["Muscles twitch.", "50%", "a-b", "R&D", "one, two", "Ask: why ?", "“ça va”", "🦵", "- item", "x"]
)
BODIES = st.text(min_size=1) | st.lists(WORDS | st.sampled_from(["\n", "\n\n", "# Heading\n"]), min_size=1).map(
    " ".join
)


def decoded(directive: str) -> list[str]:
    return [unquote(part) for part in directive.split(",")]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("Muscles twitch.", "Muscles%20twitch."),
        ("A well-known, R&D thing.", "A%20well%2Dknown%2C%20R%26D%20thing."),
        ("- caffeine and tea", "caffeine%20and%20tea"),
        ("Muscles twitch now .", "Muscles%20twitch%20now."),
        ("50% do.", "50%25%20do."),
        ("Wadenzucken übt.", "Wadenzucken%20%C3%BCbt."),
        ("One two. Three four.", "One%20two.,Three%20four."),
        ("- coffee\n- too little sleep", "coffee,too%20little%20sleep"),
        ("a b c d e f g h i j k l", "a%20b%20c%20d%20e%20f%20g%20h%20i%20j%20k%20l"),
        ("a b c d e f g h i j k l m", "a%20b%20c%20d%20e%20f,h%20i%20j%20k%20l%20m"),
        ("Line one\ngoes on.", "Line%20one%20goes%20on."),
    ],
)
def test_text_directives(text: str, fragment: str) -> None:
    assert text_directive(text) == fragment


@given(BODIES.filter(str.strip))
def test_a_directive_has_only_the_characters_the_draft_allows(text: str) -> None:
    parts = text_directive(text).split(",")
    assert 1 <= len(parts) <= 2
    assert all(re.fullmatch(r"(?:[A-Za-z0-9._~]|%[0-9A-F]{2})+", part) for part in parts)


@given(BODIES.filter(str.strip))
def test_the_words_of_a_directive_stand_in_the_text_in_that_order(text: str) -> None:
    start, *end = map(squeezed, decoded(text_directive(text)))
    first = squeezed(text).find(start)
    assert first >= 0
    assert all(squeezed(text).find(words, first + len(start)) >= 0 for words in end)


def test_every_passage_of_the_shipped_articles_is_found_by_its_link(snapshot: Snapshot) -> None:
    for row in snapshot.rows:
        fragment = urlsplit(source_link(snapshot.articles[row.passage.article_id], row.passage)).fragment
        start, *end = decoded(fragment.removeprefix(":~:text="))
        body = re.sub(r"^- ", "", row.passage.text)
        assert body.startswith(start)
        assert all(map(body.endswith, end)) if end else body == start
        assert not any("\n" in words or "- " in words[:2] for words in (start, *end))


@pytest.mark.parametrize(
    ("url", "begin"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1#:~:text="),
        ("https://example.org/a#causes", "https://example.org/a#causes:~:text="),
        ("https://example.org/a#:~:text=other,words", "https://example.org/a#:~:text="),
        (None, "/articles/one#:~:text="),
    ],
)
def test_a_source_link_keeps_the_address_and_its_fragment(url: str | None, begin: str) -> None:
    article = Article("one", "One", TEXT, url=url)
    link = source_link(article, cut(article, 0, TEXT.index("\n")))
    assert link.startswith(f"{begin}It%20is%20well%2Dknown%2C%20and%20R%26D%20says,")
    assert unquote(link).endswith(",Most never notice it.")
    assert link.count(":~:") == 1


def test_an_article_link_names_page_and_place() -> None:
    article = Article("A.b_c-1", "One", TEXT)
    assert article_link(cut(article, 5, 12)) == "/articles/A.b_c-1#p5-12"


@given(st.text(min_size=1))
def test_an_article_page_is_one_path_segment(article_id: str) -> None:
    page = urlsplit(article_page(article_id))
    assert page.path.count("/") == 2
    assert not page.query
    assert not page.fragment
    assert unquote(page.path.removeprefix("/articles/")) == article_id


def test_what_is_cited_of_an_article() -> None:
    article = Article("one", "One", TEXT, "https://example.org", "Press", published=date(2017, 12, 21))
    cited = cited_article(article, cut(article, TEXT.index("- caff"), len(TEXT)))
    assert (cited.id, cited.title, cited.url, cited.publisher) == ("one", "One", "https://example.org", "Press")
    assert (cited.published, cited.reviewed) == ("2017-12-21", None)
    assert cited.review_status == "not clinically reviewed"
    assert cited.section == ("Causes",)


def test_an_article_without_an_address_is_cited_by_its_page_here() -> None:
    article = Article("one", "One", TEXT)
    assert cited_article(article, cut(article, 0, 5)).url == "/articles/one"
