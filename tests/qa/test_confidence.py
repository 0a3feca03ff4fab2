"""Which views of a question decide, and what is missing from the passages found."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.library import Library
from corpus.models import Article
from index.encoder import MiniLM
from index.live import FixedIndex
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.answering import RERANKED, Answerer, rank
from qa.confidence import Calibration, _log_odds, views
from qa.evidence import ask
from qa.gaps import MOST_MISSING, gaps
from qa.notices import Notices
from qa.settings import SHIPPED_ARTICLES


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = SnapshotStore(tmp_path_factory.mktemp("shipped"), MiniLM())
    store.build(Library(SHIPPED_ARTICLES).articles().articles)
    return store.open()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is BFS?", ["What is BFS?"]),
        ("why", ["why"]),
        ("My mother has lupus. How is it diagnosed?", ["How is mother lupus diagnosed?"]),
        ("I have lupus. What can I do?", ["lupus: What can I do?"]),
        ("It hurts. What can I do?", []),
        (
            "My leg twitches. Can coffee cause that? What helps against cramps?",
            ["Can coffee cause that?", "What helps against cramps?"],
        ),
    ],
)
def test_the_sentences_that_ask_are_views_of_their_own(question: str, expected: list[str]) -> None:
    assert views(question) == list(dict.fromkeys([question, *expected]))


@pytest.mark.parametrize(
    "question",
    [
        "I have pancreatic cancer. What can I do?",
        "My dog ate chocolate. What should I do?",
        "I was diagnosed with lupus. What can I do about it?",
        "My mother has lupus. How is it diagnosed?",
        "why",
        "who are you",
        "what do they do",
    ],
)
def test_what_asks_nothing_of_the_articles_is_declined(shipped: Snapshot, question: str) -> None:
    assert Answerer(FixedIndex(shipped), Notices.load()).answer(question).status == "no_answer"


def test_what_is_missing_is_named_and_bounded(shipped: Snapshot) -> None:
    encoded: list[int] = []

    class Counting(MiniLM):
        def encode(self, texts, progress=None):  # type: ignore[no-untyped-def]
            encoded.append(len(texts))
            return super().encode(texts, progress)

    shipped.encoder = Counting()
    strange = " ".join(f"qx{n}zt" for n in range(200))
    [question] = ask(shipped, [f"Can muscle twitching be caused by {strange}"])
    encoded.clear()
    found = gaps(shipped, question, rank(shipped, question)[:3])
    assert found["rarest"] == found["missing"] == 1.0
    assert sum(encoded) <= 2 * MOST_MISSING


def test_a_figure_that_is_asked_for_and_missing_counts(shipped: Snapshot) -> None:
    asked = ask(shipped, ["What is the usual dose of propranolol for fasciculations?", "What is magnesium for?"])
    assert [gaps(shipped, one, rank(shipped, one)[:3])["no_figure"] for one in asked] == [1.0, 0.0]


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_read_counts_the_more_the_surer_it_is(one: float, other: float) -> None:
    assert 0 <= _log_odds(min(one, other)) <= _log_odds(max(one, other)) <= 1
    assert _log_odds(one) + _log_odds(1 - one) == pytest.approx(1)
    assert _log_odds(0) == pytest.approx(0)


@pytest.mark.parametrize(("bias", "expected"), [(-1e6, 0.0), (0.0, 0.5), (1e6, 1.0)])
def test_any_weight_gives_a_probability(bias: float, expected: float) -> None:
    assert Calibration(bias, {}, 0.5, 0.6, 0.7).probability({}) == pytest.approx(expected)


def test_a_rare_other_name_finds_its_article_among_near_ones(tmp_path: Path) -> None:
    """The vectors do not know the name: more passages than are looked at are nearer in meaning."""
    text = "A strong urge to move the legs comes in the evening, when a person rests. Moving eases it for a while."
    named = Article("rest", "Restless legs", text, also_called=("Zyblor-Quent disease",))
    near = [
        Article(
            f"near-{n:03}", f"Disease number {n}", f"This disease is number {n} of the known diseases. It is a disease."
        )
        for n in range(2 * RERANKED)
    ]
    store = SnapshotStore(tmp_path, MiniLM())
    store.build([named, *near])
    snapshot = store.open()
    [question] = ask(snapshot, ["what is Zyblor-Quent disease"])
    nearest = [hit.passage_id for hit in snapshot.dense.nearest(question.vector, RERANKED)]
    assert not any(each.startswith("rest:") for each in nearest)
    assert rank(snapshot, question)[0].passage.article_id == "rest"
