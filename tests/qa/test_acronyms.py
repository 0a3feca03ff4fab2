"""Short names are found where the articles explain them, and written out in questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article
from index.snapshot import Snapshot
from qa.acronyms import acronyms, expand

BFS = "benign fasciculation syndrome"
ALS = "amyotrophic lateral sclerosis"
KNOWN = {"BFS": BFS, "ALS": ALS, "EMG": "electromyography", "AIDS": "acquired immune deficiency syndrome"}


def found_in(*texts: str) -> dict[str, str]:
    return acronyms(Article(f"a{number}", "Title", text) for number, text in enumerate(texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is called benign fasciculation syndrome (BFS).", {"BFS": BFS}),
        ("Amyotrophic lateral sclerosis (ALS) is rare.", {"ALS": ALS}),
        ("A cramp-fasciculation syndrome (CFS) hurts.", {"CFS": "cramp-fasciculation syndrome"}),
        ("They did magnetic resonance imagings (MRIs).", {"MRI": "magnetic resonance imagings"}),
        ("The World Health Organization (WHO) and multiple sclerosis (MS).", {"MS": "multiple sclerosis"}),
        ("Those were the days (WWW).", {}),
        ("Call now (UK).", {}),
        ("(BFS)", {}),
        ("", {}),
    ],
)
def test_an_explanation_counts_when_its_initials_fit(text: str, expected: dict[str, str]) -> None:
    assert {key: name for key, name in found_in(text).items() if key != "WHO"} == expected


def test_the_usual_expansion_wins() -> None:
    usual = "Multiple sclerosis (MS) is one. "
    assert found_in(usual * 2, "Mitral stenosis (MS) is another.") == {"MS": "multiple sclerosis"}


def test_a_title_explains_too() -> None:
    assert acronyms([Article("a", "Benign fasciculation syndrome (BFS)", "Text.")]) == {"BFS": BFS}


def test_the_shipped_articles_explain_theirs(snapshot: Snapshot) -> None:
    found = acronyms(snapshot.articles.values())
    assert found["BFS"] == BFS
    assert found["ALS"] == ALS


@pytest.mark.parametrize(
    ("typed", "written_out"),
    [
        ("what is BFS", f"what is {BFS}"),
        ("what is bfs?", f"what is {BFS}?"),
        ("BFS vs. ALS", f"{BFS} vs. {ALS}"),
        ("BFS's symptoms", f"{BFS}'s symptoms"),
        ("bfs’s symptoms", f"{BFS}’s symptoms"),
        ("is BFS benign fasciculation syndrome", "is BFS benign fasciculation syndrome"),
        ("what aids sleep", "what aids sleep"),
        ("is AIDS a cause", "is acquired immune deficiency syndrome a cause"),
        ("BFSX and XBFS", "BFSX and XBFS"),
        ("BFS BFS", f"{BFS} {BFS}"),
        ("", ""),
    ],
)
def test_acronyms_are_written_out(typed: str, written_out: str) -> None:
    assert expand(typed, KNOWN) == written_out


@given(st.text() | st.lists(st.sampled_from([*KNOWN, "bfs", "als's", "EMGs", "aids", BFS, "?"])).map(" ".join))
def test_writing_out_twice_changes_nothing_more(typed: str) -> None:
    once = expand(typed, KNOWN)
    assert expand(once, KNOWN) == once


@given(st.text())
def test_nothing_known_changes_nothing(typed: str) -> None:
    assert expand(typed, {}) == typed


@pytest.mark.parametrize(("typed", "meant"), [("bsf", "BFS"), ("asl", "ALS"), ("Fbs", "BFS")])
def test_two_swapped_letters_are_forgiven(typed: str, meant: str) -> None:
    known = {"BFS": "benign fasciculation syndrome", "ALS": "amyotrophic lateral sclerosis"}
    assert expand(f"what is {typed}", known) == f"what is {known[meant]}"


def test_two_letters_are_never_swapped() -> None:
    assert expand("what is sm", {"MS": "multiple sclerosis"}) == "what is sm"


def test_a_short_other_name_stands_for_the_title() -> None:
    article = Article("rls", "Restless legs", "A strong urge to move.", also_called=("RLS", "Willis-Ekbom disease"))
    assert acronyms([article]) == {"RLS": "restless legs"}
