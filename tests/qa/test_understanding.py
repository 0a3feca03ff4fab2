"""What was typed becomes what is searched, or the reason why nothing can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.understanding import Understanding

BFS = "benign fasciculation syndrome"
ALS = "amyotrophic lateral sclerosis"


@pytest.mark.parametrize(
    ("history", "typed", "searched"),
    [
        (["what is BFS?"], "how is it diagnosed?", f"how is {BFS} diagnosed"),
        ([], "what is BFS?", f"what is {BFS}"),
        ([], "  what \n is\tbfs ??  ", f"what is {BFS}"),
        ([], "facsiculation causes", "fasciculation causes"),
        (["waht is a facsiculation"], "what causes it", "what causes fasciculation"),
        (["what is BFS?"], "what is ALS?", f"what is {ALS}"),
        (["what is BFS?", "thanks!"], "how is it treated?", f"how is {BFS} treated"),
        (["hello"], "how is it treated?", "how is it treated"),
        (["what is BFS?", "👍", "asdfghjkl"], "is it dangerous?", f"is {BFS} dangerous"),
        ([], "My eyelid has been twitching for days.", "My eyelid has been twitching for days."),
        ([], "twitching", "twitching"),
        ([], "hello, what is BFS?", f"hello, what is {BFS}"),
    ],
)
def test_what_is_searched(understanding: Understanding, history: list[str], typed: str, searched: str) -> None:
    understood = understanding.understand(typed, history, exact=False)
    assert (understood.searched, understood.reason) == (searched, None)


@pytest.mark.parametrize(
    "typed",
    [
        "hi",
        "Hello!",
        "hey there",
        "good morning",
        "Thanks",
        "thank you",
        "ok cool",
        "bye 👋",
        "Thanks, that was helpful",
    ],
)
def test_courtesies_are_no_questions(understanding: Understanding, typed: str) -> None:
    assert understanding.understand(typed, [], exact=False).reason == "not_a_question"


@pytest.mark.parametrize(
    "typed",
    ["", " \n ", "?", "...", "👍", "😂😂😂", "asdfghjkl qwrtz", "xqzv", "\x00\x01", "help", "a question", "-- ()"],
)
def test_what_cannot_be_read_is_unclear(understanding: Understanding, typed: str) -> None:
    assert understanding.understand(typed, ["what is BFS?"], exact=False).reason == "unclear"


@pytest.mark.parametrize(
    "typed", ["Ozempic", "abilify", "gabapentin", "fibromyalgia", "kettle", "eyelidtwitch", "b12", "112"]
)
def test_a_single_word_can_be_a_question(understanding: Understanding, typed: str) -> None:
    assert understanding.understand(typed, [], exact=False).reason is None


def test_exact_searches_what_was_typed(understanding: Understanding) -> None:
    understood = understanding.understand(" how is it  facsiculated, BFS? ", ["what is ALS?"], exact=True)
    assert (understood.searched, understood.reason) == ("how is it facsiculated, BFS", None)


@pytest.mark.parametrize("typed", ["hi", "👍", ""])
def test_exact_makes_no_question_of_what_is_none(understanding: Understanding, typed: str) -> None:
    assert understanding.understand(typed, [], exact=True).reason is not None


@given(st.text(), st.lists(st.text(max_size=50), max_size=3), st.booleans())
def test_anything_can_be_typed(understanding: Understanding, typed: str, history: list[str], exact: bool) -> None:
    understood = understanding.understand(typed, history, exact=exact)
    assert understood.reason in (None, "unclear", "not_a_question")
    assert understood == understanding.understand(typed, history, exact=exact)
    assert understood.searched == " ".join(understood.searched.split())
    assert understood.reason or understood.searched
