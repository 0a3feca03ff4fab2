"""Blocks, sections and sentences are exact spans that leave nothing out."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article
from corpus.structure import blocks, sections, sentences

TEXT = "Before.\n\n# One\n\nFirst. Second!\n\n- item one\n- item two\n\n## Two\n\nThird\ngoes on."


def test_blocks_are_headings_paragraphs_and_items() -> None:
    assert [(block.kind, block.span.of(TEXT)) for block in blocks(TEXT)] == [
        ("paragraph", "Before."),
        ("heading", "# One"),
        ("paragraph", "First. Second!"),
        ("item", "- item one"),
        ("item", "- item two"),
        ("heading", "## Two"),
        ("paragraph", "Third\ngoes on."),
    ]


def test_sections_know_the_headings_above_them() -> None:
    assert [section.path for section in sections(TEXT)] == [(), ("One",), ("One", "Two")]


def test_a_heading_ends_the_deeper_ones() -> None:
    text = "## A\n\na.\n\n### B\n\nb.\n\n## C\n\nc."
    assert [section.path for section in sections(text)] == [("A",), ("A", "B"), ("C",)]


def test_sentences_leave_out_marks_and_headings() -> None:
    found = [span.of(TEXT) for span in sentences(TEXT)]
    assert found == ["Before.", "First.", "Second!", "item one", "item two", "Third\ngoes on."]


@given(st.from_type(Article))
def test_blocks_hold_every_character_but_white_space(article: Article) -> None:
    text, end = article.text, 0
    for block in blocks(text):
        assert not text[end : block.span.start].strip()
        assert block.span.of(text).strip()
        end = block.span.end
    assert not text[end:].strip()


@given(st.from_type(Article))
def test_sentences_hold_every_character_of_their_blocks(article: Article) -> None:
    text = article.text
    body = "".join(block.span.of(text) for block in blocks(text) if block.kind == "paragraph")
    items = [block.span for block in blocks(text) if block.kind == "item"]
    spans = [s for s in sentences(text) if not any(item.start <= s.start < item.end for item in items)]
    assert "".join("".join(span.of(text) for span in spans).split()) == "".join(body.split())


@given(st.from_type(Article))
def test_sections_do_not_overlap(article: Article) -> None:
    spans = [section.span for section in article.sections]
    assert all(one.end <= other.start for one, other in pairwise(spans))
