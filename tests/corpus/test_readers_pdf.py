"""A PDF in, its article out: lines become paragraphs, headings and lists again, and no word is lost or changed."""

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime

import pypdf
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import DictionaryObject, IndirectObject, NameObject, NumberObject, StreamObject

from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers import read_bytes
from corpus.readers.reading import Reading

PROSE = (
    "Cramps are sudden, painful tightenings of a muscle. They often come at night, and they go away by themselves"
    " within a few minutes. Nobody knows for certain what causes them, but tired muscles are thought to be involved."
)
OTHER = PROSE.replace("Cramps", "Spasms")


class Document(FPDF):
    """A document with a running head and page numbers, as word processors set them."""

    running_head = ""

    def header(self) -> None:
        if self.running_head:
            self.set_font("helvetica", size=8)
            self.cell(text=self.running_head, new_x="LMARGIN", new_y="NEXT")
            self.ln(8)

    def footer(self) -> None:
        if self.running_head:
            self.set_y(-12)
            self.set_font("helvetica", size=8)
            self.cell(text=f"Page {self.page_no()}")


def document(running_head: str = "") -> Document:
    made = Document()
    made.running_head = running_head
    made.set_creation_date(datetime(2020, 1, 2, tzinfo=UTC))
    made.add_page()
    return made


def put(made: FPDF, text: str, *, size: float = 11, style: str = "", after: float = 4) -> None:
    made.set_font("helvetica", style=style, size=size)
    made.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT", align="L")
    made.ln(after)


def read(made: FPDF) -> Reading:
    (reading,) = read_bytes(bytes(made.output()), "a.pdf", "a.pdf")
    assert isinstance(reading, Reading)
    return reading


def article(made: FPDF) -> Article:
    return read(made).article


def refusal(data: bytes) -> ArticleError:
    (error,) = read_bytes(data, "a.pdf", "a.pdf")
    assert isinstance(error, ArticleError)
    return error


def test_headings_paragraphs_and_lists_are_recovered() -> None:
    made = document()
    put(made, "Leg cramps at night", size=20)
    put(made, PROSE)
    put(made, "What helps?", size=15)
    put(made, "These help most people:", after=2)
    put(made, "- Walk on your heels for a few minutes, then rest, and drink a whole glass of water slowly", after=0)
    put(made, "- Stretch")
    put(made, "Causes", style="B", after=1)
    put(made, OTHER)
    found = article(made)
    assert found.title == "Leg cramps at night"
    assert found.text == (
        f"{PROSE}\n\n## What helps?\n\nThese help most people:\n\n"
        "- Walk on your heels for a few minutes, then rest, and drink a whole glass of water slowly\n- Stretch\n\n"
        f"### Causes\n\n{OTHER}"
    )


def test_rows_of_a_table_are_lines() -> None:
    made = document()
    put(made, PROSE)
    made.set_font("helvetica", size=11)
    with made.table(borders_layout="NONE") as table:
        for row in (("Age", "Dose"), ("Adults", "5 mg"), ("Children", "none")):
            table.row(row)
    put(made, OTHER)
    assert "- Age: Adults; Dose: 5 mg\n- Age: Children; Dose: none" in article(made).text


def test_a_bold_word_in_a_sentence_parts_nothing() -> None:
    made = document()
    made.set_font("helvetica", size=11)
    made.multi_cell(0, 5.5, "Call **at once** if it hurts. " + PROSE, markdown=True, align="L")
    assert article(made).text == f"Call at once if it hurts. {PROSE}"


def test_running_heads_and_page_numbers_are_left_out() -> None:
    made = document("The Muscle Clinic")
    for number in range(12):
        put(made, f"{PROSE} {OTHER} This is number {number}.")
        put(made, f"{OTHER} {PROSE}" * 2)
    reading = read(made)
    assert made.pages_count > 2
    assert "Clinic" not in reading.article.text
    assert "Page" not in reading.article.text
    dropped = {block.text for block in reading.dropped if block.kind == "page header or footer"}
    assert {"The Muscle Clinic", "Page 1"} <= dropped
    assert reading.article.text.count("This is number") == 12


def test_a_paragraph_goes_on_over_a_page_break() -> None:
    made = document("The Muscle Clinic")
    for _ in range(9):
        put(made, f"{PROSE} {OTHER} {PROSE}", size=14)
    assert [line for line in article(made).text.split("\n") if line] == [f"{PROSE} {OTHER} {PROSE}"] * 9


def test_a_hyphen_at_the_end_of_a_line_goes_only_if_the_word_is_known_without_it() -> None:
    made = document()
    put(
        made,
        "Muscles twitch when they are tired, and this twitching is harmless. Yet at night it is the twitch-",
        after=0,
    )
    put(made, "ing that keeps many people awake for long, and now and then it may become a well-", after=0)
    put(made, "known complaint. " + PROSE)
    text = article(made).text
    assert "it is the twitching that keeps" in text
    assert "a well-known complaint" in text


def test_reference_lists_are_left_out() -> None:
    made = document()
    put(made, PROSE)
    put(made, "References", size=15)
    put(made, "1. Doe J. (2017). Cramps at night. J Cramp 3(4):12.", after=0)
    put(made, "2. Roe J. (2018). More cramps. J Cramp 4(4):12.")
    reading = read(made)
    assert reading.article.text == PROSE
    assert any(block.kind == "reference list" and "Roe" in block.text for block in reading.dropped)


def test_the_document_information_is_read() -> None:
    made = document()
    made.set_title("Leg cramps")
    made.set_author("Jane Doe; Jo Roe")
    made.set_lang("en-GB")
    put(made, PROSE)
    found = article(made)
    assert (found.id, found.title, found.authors) == ("leg-cramps", "Leg cramps", ("Jane Doe", "Jo Roe"))
    assert (found.published, found.language) == (date(2020, 1, 2), "en-GB")


def test_the_day_on_which_a_page_was_printed_is_not_that_of_its_publication() -> None:
    made = document()
    made.set_producer("Skia/PDF m156")
    put(made, PROSE)
    found = article(made)
    assert (found.published, found.updated) == (None, None)


def test_a_title_that_a_program_wrote_is_none() -> None:
    made = document()
    made.set_title("Microsoft Word - draft3.docx")
    put(made, "Leg cramps at night", size=20)
    put(made, PROSE)
    assert article(made).title == "Leg cramps at night"


_WORD = st.text(st.sampled_from("abcdefghij"), min_size=1, max_size=12)
_SENTENCES = st.lists(_WORD, min_size=3, max_size=60).map(lambda words: " ".join(words).capitalize() + ".")


@settings(max_examples=25)
@given(st.lists(_SENTENCES, min_size=1, max_size=12), st.sampled_from([9.0, 11.0, 14.0]))
def test_every_word_stays_in_its_order(paragraphs: list[str], size: float) -> None:
    made = document()
    for paragraph in paragraphs:
        put(made, paragraph, size=size)
    assert _words(article(made).text.splitlines()) == _words(paragraphs)


def _words(lines: Iterable[str]) -> list[str]:
    return [word for line in lines for word in line.removeprefix("#").lstrip("#- ").split()]


def test_a_locked_document_is_refused() -> None:
    made = document()
    made.set_encryption(owner_password="owner", user_password="user")
    put(made, PROSE)
    error = refusal(bytes(made.output()))
    assert "locked with a password" in str(error)
    assert error.advice


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a PDF that can be read"),
        (b"%PDF-1.4 and nothing more", "not a PDF that can be read"),
        (bytes(document().output()), "there is no text in it"),
    ],
)
def test_a_document_without_text_is_refused(data: bytes, reason: str) -> None:
    error = refusal(data)
    assert str(error).startswith(f"a.pdf: {reason}")
    assert error.advice


@pytest.mark.parametrize("apart", ["/Resources", "/XObject", "both"])
@pytest.mark.parametrize("words", ["", PROSE])
def test_pictures_that_stand_elsewhere_in_the_file_are_found(words: str, apart: str) -> None:
    """Any dictionary may be a reference to one."""

    def put_apart(value: DictionaryObject, name: str) -> DictionaryObject | IndirectObject:
        return writer._add_object(value) if apart in (name, "both") else value

    writer = with_text(words)
    page = writer.pages[0]
    resources = page["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    picture = writer._add_object(StreamObject())
    resources[NameObject("/XObject")] = put_apart(DictionaryObject({NameObject("/Im0"): picture}), "/XObject")
    page[NameObject("/Resources")] = put_apart(DictionaryObject(resources), "/Resources")
    assert outcome(writer) == (words or "a.pdf: there is no text in it, only pictures")


@pytest.mark.parametrize("words", ["", PROSE])
def test_damage_among_the_pictures_does_not_matter(words: str) -> None:
    writer = with_text(words)
    resources = writer.pages[0]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/XObject")] = NumberObject(5)
    assert outcome(writer) == (words or "a.pdf: there is no text in it")


def with_text(words: str) -> pypdf.PdfWriter:
    made = document()
    put(made, words)
    return pypdf.PdfWriter(clone_from=io.BytesIO(bytes(made.output())))


def outcome(writer: pypdf.PdfWriter) -> str:
    """The text, or why it was refused."""
    written = io.BytesIO()
    writer.write(written)
    (found,) = read_bytes(written.getvalue(), "a.pdf", "a.pdf")
    return found.article.text if isinstance(found, Reading) else str(found)
