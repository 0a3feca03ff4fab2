"""Documents made to hang or explode what reads them: each is named, and the rest of the batch goes in."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import docx
import pytest

from corpus.errors import ArticleError
from corpus.isolation import Limits, Pool
from corpus.library import Library, Outcome
from corpus.readers.isolated import IsolatedReader
from corpus.readers.reading import Reading

WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%b</w:body></w:document>'
ENTITIES = (
    b'<!DOCTYPE topics [<!ENTITY a0 "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%b">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10))
    + b"]>"
)


def word(document: bytes) -> bytes:
    """A Word document with this as its main part."""
    source, whole = io.BytesIO(), io.BytesIO()
    docx.Document().save(source)
    with zipfile.ZipFile(source) as parts, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
        for name in parts.namelist():
            target.writestr(name, document if name == "word/document.xml" else parts.read(name))
    return whole.getvalue()


def pdf(*objects: bytes) -> bytes:
    whole, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(whole))
    return whole + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + end


def pdf_page(parts: Iterable[bytes]) -> bytes:
    """A PDF of one page whose content is these parts, compressed."""
    packer = zlib.compressobj(9)
    content = b"".join(map(packer.compress, parts)) + packer.flush()
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


SHOWN = b"BT /F 12 Tf 72 700 Td (Cramps pass by themselves.) Tj ET\n"
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "20 MB of less-than signs": ("html", lambda: b"<" * 20_000_000),
    "elements without an end": ("html", lambda: b"<div>" * 1_000_000),
    "a million attributes": ("html", lambda: b"<p " + b"a=b " * 5_000_000),
    "one endless line": ("html", lambda: b"a " * 10_000_000),
    "tables in tables": ("html", lambda: b"<table><tr><td>" * 300_000),
    "entities in entities": ("medlineplus", lambda: ENTITIES + b"<health-topics>&a9;</health-topics>"),
    "the same as UTF-16": (
        "medlineplus",
        lambda: f'<?xml version="1.0" encoding="utf-16"?>{ENTITIES.decode()}<health-topics/>'.encode("utf-16"),
    ),
    "XML without an end": ("medlineplus", lambda: b"<health-topics>" + b"<a>" * 5_000_000),
    "a document of 300 MB": ("docx", lambda: word(b" " * 300_000_000)),
    "a document of millions of paragraphs": ("docx", lambda: word(WORD % (b"<w:p><w:r/></w:p>" * 8_000_000))),
    "entities in a document": ("docx", lambda: word(ENTITIES + WORD % b"<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>")),
    "tables nested in a document": ("docx", lambda: word(WORD % (b"<w:tbl><w:tr><w:tc>" * 100_000))),
    "a stream of a gigabyte": ("pdf", lambda: pdf_page(b" " * 10_000_000 for _ in range(100))),
    "a page of a million lines": ("pdf", lambda: pdf_page(SHOWN * 100_000 for _ in range(10))),
    "pages in a circle": (
        "pdf",
        lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"),
    ),
    "arrays in arrays": ("pdf", lambda: b"%PDF-1.4\n1 0 obj\n" + b"[" * 5_000_000),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool("corpus.readers.isolated", Limits(cpu=1, wall=30, memory=1_000_000_000))
    yield made
    made.close()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_name(pool: Pool, name: str) -> None:
    module, made = BOMBS[name]
    try:
        (error,) = IsolatedReader((), module, pool).read(made(), "bomb")
    except ArticleError as cut_off:
        error = cut_off
    assert isinstance(error, ArticleError)
    assert str(error).startswith("bomb: ")
    assert error.advice


def test_the_documents_that_the_bombs_are_made_of_are_read(pool: Pool) -> None:
    for module, data in (
        ("pdf", pdf_page([SHOWN])),
        ("docx", word(WORD % b"<w:p><w:r><w:t>Cramps.</w:t></w:r></w:p>")),
    ):
        (reading,) = IsolatedReader((), module, pool).read(data, "good")
        assert isinstance(reading, Reading)
        assert reading.article.text.startswith("Cramps")


def test_the_rest_of_the_batch_goes_in(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = b"<html lang=en><title>%b</title><p>Cramps pass by themselves within a few minutes.</p></html>"
    (folder / "a.html").write_bytes(good % b"First")
    (folder / "b.html").write_bytes(b"<div>" * 100_000)
    (folder / "c.docx").write_bytes(word(b" " * 300_000_000))
    (folder / "d.xml").write_bytes(ENTITIES + b"<health-topics/>")
    (folder / "e.pdf").write_bytes(BOMBS["pages in a circle"][1]())
    (folder / "f.html").write_bytes(good % b"Last")
    outcomes: list[Outcome] = list(Library(tmp_path / "library").add([folder]))
    assert [outcome.status for outcome in outcomes] == ["added", *["refused"] * 4, "added"]
    for outcome in outcomes[1:5]:
        assert str(outcome.error).startswith(f"{outcome.origin}: ")
