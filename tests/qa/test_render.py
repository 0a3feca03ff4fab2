"""Answer -> HTML and text: quotations stay word for word, everything else is escaped."""

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article
from corpus.structure import Span
from qa.models import Answer, CitedArticle, CitedPassage, Confidence, Notice, Reason, Topic
from qa.render import CONFIDENCE, REASONS, answer_html, as_text, changed, day, panel_html, safe_url
from qa.verbatim import Part, as_html

TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), st.sampled_from("\n\n  -#<>&\"'.\t\r`$")
    )
)

ARTICLE = CitedArticle(
    "bfs",
    "What BFS is",
    "https://a.example/bfs",
    "A & B",
    "2017-12-21",
    None,
    "not clinically reviewed",
    ("Signs", "Early"),
)
PASSAGE = CitedPassage(
    number=1,
    id="bfs:10-47",
    text="Twitches are common.\n\n- in the <legs>",
    start=10,
    end=47,
    highlights=((0, 20),),
    score=0.9,
    why='matches "twitches"',
    article=ARTICLE,
    source_link="https://a.example/bfs#:~:text=Twitches",
    article_link="/articles/bfs#p10-47",
)
ANSWERED = Answer(
    question="is twiching comon?",
    searched="is twitching common?",
    status="answered",
    reason=None,
    confidence=Confidence("high", 0.9),
    notices=(Notice("personal", "Not about you."),),
    passages=(PASSAGE,),
    nearest=(),
    snapshot="s1",
    took_ms=1.0,
)
DECLINED = replace(
    ANSWERED,
    status="no_answer",
    reason="not_covered",
    passages=(),
    nearest=(Topic("Where twitches occur", "bfs", "/articles/bfs#p0-9"),),
)


def text_content(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@given(TEXTS)
def test_text_content_is_the_text(text: str) -> None:
    assert text_content(as_html(text)) == text


@given(
    TEXTS, st.lists(st.integers(0, 60), min_size=2, max_size=8), st.lists(st.integers(0, 60), min_size=2, max_size=6)
)
def test_parts_and_marks_are_the_spans_they_were_given(text: str, cuts: list[int], ends: list[int]) -> None:
    parts, marks = spans(text, cuts), spans(text, ends)
    rendered = as_html(text, [Part(part) for part in parts], marks)
    assert text_content(rendered) == text
    found = [text_content(body) for body in re.findall(r'<div class="part[^>]*>(.*?)</div>', rendered)]
    assert found == [part.of(text) for part in parts]
    marked = text_content("".join(re.findall("<mark>.*?</mark>", rendered)))
    assert "".join(marked.split()) in "".join("".join(mark.of(text) for mark in marks).split())


def spans(text: str, ends: list[int]) -> list[Span]:
    """Disjoint, non-empty spans of `text` in order."""
    inside = sorted({end for end in ends if end <= len(text)})
    return [Span(start, end) for start, end in zip(inside[::2], inside[1::2], strict=False)]


def test_nobody_in_an_emergency_is_asked_to_try_other_words() -> None:
    heading, meaning = REASONS["not_covered"]
    for made in (text_content(answer_html(DECLINED, "1")), as_text(DECLINED)):
        assert heading in made
        assert meaning in made
    emergency = replace(DECLINED, notices=(Notice("emergency", "Call now."),), nearest=())
    for made in (text_content(answer_html(emergency, "1")), as_text(emergency)):
        assert heading in made
        assert meaning not in made


def test_rendering_is_one_line_for_markdown_and_keeps_new_lines() -> None:
    rendered = answer_html(ANSWERED, "t1")
    assert "\n" not in rendered
    assert "\t" not in rendered
    quotation = re.search("<blockquote[^>]*>(.*?)</blockquote>", rendered)
    assert quotation
    assert text_content(quotation[1]) == PASSAGE.text


def test_an_answer_names_everything_about_its_passage() -> None:
    rendered = answer_html(ANSWERED, "t1")
    for expected in (
        "A &amp; B",
        "Signs › Early",
        "21 December 2017",
        "No review date",
        "not clinically reviewed",
        "https://a.example/bfs#:~:text=Twitches",
        "/articles/bfs#p10-47",
        'data-panel="/articles/bfs/passage?start=10&amp;end=47&amp;marks=10-30"',
        "<mark>Twitches are common.</mark>",
        CONFIDENCE["high"][0],
        "is twitching common?",
        "Not about you.",
    ):
        assert expected in rendered


@pytest.mark.parametrize("reason", list(REASONS))
def test_a_declined_answer_says_why(reason: Reason) -> None:
    declined = replace(DECLINED, reason=reason)
    for shown in (answer_html(declined, "t1"), as_text(declined)):
        assert all(text in html.unescape(shown) for text in REASONS[reason])
        assert "Where twitches occur" in shown


def test_hostile_values_are_escaped_everywhere() -> None:
    evil = "</template><img src=x onerror=alert(1)>\"'{{7*7}}"
    article = replace(
        ARTICLE, title=evil, publisher=evil, section=(evil,), review_status=evil, url="javascript:alert(1)"
    )
    passage = replace(
        PASSAGE, text=evil, highlights=((0, 4),), why=evil, article=article, source_link="javascript:alert(1)"
    )
    answer = replace(
        ANSWERED,
        question=evil,
        searched=f"{evil} more",
        passages=(passage,),
        notices=(Notice("emergency", evil),),
        nearest=(Topic(evil, "bfs", "/articles/bfs"),),
    )
    rendered = answer_html(answer, "t1")
    assert "<img" not in rendered
    assert rendered.count("</template>") == 1
    assert "javascript:" not in rendered
    assert "{{7*7}}" in rendered


def test_a_source_that_is_a_page_here_is_linked_once() -> None:
    own = replace(PASSAGE, source_link="/articles/bfs#:~:text=x")
    rendered = answer_html(replace(ANSWERED, passages=(own,)), "t1")
    assert "↗" not in rendered
    assert "    Source:" not in as_text(replace(ANSWERED, passages=(own,)))


def test_terminal_text_marks_the_answer_and_wraps_nothing() -> None:
    assert as_text(ANSWERED) == "\n".join(
        [
            "ABOUT YOUR OWN HEALTH: Not about you.",
            "",
            "Searched for: is twitching common?",
            "",
            ". ".join(CONFIDENCE["high"]),
            "",
            "[1]",
            "»Twitches are common.«",
            "",
            "- in the <legs>",
            "    What BFS is, A & B, published 21 December 2017",
            "    Section: Signs > Early",
            "    Review: not clinically reviewed",
            '    Why: matches "twitches"',
            "    Source: https://a.example/bfs#:~:text=Twitches",
            "    Article: /articles/bfs#p10-47",
        ]
    )


def test_the_panel_shows_the_whole_article_with_the_passage_selected() -> None:
    article = Article("a", "A", "# One\n\nFirst. Second.\n\n## Two\n\n- item")
    rendered = panel_html(article, Span(14, 21), (Span(14, 20),))
    assert (
        '<div class="part part-inline" id="selected" tabindex="-1"><p class="inline"><mark>Second</mark>.</p>'
        in rendered
    )
    assert "<h3><span" in rendered
    assert "<h4><span" in rendered
    assert "/articles/a#p14-21" in rendered


@pytest.mark.parametrize(
    ("question", "searched", "differs"),
    [("How?", "how", False), ("what's bfs", "What's BFS?", False), ("bfs", "benign", True), ("a b", "ab", True)],
)
def test_a_correction_is_a_change_of_words(question: str, searched: str, differs: bool) -> None:
    assert changed(replace(ANSWERED, question=question, searched=searched)) is differs


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x#:~:text=y", True),
        ("http://a.example", True),
        ("/articles/x#p1-2", True),
        ("javascript:alert(1)", False),
        ("//evil.example/x", False),
        ("/\\evil.example", False),
        ("data:text/html,x", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_links_to_the_web_or_to_pages_here_are_followed(url: str | None, safe: bool) -> None:
    assert safe_url(url) == (url if safe else None)


def test_dates_are_written_out() -> None:
    assert [day("2017-12-21"), day("2017"), day(None)] == ["21 December 2017", "2017", ""]
