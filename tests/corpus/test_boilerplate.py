"""Crafted text keeps no reader busy, and a citation still tells what it told."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from corpus.readers.boilerplate import metadata
from corpus.readers.reading import Dropped

CHECKOUT = Path(__file__).resolve().parents[2]
DEADLINE = 20
"""Seconds, with the start of Python. Some of these texts took minutes."""
READ = """
import sys
from corpus.errors import ArticleError
from corpus.readers.text import TextReader
try:
    list(TextReader().read(sys.stdin.buffer.read(), "notes.txt"))
except ArticleError:
    pass
"""
QUOTES = "\u201c" * 150_000
PROSE = "Twitches\n\nTwitches come and go, and most of them need no treatment at all from anyone.\n\n"
CITE = "Cite this\n\nMLA\n\n2020 "
HOSTILE = {
    "names": "A B " * 12_500,
    "authors": "A, A. \u201ct\u201d p. " * 3_000,
    "titles": 'A, A. "t" p' + ' . "t" p' * 6_000,
    "dates": 'A, A. "t" p. ' + "p . 1 Jan " * 5_000,
    "initials": "A, " + "A. " * 16_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_crafted_citations_are_read_in_time(text: str) -> None:
    given = f"{PROSE}{CITE}\u201cx\u201d {text}".encode()
    done = subprocess.run([sys.executable, "-c", READ], cwd=CHECKOUT, input=given, timeout=DEADLINE, check=False)
    assert done.returncode == 0


def test_a_line_of_opening_quotes_is_read_in_time() -> None:
    given = f"{PROSE}Cite this\n\nMLA\n\n2020 {QUOTES}".encode()
    done = subprocess.run([sys.executable, "-c", READ], cwd=CHECKOUT, input=given, timeout=DEADLINE, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "citation",
    [
        "MLA Doe, Jane Ann. \u201cWhat helps.\u201d Example Press. Example Inc., 3 Mar. 2019. Web.",
        'APA Doe, J. A. (2019, March 3). "What helps." Example Press. Retrieved from https://example.org/.',
    ],
)
def test_a_citation_tells_of_its_article(citation: str) -> None:
    told = metadata([Dropped("citation formats", f"Cite this {citation}")])
    assert told["title"] == "What helps"
    assert told["publisher"] == "Example Press"
    assert told["published"] == date(2019, 3, 3)
