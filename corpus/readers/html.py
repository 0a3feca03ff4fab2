"""HTML pages, saved or fetched: the article without navigation, advertisements and related links."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import PurePath

from corpus import language
from corpus.errors import ArticleError
from corpus.readers.body import Piece, collapse, compose
from corpus.readers.boilerplate import metadata as told_by_text
from corpus.readers.fields import article_from, slug, title_of
from corpus.readers.main_content import of_article
from corpus.readers.page import Block, blocks, left_out
from corpus.readers.page_metadata import metadata
from corpus.readers.page_source import Element, parse
from corpus.readers.reading import Dropped, Reading, bad
from corpus.readers.trimming import trim

_LEAST = 5
"""Words of an article: a page with less of its own is a shell that a script would fill."""
_PLACES = {"nav": "navigation", "footer": "footer", "aside": "aside", "form": "form", "header": "page header"}


class HtmlReader:
    """Reads `.html` and `.htm`."""

    suffixes = (".html", ".htm")

    def read(self, data: bytes, origin: str) -> Iterator[Reading | ArticleError]:
        """Yield the article of the page."""
        root = parse(data, origin)
        found = list(blocks(root))
        told = metadata(root, [block.piece.text for block in found])
        chosen = of_article(root, found)
        kept = [block for block, keep in zip(found, chosen, strict=True) if keep]
        pieces, trimmed = trim([block.piece for block in kept], lambda at: _box_end(kept, at))
        fields = {**told_by_text(trimmed), **told}
        title = str(fields.get("title") or title_of(origin))
        body = compose(_without_title(pieces, title))
        if len(body.split()) < _LEAST:
            raise bad(origin, "there is no article in the page", "Save the page from a browser once it is shown whole.")
        named = {"id": slug(title) or slug(PurePath(origin).stem), **fields, "title": title}
        dropped = (*_outside(found, chosen), *trimmed, *left_out(kept))
        yield Reading(article_from(language.declare(named, body), body, origin), data, dropped)


def _without_title(pieces: Sequence[Piece], title: str) -> list[Piece]:
    """The pieces without the heading that repeats the title, and what stands above it."""
    for at, piece in enumerate(pieces):
        if piece.kind == "heading" and collapse(piece.text).casefold() == collapse(title).casefold():
            return [*pieces[:at], *pieces[at + 1 :]]
    return list(pieces)


def _box_end(kept: Sequence[Block], at: int) -> int:
    """The position after the last block that stands in the same element as a heading: a box, or the whole article."""
    box = kept[at].element
    while box.getparent() is not None and collapse("".join(box.itertext())) == kept[at].piece.text:
        box = box.getparent()
    end = at + 1
    while end < len(kept) and box in kept[end].element.iterancestors():
        end += 1
    return end


def _outside(found: Sequence[Block], chosen: Sequence[bool]) -> Iterator[Dropped]:
    """What is left out of the page, a run of blocks in one place at a time."""
    for (keep, kind), run in groupby(
        zip(found, chosen, strict=True), key=lambda pair: (pair[1], "" if pair[1] else _place(pair[0].element))
    ):
        if not keep:
            yield Dropped(kind, "\n".join(block.piece.text for block, _ in run))


def _place(element: Element) -> str:
    places = (_PLACES.get(each.tag) for each in (element, *element.iterancestors()))
    return next((place for place in places if place), "beside the article")


READER = HtmlReader()
