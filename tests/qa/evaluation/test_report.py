"""The report is whole in one file, loads nothing and escapes everything."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from qa.evaluation.plots import histogram
from qa.evaluation.report import report_html
from qa.evaluation.results import Evaluation, QuestionResult, Shown, Stamp
from qa.evaluation.summary import summarise

HOSTILE = '</title></style><script src="https://evil.example/x.js">alert(1)</script><img src=x onerror=alert(1)>"\'&'
STAMP = Stamp("set.jsonl", "0" * 64, "tune", 3, "abc", "m", "1" * 64, "0.1.0", "2" * 64, {"answer_from": 0.5}, "2026")
LOADING = {"src", "href", "srcset", "action", "data", "poster", "xlink:href"}


def result(question_id: str = "plain-2", **values: object) -> QuestionResult:
    made = QuestionResult(
        id=question_id,
        kind="plain",
        question="Why?",
        history=(),
        searched="why",
        outcome="answered",
        probability=0.9,
        shown=(Shown("Title", "A passage.\n\n- an item", ((0, 9),)),),
        wanted=("Another passage.",),
        notices=(),
        notices_wanted=(),
        took_ms=12.0,
        scores={"found@3": 0.0, "quote success@3": 0.0, "false declines": 0.0},
    )
    return replace(made, **values)  # type: ignore[arg-type]


def unanswerable() -> QuestionResult:
    return result("far-2", kind="far", wanted=(), scores={"false answers": 1.0}, probability=0.7)


class Elements(HTMLParser):
    """Notes every element and attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def hostile() -> str:
    bad = result(
        HOSTILE,
        kind=HOSTILE,
        question=HOSTILE,
        history=(HOSTILE,),
        searched=HOSTILE + "2",
        outcome=HOSTILE,
        shown=(Shown(HOSTILE, HOSTILE, ((0, 5),)),),
        wanted=(HOSTILE,),
        notices=(HOSTILE,),
    )
    return report_html(summarise(replace(STAMP, dataset=HOSTILE), [bad, unanswerable()], (), (HOSTILE,)))


def test_no_address_of_another_machine_is_loaded(hostile: str) -> None:
    elements = Elements(hostile).found
    assert elements
    assert not [(tag, LOADING & attributes.keys()) for tag, attributes in elements if LOADING & attributes.keys()]
    style = re.findall(r"<style>(.*?)</style>", hostile, re.DOTALL)
    assert not re.search(r"url\(|@import", "".join(style))


def test_hostile_text_stays_text(hostile: str) -> None:
    elements = Elements(hostile).found
    assert not {"script", "img"} & {tag for tag, _ in elements}
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]


def test_what_was_shown_stands_beside_what_was_wanted() -> None:
    html = report_html(summarise(STAMP, [result(), unanswerable()], ()))
    assert "<mark>A passage</mark>" in html
    assert "Another passage." in html
    assert "<h3>quote success@3</h3>" in html
    assert "<h3>false answers</h3>" in html
    assert "0.700" in html, "the probability from which all is answered"


def test_tables_have_headings_and_plots_have_names() -> None:
    elements = Elements(report_html(summarise(STAMP, [result(), unanswerable()], ()))).found
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in elements if tag == "th")
    plots = [attributes for tag, attributes in elements if tag == "svg"]
    assert [plot["role"] for plot in plots] == ["img"] * 3
    assert all(plot["aria-label"] for plot in plots)


def ranked(scores: dict[str, float]) -> Evaluation:
    return summarise(STAMP, [result(kind="", outcome="ranked", probability=None, scores=scores)], ())


def test_a_ranking_has_no_plots_of_decisions() -> None:
    html = report_html(ranked({"nDCG@10": 0.25}))
    assert "<h3>nDCG@10</h3>" in html
    assert "By kind" not in html
    assert html.count("<svg") == 1


def test_a_perfect_evaluation_has_nothing_to_look_at() -> None:
    assert "None: every question came out as wanted." in report_html(ranked({"nDCG@10": 1.0}))


@pytest.mark.parametrize("values", [[0.0], [0.0, 0.4], [3.0, 1999.0], [123456.0]])
def test_a_histogram_holds_every_value_inside_its_frame(values: list[float]) -> None:
    bars = re.findall(
        r'class="bar" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', histogram("t", values, "ms")
    )
    assert bars
    for x, y, width, height in ((float(a), float(b), float(c), float(d)) for a, b, c, d in bars):
        assert x >= 48
        assert x + width <= 460
        assert y >= 20
        assert y + height == pytest.approx(232, abs=0.2)
