"""Copies and near-copies are found, and what only sounds alike is not."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates import ALIKE, fingerprint, near_copies, normal, same_text
from corpus.models import Article

WORDS = [f"word{n}" for n in range(400)]
TEXTS = st.text(st.characters(codec="utf-8")) | st.sampled_from(["A b", "a  B", "a\nb ", "ß", "SS", "ss"])


def article(article_id: str, words: list[str]) -> Article:
    return Article(article_id, article_id, " ".join(words))


def share(one: list[str], other: list[str]) -> float:
    """By the definition: runs of five words in both, of those in either."""
    left, right = ({tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in (one, other))
    return len(left & right) / len(left | right)


@given(TEXTS, TEXTS)
def test_a_fingerprint_is_that_of_the_words(one: str, other: str) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (normal(one) == normal(other))


@given(st.lists(st.sampled_from(["Tea.", "tea. ", "TEA.", "Rest.", "Sleep"]), max_size=6))
def test_each_copy_names_the_first_with_its_words(texts: list[str]) -> None:
    articles = [Article(str(at), "T", text) for at, text in enumerate(texts)]
    expected: dict[str, str] = {}
    for one, two in combinations(range(len(texts)), 2):
        if texts[one].casefold().split() == texts[two].casefold().split():
            expected.setdefault(str(two), str(one))
    assert same_text(articles) == expected


def test_a_near_copy_names_the_article_it_is_most_like() -> None:
    less, more = [*WORDS[:-30], *("x" * 30)], [*WORDS[:-5], "y"]
    found = list(
        near_copies([article("other", WORDS[::-1]), article("a", less), article("b", more), article("c", WORDS)])
    )
    assert found[:2] == [None, None]
    assert [(copy.article_id, copy.of) for copy in found[2:] if copy] == [("b", "a"), ("c", "b")]
    assert found[3]
    assert found[3].share == share(more, WORDS) > ALIKE


def test_what_is_less_alike_is_no_copy() -> None:
    half = WORDS[:200] + [f"other{n}" for n in range(200)]
    assert list(near_copies([article("a", WORDS), article("b", half)])) == [None, None]
    assert share(WORDS, half) < ALIKE


def test_just_alike_enough_is_found_nearly_always() -> None:
    """0.81 and more: at least 95 of 100 by the bands and rows; 90 leave room for chance, which is fixed."""
    found = 0
    for n in range(100):
        words = [f"{n}-{word}" for word in WORDS]
        changed = [*words[:-40], *(f"{n}-new{at}" for at in range(40))]
        assert 0.8 <= share(words, changed) < 0.83
        found += bool(list(near_copies([article("a", words), article("b", changed)]))[1])
    assert found >= 90


def test_short_and_empty_texts_are_compared_whole() -> None:
    texts = ["", "Two words.", "two WORDS.", "Other words."]
    found = list(near_copies(Article(str(at), "T", text) for at, text in enumerate(texts)))
    assert [copy and copy.of for copy in found] == [None, None, "1", None]
