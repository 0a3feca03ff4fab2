"""Passages cover the article's sentences once each, and keep to its sections and the window."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.chunking import MOST, Window, chunk, context, count_words, dangling
from corpus.models import Article
from corpus.structure import Span, blocks, sentences

SENTENCE = "A muscle can twitch after a long day with little sleep."
LISTED = Article("a", "A", "It can follow:\n\n- coffee\n- nicotine\n\nRest helps.")
LOST = Article("a", "A", "Triggers vary. They include:\n\nMost twitches pass.\n\nTry to:")


def within(span: Span, start: int, end: int) -> bool:
    return start <= span.start and span.end <= end


@given(st.from_type(Article))
def test_every_sentence_is_in_one_passage_or_dangles(article: Article) -> None:
    passages, lost = chunk(article), dangling(article)
    for sentence in sentences(article.text):
        homes = sum(within(sentence, passage.start, passage.end) for passage in passages)
        assert homes == (not any(within(sentence, span.start, span.end) for span in lost))


@given(st.from_type(Article))
def test_passages_are_exact_slices_in_order_without_overlap(article: Article) -> None:
    passages = chunk(article)
    assert all(passage.text == article.text[passage.start : passage.end] for passage in passages)
    assert all(one.end <= other.start for one, other in pairwise(passages))


@given(st.from_type(Article))
def test_no_passage_holds_a_heading(article: Article) -> None:
    headings = [block.span for block in blocks(article.text) if block.kind == "heading"]
    for passage in chunk(article):
        assert not any(span.start < passage.end and passage.start < span.end for span in headings)


@given(st.from_type(Article), st.from_type(Article))
def test_passages_depend_on_their_own_article_only(article: Article, other: Article) -> None:
    alone = chunk(article)
    chunk(other)
    assert chunk(replace(article)) == alone


@given(st.lists(st.integers(1, 12), min_size=1, max_size=30))
def test_no_passage_of_ordinary_sentences_is_too_long(lengths: list[int]) -> None:
    text = "\n\n".join(" ".join([SENTENCE] * length) for length in lengths)
    assert all(count_words(passage.text) <= MOST for passage in chunk(Article("a", "A", text)))


def test_passages_fit_the_encoders_window_with_their_context() -> None:
    article = Article("a", "A title of five words", " ".join([SENTENCE] * 40))
    window = Window(60, count_words)
    for passage in chunk(article, window):
        assert count_words(context(article, passage.section)) + count_words(passage.text) <= window.size


def test_a_sentence_longer_than_the_window_stays_whole() -> None:
    text = " ".join(["word"] * 300) + "."
    assert [passage.text for passage in chunk(Article("a", "A", text))] == [text]


def test_an_introduction_stays_with_its_list() -> None:
    assert chunk(LISTED)[0].text.startswith("It can follow:\n\n- coffee")
    assert dangling(LISTED) == ()


def test_an_introduction_without_its_list_is_in_no_passage() -> None:
    assert [span.of(LOST.text) for span in dangling(LOST)] == ["They include:", "Try to:"]
    assert [passage.text for passage in chunk(LOST)] == ["Triggers vary.", "Most twitches pass."]
