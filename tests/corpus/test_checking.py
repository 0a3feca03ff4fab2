"""Each rule finds what it is for, names the article and quotes the place."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.checking import check
from corpus.library import Library
from corpus.models import Article, Source

TODAY = date(2026, 6, 1)
PROSE = "Twitches come and go, and most of them need no treatment at all from anyone."
GOOD = Article("a", "A", PROSE, url="https://example.org", reviewed=date(2025, 1, 1))


def rules(*articles: Article) -> list[tuple[str, str, str]]:
    return [(finding.article_id, finding.level, finding.rule) for finding in check(articles, TODAY)]


def test_a_good_article_has_no_findings() -> None:
    assert check([GOOD], TODAY) == ()


@pytest.mark.parametrize(
    ("reviewed", "found"),
    [(None, 1), (date(2023, 5, 30), 1), (date(2023, 6, 2), 0), (date(2026, 5, 1), 0)],
)
def test_a_missing_or_old_review_is_a_warning(reviewed: date | None, found: int) -> None:
    assert rules(replace(GOOD, reviewed=reviewed)) == [("a", "warning", "review")] * found


def test_an_article_names_its_url_or_its_sources() -> None:
    assert rules(replace(GOOD, url=None)) == [("a", "warning", "source")]
    assert rules(replace(GOOD, url=None, sources=(Source("T", "P", "https://example.org"),))) == []


@pytest.mark.parametrize("text", ["Too short.", " ".join(["word"] * 181) + "."])
def test_passages_too_short_or_too_long_are_quoted(text: str) -> None:
    (finding,) = check([replace(GOOD, text=text)], TODAY)
    assert (finding.level, finding.rule) == ("warning", "passage")
    assert text.startswith(finding.quote.removesuffix("…"))
    assert len(finding.quote) <= 120


def test_a_dangling_introduction_is_quoted() -> None:
    (finding,) = check([replace(GOOD, text=f"{PROSE}\n\nCauses include:")], TODAY)
    assert (finding.rule, finding.quote) == ("dangling", "Causes include:")


@pytest.mark.parametrize("damage", ["â€™", "â€œ", "Ã©", "Â°", "\ufffd", "\x07", "\x92"])
def test_unreadable_text_is_an_error(damage: str) -> None:
    text = f"{PROSE} It doesn{damage}t hurt."
    (finding,) = check([replace(GOOD, text=text)], TODAY)
    assert (finding.level, finding.rule) == ("error", "unreadable")
    assert damage in finding.quote
    assert rules(replace(GOOD, title=f"A{damage}")) == [("a", "error", "unreadable")]


@pytest.mark.parametrize("text", ["Âge, château, São Paulo, 37 °C, “quoted” – ok… ½ €", "肌肉", "naïve\tcafé"])
def test_other_languages_are_readable(text: str) -> None:
    assert rules(replace(GOOD, text=f"{PROSE} {text}")) == []


def test_the_same_text_twice_is_a_warning_about_the_second() -> None:
    same = replace(GOOD, id="b", text=PROSE.upper().replace(" ", "\n"))
    assert rules(GOOD, same) == [("b", "warning", "duplicate")]


def test_nearly_the_same_text_is_a_warning_about_the_second() -> None:
    sentences = [f"Reason number {n} is that a muscle was tired." for n in range(40)]
    one = replace(GOOD, text=" ".join(sentences))
    two = replace(GOOD, id="b", text=" ".join([*sentences, "Call a doctor then."]))
    assert rules(one, two) == [("b", "warning", "near-duplicate")]
    assert "nearly the text of a: 98%" in check([one, two], TODAY)[0].message


def test_a_dead_link_is_an_error() -> None:
    (finding,) = check([replace(GOOD, text=f"{PROSE} See /articles/none for more.")], TODAY)
    assert (finding.level, finding.rule, finding.quote) == ("error", "link", "/articles/none")
    linked = replace(GOOD, url="https://health.example.org/articles/none")
    assert check([linked], TODAY) == ()
    assert [finding.rule for finding in check([linked], TODAY, ["health.example.org"])] == ["link"]


def test_the_progress_counts_the_articles() -> None:
    told: list[tuple[int, int]] = []
    check([GOOD, replace(GOOD, id="b", text=f"{PROSE} Really.")], TODAY, (), lambda *state: told.append(state))
    assert told == [(1, 2), (2, 2)]


def test_the_shipped_articles_have_no_errors() -> None:
    loaded = Library(Path(__file__).resolve().parents[2] / "corpus" / "articles").articles()
    assert [finding for finding in check(loaded.articles, TODAY) if finding.level == "error"] == []
