from hypothesis import given
from hypothesis import strategies as st

from qa.models import NoticeKind
from qa.notices import Notices
from qa.notices.listening import KINDS, LONG, heard, sentences_of, stretches
from tests import written

NOTICES = Notices.load()


def test_messages_of_writers_it_has_not_learnt_from_are_heard() -> None:
    """Half of these avoid every word that a list of signs could hold; docs/quality.md has the figures."""
    said = written.messages("fit")
    shown = [{notice.kind for notice in NOTICES.for_question(message.text)} for message in said]

    def share(kind: NoticeKind, *, wanted: bool) -> float:
        given = [kind in kinds for kinds, one in zip(shown, said, strict=True) if wanted == (kind in one.notices)]
        return sum(given) / len(given)

    for kind in KINDS:
        assert share(kind, wanted=True) > 0.9
        assert share(kind, wanted=False) < 0.06


@given(st.lists(st.text(alphabet="ab .?\n", max_size=300), max_size=5).map(" ".join))
def test_every_word_is_heard(text: str) -> None:
    assert {word for part in stretches(text) for word in part.split()} == set(text.split())
    assert set("".join(sentences_of(text))) >= set("".join(text.split()))
    assert all(len(part.split()) <= LONG for part in (*stretches(text), *sentences_of(text)))


def test_a_story_hides_nothing() -> None:
    story = "My calf twitches when I rest, and my eyelid too. " * 30
    assert heard(stretches(f"{story} I have the pills ready and will not wake up tomorrow. {story}"))["crisis"] > 0.5
    assert heard(stretches(story))["crisis"] < 0.5
