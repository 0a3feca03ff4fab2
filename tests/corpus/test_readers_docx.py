"""A Word document in, its article out: styles become headings, lists and table rows, and every word stays."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers import read_bytes
from corpus.readers.reading import Reading

PROSE = "Cramps are sudden, painful tightenings of a muscle. They often come at night, and they go away by themselves."

Document = docx.document.Document


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(document: Document) -> Reading:
    (reading,) = read_bytes(saved(document), "leg-cramps.docx", "leg-cramps.docx")
    assert isinstance(reading, Reading)
    return reading


def article(document: Document) -> Article:
    return read(document).article


def refusal(data: bytes) -> ArticleError:
    (error,) = read_bytes(data, "a.docx", "a.docx")
    assert isinstance(error, ArticleError)
    return error


def with_part(name: str, content: bytes) -> bytes:
    """A document one part of which is something else."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(docx.Document()))) as source, zipfile.ZipFile(whole, "w") as target:
        for each in source.namelist():
            target.writestr(each, content if each == name else source.read(each), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def test_headings_lists_and_tables_are_kept() -> None:
    made = docx.Document()
    made.add_heading("Leg cramps", 0)
    made.add_paragraph(PROSE)
    made.add_heading("What helps?", 1)
    made.add_paragraph("These help most people:")
    made.add_paragraph("Stretching", style="List Bullet")
    made.add_paragraph("Walking", style="List Number")
    table = made.add_table(2, 2)
    for at, text in enumerate(("Age", "Dose", "Adults", "5 mg")):
        run = table.cell(at // 2, at % 2).paragraphs[0].add_run(text)
        run.bold = at < 2
    made.add_heading("Causes", 2)
    made.add_paragraph(PROSE)
    found = article(made)
    assert (found.id, found.title) == ("leg-cramps", "Leg cramps")
    assert found.text == (
        f"{PROSE}\n\n# What helps?\n\nThese help most people:\n\n- Stretching\n- Walking\n- Age: Adults; Dose: 5 mg\n\n"
        f"## Causes\n\n{PROSE}"
    )


def test_reference_lists_and_pictures_are_left_out_and_listed() -> None:
    made = docx.Document()
    made.add_heading("Leg cramps", 0)
    made.add_paragraph(PROSE)
    made.add_picture(io.BytesIO(_picture()))
    made.add_heading("References", 1)
    made.add_paragraph("Doe J. (2017). Cramps at night. J Cramp 3(4):12.")
    reading = read(made)
    assert reading.article.text == PROSE
    assert {block.kind for block in reading.dropped} == {"reference list", "image"}


def _picture() -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!2I5B", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 4)) + chunk(b"IEND", b"")


def test_the_properties_are_read() -> None:
    made = docx.Document()
    properties = made.core_properties
    properties.title, properties.author, properties.language = "Cramps at night", "Jane Doe; Jo Roe", "en-GB"
    properties.created, properties.modified = datetime(2020, 1, 2), datetime(2021, 2, 3)
    made.add_paragraph(PROSE)
    found = article(made)
    assert (found.title, found.authors, found.language) == ("Cramps at night", ("Jane Doe", "Jo Roe"), "en-GB")
    assert (found.published, found.updated) == (date(2020, 1, 2), date(2021, 2, 3))


def test_the_name_that_a_program_wrote_is_no_author() -> None:
    made = docx.Document()
    made.add_paragraph(PROSE)
    assert article(made).authors == ()


def test_the_title_of_a_document_without_one_is_its_name() -> None:
    made = docx.Document()
    made.add_paragraph(PROSE)
    found = article(made)
    assert (found.id, found.title, found.text) == ("leg-cramps", "Leg cramps", PROSE)


_TEXTS = st.lists(st.text(st.sampled_from("abc &<>'“ä5.-"), min_size=1, max_size=20), min_size=1, max_size=5)
_ADDERS: list[Callable[[Document], object]] = [
    lambda made: made.add_paragraph(),
    lambda made: made.add_heading(level=2),
    lambda made: made.add_paragraph(style="List Bullet"),
]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 2), _TEXTS), min_size=1, max_size=8))
def test_every_word_stays_in_its_order(paragraphs: list[tuple[int, list[str]]]) -> None:
    made = docx.Document()
    made.add_paragraph("Begin.")
    for kind, runs in paragraphs:
        paragraph = _ADDERS[kind](made)
        for at, run in enumerate(runs):
            paragraph.add_run(run).bold = at % 2 == 1  # type: ignore[attr-defined]
    words = "Begin. " + " ".join("".join(runs) for _, runs in paragraphs)
    marked = article(made).text.replace("\N{NO-BREAK SPACE}", " ")
    body = [line.removeprefix("## ").removeprefix("- ") for line in marked.split("\n")]
    assert " ".join(body).split() == words.split()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a Word document"),
        (b"PK\x03\x04 and nothing more", "not a Word document"),
        (saved(docx.Document()), "there is no text in the document"),
        (with_part("word/document.xml", b"<broken"), "it cannot be read"),
        (with_part("docProps/core.xml", b"<broken"), "there is no text in the document"),
    ],
)
def test_a_document_without_text_is_refused(data: bytes, reason: str) -> None:
    error = refusal(data)
    assert str(error).startswith(f"a.docx: {reason}")
    assert error.advice
