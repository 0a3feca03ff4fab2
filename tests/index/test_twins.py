"""The same words in several articles are found from either side, joined or not; nothing else is."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.chunking import chunk
from corpus.models import Article, Passage, cut
from index.searcher import Hit
from index.store import SnapshotStore
from index.twins import Twins

REST = "Rest helps most people. So does sleep."
TEA = "Tea counts too. Six cups are many."
ONE = Article("one", "One", f"## First\n\n{REST}\n\n## Second\n\nOnly here.\n\n## Third\n\n{REST}")
TWO = Article("two", "Two", f"Something before it.\n\n## Also\n\n{REST.upper().replace(' ', chr(10))}")
THREE = Article("three", "Three", REST)
PARAGRAPHS = ("Rest helps.", "Tea counts too.", "Sleep well.", "Six cups are many.")


def twins(*articles: Article) -> Twins:
    return Twins({each.id: each for each in articles}, [passage for each in articles for passage in chunk(each)])


def one_by_one(article: Article) -> list[Passage]:
    """Every paragraph a passage of its own."""
    starts = [0]
    while (gap := article.text.find("\n\n", starts[-1])) >= 0:
        starts.append(gap + 2)
    ends = [start - 2 for start in starts[1:]] + [len(article.text)]
    return [cut(article, start, end) for start, end in zip(starts, ends, strict=True)]


def test_the_same_words_are_found_whatever_their_case_and_white_space() -> None:
    found = twins(ONE, THREE, TWO)
    passage = chunk(THREE)[0]
    assert [twin.article_id for twin in found.of(passage, [passage])] == ["one", "two"]
    [there] = [twin for twin in found.of(passage, [passage]) if twin.article_id == "two"]
    assert there.text == TWO.text[there.start : there.end] == REST.upper().replace(" ", "\n")


def test_an_article_that_repeats_itself_has_no_twin() -> None:
    passage = chunk(ONE)[0]
    assert list(twins(ONE).of(passage, [passage])) == []


def test_each_article_is_named_once_by_its_first_place() -> None:
    passage = chunk(THREE)[0]
    [twin] = twins(ONE, THREE).of(passage, [passage])
    assert twin == chunk(ONE)[0]


def test_joined_passages_are_found_where_they_stand_in_a_row() -> None:
    apart = Article("apart", "Apart", f"{REST}\n\nNot so there.\n\n{TEA}")
    near = Article("near", "Near", f"Before.\n\n{REST}\n\n{TEA}")
    asked = Article("asked", "Asked", f"{REST}\n\n{TEA}\n\nAfter.")
    articles = {each.id: each for each in (apart, near, asked)}
    found = Twins(articles, [passage for each in articles.values() for passage in one_by_one(each)])
    joined = cut(asked, 0, asked.text.index("\n\nAfter"))
    [twin] = found.of(joined, one_by_one(asked)[:2])
    assert (twin.article_id, twin.text) == ("near", joined.text)


@given(
    st.lists(st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=5), min_size=1, max_size=4),
    st.data(),
)
def test_twins_are_all_the_other_articles_that_have_the_words(bodies: Sequence[list[str]], data: st.DataObject) -> None:
    articles = {str(at): Article(str(at), f"Title {at}", "\n\n".join(body)) for at, body in enumerate(bodies)}
    found = Twins(articles, [passage for each in articles.values() for passage in one_by_one(each)])
    asked = articles[data.draw(st.sampled_from(sorted(articles)))]
    parts = one_by_one(asked)
    first = data.draw(st.integers(0, len(parts) - 1))
    last = data.draw(st.integers(first, len(parts) - 1))
    passage = cut(asked, parts[first].start, parts[last].end)
    expected = {each.id for each in articles.values() if each is not asked and passage.text in each.text}
    told = list(found.of(passage, parts[first : last + 1]))
    assert {twin.article_id for twin in told} == expected
    assert all(twin.text == passage.text for twin in told)
    assert all(one.article_id < two.article_id for one, two in pairwise(told))


def test_only_the_first_of_equal_hits_stays() -> None:
    found = twins(ONE, THREE, TWO)
    hits = [Hit(passage.id, 1.0) for each in (TWO, ONE, THREE) for passage in chunk(each)]
    assert [hit.passage_id for hit in found.once(hits)] == [
        *(passage.id for passage in chunk(TWO)),
        chunk(ONE)[1].id,
    ]


@pytest.mark.parametrize("order", [(ONE, TWO, THREE), (THREE, TWO, ONE)])
def test_a_snapshot_knows_the_twins_of_its_passages(store: SnapshotStore, order: tuple[Article, ...]) -> None:
    store.build(order)
    snapshot = store.open()
    [passage] = snapshot.passages_of("three")
    assert [twin.article_id for twin in snapshot.twins.of(passage, [passage])] == ["one", "two"]
