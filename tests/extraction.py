"""How well pages are read: `python -m tests.extraction` prints the tables of docs/extraction.md.

Word F1 of a page: its words in lower case, as a bag (a multiset), against those of its gold text; precision is the
share of the extracted words that are in the gold bag, recall the other way round, and F1 their harmonic mean. The
figure of a set is the mean over its pages; a page that fails counts 0. Every second page, from the first, was looked
at while the reader was made ("tuned on"); the others were not.

Extractors that the project does not use are measured where they are installed.
"""

import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import fmean

from corpus.errors import ArticleError
from corpus.readers import read_bytes
from corpus.readers.page_metadata import day
from corpus.readers.page_source import decode
from corpus.readers.reading import Reading

PAGES = Path(os.environ.get("WELLQUOTED_SHARED", "../shared")) / "data" / "pages"
_WORD = re.compile(r"\w+")

Extractor = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page and what people took from it."""

    html: bytes
    text: str
    health: bool
    title: str
    author: str
    published: str


@dataclass(frozen=True, slots=True)
class Score:
    """Of one page, or the mean of several."""

    precision: float
    recall: float
    f1: float


def pages(folder: Path = PAGES) -> list[Page]:
    """The saved pages, in the order of their names."""
    return [_page(path, folder) for path in sorted((folder / "text").glob("*.json"))]


def score(extracted: str, gold: str) -> Score:
    """Word precision, recall and F1 of one page."""
    found, expected = (Counter(_WORD.findall(text.lower())) for text in (extracted, gold))
    both = (found & expected).total()
    precision = both / found.total() if found else 0.0
    recall = both / expected.total() if expected else 0.0
    return Score(precision, recall, 2 * both / (found.total() + expected.total()) if both else 0.0)


def measured(extract: Extractor, chosen: Sequence[Page]) -> Score:
    """The mean over pages."""
    scores = [score(extract(page.html), page.text) for page in chosen]
    return Score(*(fmean(getattr(each, name) for each in scores) for name in ("precision", "recall", "f1")))


def read(html: bytes) -> str:
    """What the project's own reader makes of a page; nothing where it refuses the page."""
    reading = _reading(html)
    return reading.article.text if reading else ""


def extractors() -> Iterator[tuple[str, Extractor]]:
    """Yield the extractors that are installed, the project's own reader first."""
    yield "this reader", read
    yield "trafilatura", _trafilatura
    for name, package, made in (
        ("resiliparse", "resiliparse.extract.html2text", _resiliparse),
        ("readability-lxml", "readability", _readability),
        ("jusText", "justext", _justext),
    ):
        try:
            import_module(package)
        except ImportError:
            continue
        yield name, made


def main() -> None:
    found = pages()
    sets: Mapping[str, Sequence[Page]] = {
        "all": found,
        "health": [page for page in found if page.health],
        "tuned on": found[::2],
        "not tuned on": found[1::2],
    }
    heads = [f"{name} ({len(chosen)})" for name, chosen in sets.items()]
    print("| word F1 | precision, all | recall, all | " + " | ".join(heads) + " |")
    print("|---" * (len(heads) + 3) + "|")
    for name, extract in extractors():
        whole, *rest = (measured(extract, chosen) for chosen in sets.values())
        figures = [whole.precision, whole.recall, whole.f1, *(each.f1 for each in rest)]
        print(f"| {name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")
    _print_metadata(found)


def _print_metadata(found: Sequence[Page]) -> None:
    """How often a field that people found is told, and is the same; and how often it is told where they found none."""
    print("\n| field | pages that have it | told there | the same | told elsewhere |")
    print("|---|---|---|---|---|")
    readings = [(page, _reading(page.html)) for page in found]
    for field in ("title", "author", "published"):
        pairs = [(getattr(page, field), _told(reading, field)) for page, reading in readings if reading]
        having = [(gold, told) for gold, told in pairs if gold]
        told = sum(bool(told) for _, told in having)
        same = sum(_alike(gold, told) for gold, told in having)
        elsewhere = sum(bool(told) for gold, told in pairs if not gold)
        print(f"| {field} | {len(having)} | {told} | {same} | {elsewhere} |")


def _told(reading: Reading, field: str) -> str:
    article = reading.article
    told = {"title": article.title, "author": ", ".join(article.authors), "published": article.published or ""}
    return str(told[field])


def _alike(gold: str, told: str) -> bool:
    """Whether two titles, names or days are the same but for case, punctuation and the name of the site."""
    one, other = (" ".join(_WORD.findall(text.lower())) for text in (gold, told))
    return bool(one and other) and (one in other or other in one)


def _page(path: Path, folder: Path) -> Page:
    told = json.loads(path.read_text("utf-8"))
    html = gzip.decompress((folder / "html" / f"{path.stem}.html.gz").read_bytes())
    published = str(day(told["publish_date"]) or "")
    author = str(told["author"] or "")
    return Page(html, told["main_content"], told["health"], str(told["title"] or ""), author, published)


def _reading(html: bytes) -> Reading | None:
    try:
        (reading,) = read_bytes(html, "page.html", "page.html")
    except ArticleError:
        return None
    return reading if isinstance(reading, Reading) else None


def _trafilatura(html: bytes) -> str:
    return import_module("trafilatura").extract(decode(html, ""), include_comments=False) or ""


def _resiliparse(html: bytes) -> str:
    return str(import_module("resiliparse.extract.html2text").extract_plain_text(decode(html, ""), main_content=True))


def _readability(html: bytes) -> str:
    summary = import_module("readability").Document(decode(html, "")).summary()
    return " ".join(import_module("lxml.html").fromstring(summary).itertext())


def _justext(html: bytes) -> str:
    justext = import_module("justext")
    paragraphs = justext.justext(decode(html, ""), justext.get_stoplist("English"))
    return "\n".join(each.text for each in paragraphs if not each.is_boilerplate)


if __name__ == "__main__":
    main()
