"""Article and Passage: the two things the whole product is about.

A passage is an exact slice of its article, and `cut` is its only maker: offsets are carried from here to the
screen, never found again by searching.
"""

from dataclasses import dataclass, field
from datetime import date

from corpus.structure import Section, sections


@dataclass(frozen=True, slots=True)
class Source:
    """A work an article draws its facts from."""

    title: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True)
class Imported:
    """Where the text of an imported article came from."""

    origin: str
    """File name or URL; `from` in the article file."""
    sha256: str
    """Of the bytes that were read."""
    at: str
    """UTC time of the import, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Article:
    """One source document: plain text with sections and metadata. See `corpus.structure` for the text's form."""

    id: str
    title: str
    text: str
    url: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    updated: date | None = None
    reviewed: date | None = None
    review_status: str = "not clinically reviewed"
    language: str = "en"
    licence: str | None = None
    sources: tuple[Source, ...] = ()
    imported: Imported | None = None
    also_called: tuple[str, ...] = ()
    """Other names of its subject; questions find it by them."""
    sections: tuple[Section, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", sections(self.text))

    def section_at(self, offset: int) -> tuple[str, ...]:
        """The headings above `offset` (code points), outermost first."""
        for section in self.sections:
            if section.span.start <= offset < section.span.end:
                return section.path
        return ()


@dataclass(frozen=True, slots=True)
class Passage:
    """An exact span of an article that can be shown and cited. Made by `cut` and nothing else."""

    id: str
    article_id: str
    start: int
    end: int
    text: str
    section: tuple[str, ...]


def cut(article: Article, start: int, end: int) -> Passage:
    """Cut the passage `article.text[start:end]`.

    Args:
        start: first code point, counted from 0.
        end: one past the last code point.

    Raises:
        ValueError: the span is empty, blank or not inside the article.
    """
    if not 0 <= start < end <= len(article.text):
        raise ValueError(f"{article.id}: [{start}, {end}) is not a span of its {len(article.text)} characters")
    text = article.text[start:end]
    if not text.strip():
        raise ValueError(f"{article.id}: [{start}, {end}) is blank")
    return Passage(f"{article.id}:{start}-{end}", article.id, start, end, text, article.section_at(start))
