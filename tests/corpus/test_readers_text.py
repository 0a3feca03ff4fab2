"""Plain text, as typed and as scraped: what is kept is kept word for word, what is dropped is listed."""

import re
from collections import Counter
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.chunking import dangling
from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers.reading import Reading
from corpus.readers.text import TextReader
from corpus.structure import sentences

FLAT = "000_35102ccd31e70284.txt"
LAID_OUT = "001_96f1712673e769d6.txt"
PROSE = "Twitches come and go, and most of them need no treatment at all from anyone."


def read(text: str | bytes, name: str = "notes.txt") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    (reading,) = TextReader().read(data, name)
    assert isinstance(reading, Reading)
    return reading


def body(text: str) -> str:
    return read(text).article.text


def dropped(reading: Reading) -> dict[str, str]:
    return {block.kind: block.text for block in reading.dropped}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(params=[FLAT, LAID_OUT])
def scraped(request: pytest.FixtureRequest, shared: Path) -> tuple[str, Reading]:
    data = (shared / "articles" / request.param).read_bytes()
    return flat(unescape(data.decode())), read(data, request.param)


@pytest.fixture
def flat_page(shared: Path) -> Reading:
    return read((shared / "articles" / FLAT).read_bytes(), FLAT)


@pytest.fixture
def laid_out_page(shared: Path) -> Reading:
    return read((shared / "articles" / LAID_OUT).read_bytes(), LAID_OUT)


# The two real pages.


def test_every_kept_sentence_stands_in_the_page(scraped: tuple[str, Reading]) -> None:
    raw, reading = scraped
    text = reading.article.text
    assert [span.of(text) for span in sentences(text) if flat(span.of(text)) not in raw] == []


def test_nothing_of_the_page_is_lost_silently(scraped: tuple[str, Reading]) -> None:
    raw, reading = scraped
    kept = re.sub(r"^(?:#+|-) ", "", reading.article.text, flags=re.MULTILINE)
    accounted = Counter(" ".join([kept, *(block.text for block in reading.dropped)]).split())
    words = Counter(raw.replace("•", " ").split())
    title_line = Counter(reading.article.title.split()) if raw.startswith(reading.article.title) else Counter()
    assert words - accounted == title_line
    assert accounted - words == Counter()


def test_the_pages_dangling_introductions_are_found(flat_page: Reading, laid_out_page: Reading) -> None:
    def ends(article: Article) -> list[str]:
        return [span.of(article.text).split()[-1] for span in dangling(article)]

    assert ends(flat_page.article) == ["include:", "as:", "include:", "by:"]
    assert ends(laid_out_page.article) == ["including:", "are:", "as:"]


def test_the_flat_page_tells_its_metadata_in_its_citation(flat_page: Reading) -> None:
    article = flat_page.article
    assert article.id == "benign-fasciculation-syndrome-what-causes-muscle"
    assert article.title == "Benign fasciculation syndrome: What causes muscle fasciculations?"
    assert article.authors == ("Jon Johnson",)
    assert article.publisher == "Medical News Today"
    assert article.published == date(2017, 12, 21)
    assert article.url == "https://www.medicalnewstoday.com/articles/320388.php"


def test_the_flat_page_is_parted_into_paragraphs(flat_page: Reading) -> None:
    paragraphs = flat_page.article.text.split("\n\n")
    assert len(paragraphs) == 40
    assert paragraphs[10] == "Drugs that may trigger fasciculations include:"
    assert set(dropped(flat_page)) == {"citation formats", "reference list"}


def test_the_laid_out_page_tells_its_metadata(laid_out_page: Reading) -> None:
    article = laid_out_page.article
    assert article.id == "benign-fasciculation-syndrome-causes-and-treatment"
    assert article.title == "Benign Fasciculation Syndrome: Causes and Treatment"
    assert article.authors == ("Peter Pressman, MD",)
    assert article.publisher == "Verywell Health"
    assert (article.url, article.published) == (None, None)


def test_the_laid_out_page_has_its_headings(laid_out_page: Reading) -> None:
    found = re.findall(r"^#+ .*", laid_out_page.article.text, re.MULTILINE)
    expected = (
        "## What Causes",
        "## Common Causes",
        "## Uncommon Causes",
        "## Benign Fasciculation",
        "## Treatment for",
        "## Diagnosing Benign",
        "## Benign Fasciculation Syndrome vs",
        "## A Word",
        "## Frequently Asked",
        "### What is",
        "### Are fasciculations",
    )
    assert [heading for heading, start in zip(found, expected, strict=True) if not heading.startswith(start)] == []
    assert laid_out_page.article.text.count("\n- ") == 5


def test_the_laid_out_page_lists_what_it_dropped(laid_out_page: Reading) -> None:
    kinds = dropped(laid_out_page)
    assert set(kinds) == {"caption", "image credit", "reference list", "editorial note", "by-line"}
    assert kinds["caption"] == "Man holding leg"
    assert kinds["image credit"].endswith("Getty Images")
    assert kinds["reference list"].startswith("11 Sources\n1. ")
    assert kinds["reference list"].endswith("Tremor fact sheet.")
    assert kinds["by-line"].startswith("By Peter Pressman, MD\n")


# Texts that people type.


def test_plain_paragraphs_come_through_untouched() -> None:
    text = f"{PROSE}\n\nSome say 2 * 3 = 6 & more; others don't.\n\n{PROSE}"
    reading = read(text, "my-notes_on twitching.txt")
    assert reading.article.text == text
    assert reading.article.title == "My notes on twitching"
    assert reading.article.id == "my-notes-on-twitching"
    assert reading.dropped == ()


def test_a_first_line_like_a_title_is_the_title() -> None:
    reading = read(f"Why do my eyelids twitch?\n\n{PROSE}")
    assert reading.article.title == "Why do my eyelids twitch?"
    assert reading.article.text == PROSE


def test_only_the_whole_first_line_repeats_a_title() -> None:
    citation = 'Cite this article\n\nMLA\n\nDoe, Jane. "Eyelids." Eye News. Web. 3 Mar. 2020. <https://example.org/e>'
    reading = read(f"Eyelids twitch often\n\n{PROSE}\n\n{citation}")
    assert (reading.article.title, reading.article.authors) == ("Eyelids", ("Jane Doe",))
    assert reading.article.text == f"Eyelids twitch often\n\n{PROSE}".replace("Eye", "## Eye", 1)
    again = read(f"Eyelids\n\n{PROSE}\n\n{citation}")
    assert again.article.text == PROSE


def test_hard_wrapped_paragraphs_are_put_on_one_line() -> None:
    wrapped = re.sub(r"(.{60,75}) ", r"\1\n", " ".join([PROSE] * 6))
    assert wrapped.count("\n") > 3
    assert body(f"Twitches\n\n{wrapped}\n\n{PROSE}") == f"{' '.join([PROSE] * 6)}\n\n{PROSE}"


def test_two_spaces_after_every_sentence_are_how_it_was_typed() -> None:
    typed = "  ".join([PROSE] * 20)
    assert body(f"Twitches\n\n{typed}") == flat(typed)


def test_a_page_on_one_line_is_parted_at_wide_gaps_after_sentences_only() -> None:
    paragraph = f"{PROSE} See  this link  for Dr.  Smith. {PROSE}"
    assert body("  ".join([paragraph] * 8)).split("\n\n") == [flat(paragraph)] * 8


@pytest.mark.parametrize("bullet", ["•", "-", "*", "◦", "1.", "7)"])
def test_every_kind_of_bullet_becomes_an_item(bullet: str) -> None:
    following = {"1.": "2.", "7)": "8)"}.get(bullet, bullet)
    assert body(f"Twitches\n\nTry:\n{bullet} rest\n{following} less coffee") == "Try:\n\n- rest\n- less coffee"


def test_a_list_without_bullets_is_recovered_after_its_introduction() -> None:
    text = f"Twitches\n\n{PROSE} They follow:\nCoffee\nLong runs\nPoor sleep\n\n{PROSE}"
    assert body(text).split("\n\n")[1] == "- Coffee\n- Long runs\n- Poor sleep"


def test_headings_in_sentence_case_are_recovered() -> None:
    text = f"Twitches\n\n{PROSE}\n\nWhat helps most people\n\n{PROSE}"
    assert body(text) == f"{PROSE}\n\n## What helps most people\n\n{PROSE}"


def test_a_number_at_the_start_of_a_paragraph_is_no_list() -> None:
    text = f"{PROSE}\n\n2017. That was the year.\n\n{PROSE}"
    assert body(text) == text


@pytest.mark.parametrize("line", ["# of patients who twitched: 12 of 40.", "## is how some write a number sign."])
def test_a_line_that_only_looks_like_a_heading_keeps_its_characters(line: str) -> None:
    article = read(f"{PROSE}\n\n{line}").article
    assert [section.path for section in article.sections] == [()]
    assert flat(article.text) == f"{PROSE} {line}"


def test_a_dash_inside_a_wrapped_sentence_begins_no_item() -> None:
    text = f"{PROSE}\n\nThe range was 5 - 10 times a day."
    assert body(text) == text


def test_entities_are_decoded_only_with_their_semicolon() -> None:
    assert body(f"Salt &amp; water &lt; 5 g, R&D, &notin text.\n\n{PROSE}").startswith(
        "Salt & water < 5 g, R&D, &notin"
    )


def test_a_caption_goes_with_its_image_credit_but_a_heading_stays() -> None:
    text = f"Twitches\n\n{PROSE}\n\nA tired man\n\nPhoto by Jo Doe\n\nGood Night Sleep\n\nGetty Images\n\n{PROSE}"
    reading = read(text)
    assert [block.kind for block in reading.dropped] == ["caption", "image credit", "image credit"]
    assert "## Good Night Sleep" in reading.article.text


def test_a_section_on_sources_of_something_stays() -> None:
    text = f"Magnesium\n\n{PROSE}\n\nSources\n\n{PROSE}\n\n{PROSE}"
    assert body(text) == f"{PROSE}\n\n## Sources\n\n{PROSE}\n\n{PROSE}"


def test_references_without_a_heading_are_dropped_at_the_end() -> None:
    listed = "Doe, J., & Roe, R. (2012). A study of rest.\n\nRoe, R. (2015, May 2). Another one."
    reading = read(f"Twitches\n\n{PROSE}\n\n{listed}")
    assert reading.article.text == PROSE
    assert dropped(reading) == {"reference list": listed.replace("\n\n", "\n")}


def test_an_article_of_nothing_but_boilerplate_is_refused() -> None:
    with pytest.raises(ArticleError, match=r"notes\.txt: there is no article in the text"):
        read("References\n\n1. Doe J. Rest. J Sleep. 2012;3(4):5-6. doi:10.1/x")


@given(st.text().filter(lambda text: bool(text.strip()) and "\0" not in text and "\ufeff" not in text))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        article = read(text).article
    except ArticleError:
        return
    assert article.text == article.text.strip()
    assert not re.search(r"[ \t]\n|\n\n\n|\r", article.text)
