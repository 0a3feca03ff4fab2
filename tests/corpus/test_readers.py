"""Finding the reader of a file, and turning its bytes into text."""

import codecs
from pathlib import Path

import pytest

from corpus.errors import ArticleError
from corpus.readers import read_bytes, reader_for
from corpus.readers.fields import slug, title_of
from corpus.readers.reading import Reading, decode


@pytest.mark.parametrize(
    "name", ["a.txt", "a.TXT", "a.md", "a.markdown", "b.c/a.jsonl", "a.html", "a.HTM", "a.pdf", "a.docx", "a.xml"]
)
def test_each_known_ending_has_its_reader(name: str) -> None:
    assert Path(name).suffix.lower() in reader_for(Path(name)).suffixes


@pytest.mark.parametrize("name", ["a.gif", "a"])
def test_an_unknown_ending_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ArticleError, match=rf"^{name}: files .* cannot be read") as caught:
        reader_for(Path(name))
    assert caught.value.advice == "Known endings: .txt, .md, .markdown, .jsonl, .html, .htm, .pdf, .docx, .xml."


PAGE = b"<html lang=en><title>Cramps</title><p>Cramps pass by themselves within minutes.</p></html>"
TEXT = b"Cramps\n\nCramps pass by themselves within minutes.\n"


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (PAGE, "a.html", None),
        (PAGE, "https://example.org/cramps?a=b.pdf", "text/html; charset=utf-8"),
        (PAGE, "https://example.org/cramps.php", "Text/HTML"),
        (PAGE, "https://example.org/cramps.html?id=1", "text/plain"),
        (PAGE, "https://example.org/cramps.html", "application/octet-stream"),
        (PAGE, "https://example.org/cramps.pdf", "application/xhtml+xml"),
        (TEXT, "https://example.org/cramps", "text/plain"),
        (TEXT, "cramps.md", "text/plain; charset=utf-8"),
        (TEXT.decode().encode("utf-16"), "cramps.txt", "text/plain; charset=latin-1"),
    ],
)
def test_the_content_type_or_the_ending_tells_the_format(data: bytes, name: str, content_type: str | None) -> None:
    (reading,) = read_bytes(data, name, "cramps", content_type)
    assert isinstance(reading, Reading)
    assert reading.article.text.endswith("Cramps pass by themselves within minutes.")
    assert reading.source == data


@pytest.mark.parametrize(
    ("data", "content_type"),
    [("Cramps\n\nBlässe.".encode("latin-1"), "text/plain; charset=ISO-8859-1"), ("Cramps\n\nBlässe.".encode(), None)],
)
def test_the_encoding_that_a_server_states_counts(data: bytes, content_type: str | None) -> None:
    (reading,) = read_bytes(data, "a.txt", "a.txt", content_type)
    assert isinstance(reading, Reading)
    assert reading.article.text == "Blässe."


@pytest.mark.parametrize(
    "charset", ["windows-1251", "ISO-8859-5", "KOI8-R", "Shift_JIS", "EUC-JP", "EUC-KR", "GBK", "Big5"]
)
def test_the_encodings_of_the_web_are_known(charset: str) -> None:
    words = {"windows-1251": "Мышцы", "ISO-8859-5": "Мышцы", "KOI8-R": "Мышцы", "EUC-KR": "근육"}.get(charset, "肌肉")
    (reading,) = read_bytes(f"Cramps\n\n{words}.".encode(charset), "a.txt", "a.txt", f"text/plain; charset={charset}")
    assert isinstance(reading, Reading)
    assert reading.article.text == f"{words}."


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-7", "rot13", "zip"]
)
def test_an_encoding_that_no_page_has_does_not_count(charset: str) -> None:
    """Some take hours over a long text, and nothing here would cut them off."""
    words = r"\u0041 +AGE- passes by-bua"
    (reading,) = read_bytes(f"Cramps\n\n{words}".encode(), "a.txt", "a.txt", f"text/plain; charset={charset}")
    assert isinstance(reading, Reading)
    assert reading.article.text == words


@pytest.mark.parametrize(("name", "content_type"), [("a.gif", "image/gif"), ("https://example.org/", None)])
def test_a_format_that_nobody_reads_is_refused(name: str, content_type: str | None) -> None:
    with pytest.raises(ArticleError, match=r"^the page: files .* cannot be read"):
        list(read_bytes(b"GIF89a", name, "the page", content_type))


@pytest.mark.parametrize(
    "data",
    [
        "Blässe".encode(),
        codecs.BOM_UTF8 + "Blässe".encode(),
        "Blässe".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Blässe".encode("utf-16-be"),
    ],
)
def test_unicode_is_read_with_and_without_its_mark(data: bytes) -> None:
    assert decode(data, "a.txt") == "Blässe"


@pytest.mark.parametrize(
    ("data", "reason", "advice"),
    [
        (b"", "the file is empty", "saved"),
        (b" \n\t\n", "the file is empty", "saved"),
        (codecs.BOM_UTF8, "the file is empty", "saved"),
        ("Bl\xe4sse".encode("latin-1"), "not UTF-8 at byte 2", "UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", "not UTF-16 at byte", "UTF-8"),
        (b"PK\x03\x04\x00\x00", "binary", "text"),
        (b"\x89PNG\x00\xff", "binary", "text"),
    ],
)
def test_what_is_not_text_is_refused(data: bytes, reason: str, advice: str) -> None:
    with pytest.raises(ArticleError, match=rf"^a\.txt: .*{reason}") as caught:
        decode(data, "a.txt")
    assert advice in caught.value.advice


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Parkinson’s disease: what is it?", "parkinsons-disease-what-is-it"),
        ("  Ménière -- vertigo", "meniere-vertigo"),
        ("word " * 20, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("a" * 70, "a" * 60),
        ("肌肉", ""),
    ],
)
def test_slugs_are_ascii_words_of_at_most_60_characters(title: str, expected: str) -> None:
    assert slug(title) == expected
    assert len(slug(title)) <= 60


def test_a_file_name_makes_a_title() -> None:
    assert title_of("/tmp/leg_cramps-at  night.txt") == "Leg cramps at night"
