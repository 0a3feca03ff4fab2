"""sources.toml: what goes in, and errors that name the line and the source."""

import dataclasses
import re
from pathlib import Path

import pytest

from corpus.errors import SourcesError
from corpus.sync.sources import Source, load_sources
from tests.conftest import CHECKOUT

WHOLE = """# Where our articles come from.

[[source]]
name = "Leaflets"
folder = "leaflets"
exclude = ["/drafts/*"]
publisher = "Our clinic"
licence = "CC BY 4.0"
review_status = "clinically reviewed"

[[source]]
name = "Agency"
sitemap = "https://www.example.org/sitemap.xml"
include = ["/conditions/*"]
"""


def load(tmp_path: Path, text: str) -> tuple[Source, ...]:
    file = tmp_path / "sources.toml"
    file.write_text(text, "utf-8")
    return load_sources(file)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    leaflets, agency = load(tmp_path, WHOLE)
    assert (leaflets.name, leaflets.kind, leaflets.place) == ("Leaflets", "folder", "leaflets")
    assert leaflets.told() == {
        "publisher": "Our clinic",
        "licence": "CC BY 4.0",
        "review_status": "clinically reviewed",
    }
    assert (agency.kind, agency.told()) == ("sitemap", {})


def test_the_file_in_the_docs_is_a_whole_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", (CHECKOUT / "docs" / "sources.md").read_text("utf-8"), re.M | re.S)
    assert [source.kind for source in load(tmp_path, example)] == ["urls", "sitemap", "feed", "folder"]
    fields = [line.split(" =")[0] for line in example.splitlines() if " =" in line]
    assert {field.name for field in dataclasses.fields(Source)} == set(fields)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no source"),
        ("source = 5", "no source"),
        ("[source]\nname = 'a'", "no source"),
        ("[[sources]]\nname = 'a'", "unknown key 'sources'"),
        ("[[source]\n", "not TOML: .*line 1"),
        ("[[source]]\nfolder = 'a'", "sources.toml:1: source number 1: name: field required"),
        ("\n[[source]]\nname = 'a'", "sources.toml:2: source 'a': give it one of urls, .*; it has none of them"),
        ("[[source]]\nname = 'a'\nfolder = 'b'\nfeed = 'https://a.org/'", "it has feed and folder"),
        ("[[source]]\nname = 'a'\nfolder = 'b'\nlicense = 'c'", "source 'a': license: unexpected keyword"),
        (
            "[[source]]\nname = 'a'\nfolder = 'b'\n\n[[source]]\nname = 'c'\nurls = ['ftp://a/']",
            ":5: source 'c': urls.0: ",
        ),
        ("[[source]]\nname = 'a'\nurls = ['https://me:secret@a.org/']", "urls.0: "),
        ("[[source]]\nname = 'a'\nurls = 'https://a.org/'", "urls: "),
        ("[[source]]\nname = 'a'\nurls = ['https://a.org/']\nexclude = ['/b']", "are for a sitemap, feed or folder"),
        ("[[source]]\nname = 'a'\nfeed = 'https://a.org/'\ninclude = ['b*']", "include.0: "),
        ("[[source]]\nname = 'a'\nfolder = 'b'\npublisher = ' '", "publisher: "),
        ("[[source]]\nname = 5\nfolder = 'b'", "name: "),
        ("[[source]]\nname = 'a'\nfolder = 'b'\n[[source]]\nname = 'a'\nfolder = 'c'", "two sources are named 'a'"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourcesError, match=said) as caught:
        load(tmp_path, text)
    assert str(tmp_path / "sources.toml") in str(caught.value)
    assert caught.value.advice


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="no such file") as caught:
        load_sources(tmp_path / "sources.toml")
    assert "docs/sources.md" in caught.value.advice


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SourcesError, match="not TOML"):
        load_sources(tmp_path / "sources.toml")


@pytest.mark.parametrize(
    ("include", "exclude", "url", "taken"),
    [
        ((), (), "https://example.org/a", True),
        ((), (), "https://EXAMPLE.org/a", True),
        ((), (), "http://www.example.org/a", True),
        ((), (), "https://other.example/a", False),
        ((), (), "https://example.org.evil.example/a", False),
        (("/conditions/*",), (), "https://example.org/conditions/a/b", True),
        (("/conditions/*",), (), "https://example.org/news/a", False),
        (("/conditions/*",), (), "https://other.example/conditions/a", False),
        (("*",), (), "https://other.example/a", False),
        (("https://other.example/*",), (), "https://other.example/a", True),
        (("https://other.example/*",), (), "https://example.org/a", False),
        ((), ("/news/*",), "https://example.org/news/a", False),
        ((), ("*print=1*",), "https://example.org/a?print=1", False),
        (("/a/*",), ("/a/b*",), "https://example.org/a/bc", False),
    ],
)
def test_patterns_choose_among_the_pages_of_a_site(
    include: tuple[str, ...], exclude: tuple[str, ...], url: str, taken: bool
) -> None:
    source = Source(name="a", sitemap="https://www.example.org/sitemap.xml", include=include, exclude=exclude)
    assert source.takes(url) is taken


def test_patterns_choose_among_files() -> None:
    source = Source(name="a", folder="b", include=("/leaflets/*", "*.md"), exclude=("*/drafts/*",))
    taken = [source.takes_file(path) for path in ("leaflets/a.txt", "a.md", "a.txt", "leaflets/drafts/a.md")]
    assert taken == [True, True, False, False]


def test_what_is_no_address_is_not_taken() -> None:
    source = Source(name="a", sitemap="https://example.org/sitemap.xml")
    choosy = dataclasses.replace(source, include=("http*",), exclude=("/b*",))
    assert not source.takes("http://[broken")
    assert not choosy.takes("http://[broken")
