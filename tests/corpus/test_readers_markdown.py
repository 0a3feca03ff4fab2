"""The article file round-trips exactly; other Markdown loses its marks and no word."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers.body import Piece, compose
from corpus.readers.markdown import MarkdownReader, dump, glance, parse
from corpus.readers.markup import pieces
from corpus.readers.reading import Reading

FILE = "---\nid: muscle-cramps\ntitle: Muscle cramps\n---\n\nA cramp hurts.\n"


def read(text: str, name: str = "leg-cramps.md") -> Reading:
    (reading,) = MarkdownReader().read(text.encode(), name)
    assert isinstance(reading, Reading)
    return reading


def body(text: str) -> str:
    return read(text).article.text


@given(st.from_type(Article))
@settings(max_examples=300)
def test_dump_and_parse_are_exact_inverses(article: Article) -> None:
    text = dump(article)
    assert parse(text, "a.md") == article
    assert dump(parse(text, "a.md")) == text


def test_the_file_has_its_fields_in_order() -> None:
    article = Article("6308", "A1C: what it is", "Text.", "https://example.org", published=date(2017, 12, 21))
    assert dump(article) == (
        "---\nid: '6308'\ntitle: 'A1C: what it is'\nurl: https://example.org\npublished: 2017-12-21\n"
        "review_status: not clinically reviewed\nlanguage: en\n---\n\nText.\n"
    )


def test_plain_words_in_front_matter_are_text() -> None:
    article = parse("---\nid: 0123\ntitle: No\nauthors: Jane Doe, MD\nlicence: null\n---\n\nText.\n", "a.md")
    assert (article.id, article.title, article.authors, article.licence) == ("0123", "No", ("Jane Doe, MD",), None)


def test_windows_line_ends_are_brought_to_newlines() -> None:
    assert parse(FILE.replace("\n", "\r\n"), "a.md") == parse(FILE, "a.md")


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("id: a\ntitle: [", "line 4: broken front matter"),
        ("id: a\ntitle: b: c", "line 3: broken front matter"),
        ("- a\n- b", "not a list of fields"),
        ("id: a\ntitle: " + "[" * 50_000, "nested too deep"),
        ("id: a\ntitle: \x07", "broken front matter"),
        ("title: A", "no id"),
        ("id: a", "no title"),
        ("id: a/b\ntitle: A", "'a/b' is not an id"),
        ("id: a\ntitle: A\npublished: 21.12.2017", "published is '21.12.2017', not a date"),
        ("id: a\ntitle: A\nurl: javascript:alert(1)", "not a web address"),
        ("id: a\ntitle: A\nurl: http://[", "not a web address"),
        ("id: a\ntitle: A\nauthors: [{a: b}]", "authors is {'a': 'b'}, not text"),
        ("id: a\ntitle: A\nsources: [{title: T, url: https://example.org}]", "no publisher"),
        ("id: a\ntitle: A\nimported: x", "imported is 'x', not a mapping"),
        ("id: a\ntitle: A\nimported: {from: a, sha256: 12, at: now}", "imported.sha256 is '12'"),
        ("id: a\ntitle: A\npublised: 2017-12-21", "unknown field 'publised'"),
    ],
)
def test_broken_front_matter_is_named(front: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=rf"^bad\.md: .*{re.escape(reason)}") as caught:
        parse(f"---\n{front}\n---\n\nText.\n", "bad.md")
    assert caught.value.advice


def test_a_misspelt_field_names_the_one_that_was_meant() -> None:
    with pytest.raises(ArticleError, match="unknown fields 'publised', 'License', 'mood'") as caught:
        parse("---\nid: a\ntitle: A\npublised: 2017-12-21\nLicense: x\nmood: y\n---\n\nText.\n", "a.md")
    assert "Did 'publised' mean 'published'? Did 'License' mean 'licence'? Known fields: id, " in caught.value.advice


@given(st.from_type(Article))
def test_a_glance_finds_the_id_and_the_body(article: Article) -> None:
    assert glance(dump(article), "a.md") == (article.id, article.text)


@pytest.mark.parametrize(("text", "reason"), [("Text.", "no front matter"), ("---\nid: a\n", "has no end")])
def test_a_file_without_front_matter_is_no_article_file(text: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        parse(text, "a.md")


def test_an_article_file_is_read_with_its_fields() -> None:
    reading = read(FILE)
    assert reading.article == parse(FILE, "a.md")
    assert reading.source == FILE.encode()


def test_a_library_file_is_read_to_the_letter() -> None:
    imported = "imported: {from: a.txt, sha256: " + "0" * 64 + ", at: now}\n---\n\n**as it is**\n"
    assert body("---\nid: a\ntitle: A\n" + imported) == "**as it is**"


@pytest.mark.parametrize(
    ("markdown", "title"),
    [("# Leg cramps\n\nText.", "Leg cramps"), ("Leg *cramps*\n===\n\nText.", "Leg cramps"), ("Text.", "Leg cramps")],
)
def test_markdown_without_front_matter_finds_its_title(markdown: str, title: str) -> None:
    article = read(markdown).article
    assert (article.id, article.title, article.text) == ("leg-cramps", title, "Text.")


def test_a_heading_below_the_first_level_is_no_title() -> None:
    article = read("## Causes\n\nText.").article
    assert (article.title, article.text) == ("Leg cramps", "## Causes\n\nText.")


def test_a_heading_that_repeats_the_title_is_left_out() -> None:
    assert body(FILE.replace("A cramp", "## Muscle cramps\n\nA cramp")) == "A cramp hurts."


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Some **bold**, _slanted_ and `coded` words.", "Some bold, slanted and coded words."),
        ("Wrapped\nlines are  one\nparagraph.", "Wrapped lines are one paragraph."),
        ("Causes\n------\n\nText.", "## Causes\n\nText."),
        ("### Causes ###\n\nText.", "### Causes\n\nText."),
        ("* one\n* two", "- one\n- two"),
        ("+ one\n\n+ two", "- one\n- two"),
        ("1. one\n2. two", "- one\n- two"),
        ("- one\n  - deeper\n- two", "- one\n- deeper\n- two"),
        ("- one\n\n  More on it.\n- two", "- one\n\nMore on it.\n\n- two"),
        ("> Quoted words.", "Quoted words."),
        ("2 * 3 * 4 and snake_case_word stay.", "2 * 3 * 4 and snake_case_word stay."),
        ("Salt &amp; water; 5 \\* 6.", "Salt & water; 5 * 6."),
        ("One.\n\n***\n\nTwo.", "One.\n\nTwo."),
    ],
)
def test_layout_marks_become_canonical(markdown: str, text: str) -> None:
    assert body(markdown) == text
    assert body(f"---\nid: a\ntitle: A\n---\n{markdown}") == text


def test_escaped_marks_stay_characters() -> None:
    article = read("Text.\n\n\\# of cramps: 3.\n\n\\- 5 degrees.").article
    assert [section.path for section in article.sections] == [()]
    assert article.text.replace("\N{NO-BREAK SPACE}", " ") == "Text.\n\n# of cramps: 3.\n\n- 5 degrees."


def test_what_has_no_place_in_plain_text_is_listed() -> None:
    reading = read("---\ntitle: A\ntags: b\n---\n<b>Read</b> [this](https://x.org). ![A leg](leg.png)\n\n<!-- note -->")
    assert reading.article.text == "Read this."
    assert [(block.kind, block.text) for block in reading.dropped] == [
        ("unknown field", "tags"),
        ("HTML", "<b>"),
        ("HTML", "</b>"),
        ("link target", "https://x.org"),
        ("image", "A leg leg.png"),
        ("HTML", "<!-- note -->"),
    ]


def test_markdown_with_a_title_only_is_refused() -> None:
    with pytest.raises(ArticleError, match="no text below the title"):
        read("# Leg cramps")


_TEXTS = st.lists(st.sampled_from(["Rest", "helps.", "Legs", "twitch;", "(often)", "1.5", "é"]), min_size=1).map(
    " ".join
)
_PIECES = st.builds(Piece, st.sampled_from(["heading", "paragraph", "item"]), _TEXTS, st.integers(2, 6))


@given(st.lists(_PIECES, min_size=1))
def test_a_canonical_body_stays_as_it_is(pieces: list[Piece]) -> None:
    canonical = compose(pieces)
    assert body(f"---\nid: a\ntitle: A\n---\n\n{canonical}\n") == canonical


def test_a_row_of_a_table_is_an_item_under_its_headers() -> None:
    table = "| Age | Dose |\n|---|---|\n| Adults | *5 mg* |\n| Children | |\n"
    assert pieces(table)[0] == [Piece("item", "Age: Adults; Dose: 5 mg"), Piece("item", "Age: Children")]
    assert pieces("| Age | Dose |\n|---|---|\n")[0] == [Piece("item", "Age; Dose")]
