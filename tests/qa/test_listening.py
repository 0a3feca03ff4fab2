import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.models import NoticeKind
from qa.notices import HEARD, Notices
from qa.notices.listening import KINDS, LONG, heard, sentences_of, stretches
from tests import written

NOTICES = Notices.load()


def test_messages_of_writers_it_has_not_learnt_from_are_heard() -> None:
    """Many avoid every word that a list of signs could hold, or are parted from the others by one word only.

    docs/quality.md has the figures.
    """
    said = written.messages("fit")
    shown = [{notice.kind for notice in NOTICES.for_question(message.text)} for message in said]

    def share(kind: NoticeKind, *, wanted: bool) -> float:
        given = [kind in kinds for kinds, one in zip(shown, said, strict=True) if wanted == (kind in one.notices)]
        return sum(given) / len(given)

    most: dict[NoticeKind, float] = {"emergency": 0.04, "crisis": 0.17}
    for kind in KINDS:
        assert share(kind, wanted=True) > 0.95
        assert share(kind, wanted=False) < most[kind]


def test_what_else_people_ask_seldom_raises_a_notice() -> None:
    """Of the listener that decided both alone at first, 4 of 100 raised an emergency, and 3 a crisis."""
    shown = [{notice.kind for notice in NOTICES.for_question(text)} for text in written.asked("fit")]
    for kind, most in (("emergency", 0.02), ("crisis", 0.03)):
        assert sum(kind in kinds for kinds in shown) < most * len(shown)


@given(st.lists(st.sampled_from([" ", ", ", ". ", "; ", "\n", "\n# ", "\n- "]), max_size=400))
def test_every_word_is_heard(between: list[str]) -> None:
    text = "".join(f"w{n}{each}" for n, each in enumerate(between))
    for parts in (stretches(text), sentences_of(text)):
        said = [re.findall(r"w\d+", part) for part in parts]
        assert list(dict.fromkeys(chain(*said))) == [f"w{n}" for n in range(len(between))]
        assert all(part in text and len(words) <= LONG for part, words in zip(parts, said, strict=True))


@pytest.mark.parametrize("mark", ["# ", "- ", "1. ", "> "])
def test_a_line_of_any_kind_is_heard_by_itself(mark: str) -> None:
    parts = sentences_of(f"{mark}I want to kill myself\nmy leg twitches")
    assert any(part.endswith("I want to kill myself") for part in parts)


BEFORE = [
    "arm,jaw," * 150,
    "tingling/numb/" * 100,
    "idk wht tto doo anymor plss " * 30,
    "-" * 400,
    "_" * 400,
    "!?" * 200,
]


@pytest.mark.parametrize("before", BEFORE)
def test_the_end_of_a_long_message_is_heard(before: str) -> None:
    said = heard(stretches(before + " i want to kill myself tonight"))
    assert said["crisis"] > HEARD["crisis"]


@pytest.mark.parametrize("text", ["help", "Help!", "why", ""])
def test_one_word_is_no_cry(text: str) -> None:
    assert NOTICES.for_question(text) == ()


def test_half_a_character_does_no_harm() -> None:
    assert [each.kind for each in NOTICES.for_question("i want to kill myself \ud800")] == ["crisis"]


def test_a_story_hides_nothing() -> None:
    story = "My calf twitches when I rest, and my eyelid too. " * 30
    assert heard(stretches(f"{story} I have the pills ready and will not wake up tomorrow. {story}"))["crisis"] > 0.5
    assert heard(stretches(story))["crisis"] < 0.5
