"""Pieces of a page or document -> those of its article: sections that lead elsewhere go, as do reference lists."""

import re
from collections.abc import Callable, Sequence

from corpus.readers.body import Piece, collapse
from corpus.readers.boilerplate import drop_boilerplate
from corpus.readers.layout import Line
from corpus.readers.reading import Dropped

Trimmed = tuple[list[Piece], tuple[Dropped, ...]]

_THINGS = r"(?:articles?|topics?|posts?|pages?|content|reading|links?|stories|news|information|resources|videos?)"
_SECTIONS = {
    "reference list": (
        r"(?:article )?(?:references|sources|bibliography|works cited|citations|footnotes)(?: ?\(.{0,30}\))?"
    ),
    "related links": (
        rf"related(?: {_THINGS})?|see also|also see|(?:further|recommended|suggested) reading|external links"
        rf"|read (?:more|next)|you (?:may|might) (?:also )?(?:like|be interested in)|recommended (?:for you|{_THINGS})"
        rf"|(?:popular|latest|recent|featured|trending) {_THINGS}"
        r"|(?:more|similar|other) (?:articles|posts|stories|news)|more (?:like this|from .{1,40})"
        r"|what to read next|keep reading"
    ),
    "about the author": r"about the (?:author|reviewer|writer)s?|meet the authors?|author bio(?:graphy)?",
    "disclaimer": r"(?:medical )?disclaimers?",
    "page tools": (
        r"share(?: (?:this|on|with).{0,30})?|follow us.{0,30}|subscribe.{0,40}|sign up.{0,60}|(?:our )?newsletters?"
        r"|advertisement|sponsored.{0,20}|comments?|leave a (?:reply|comment)|tags|filed under"
        r"|was this .{0,30}helpful|print(?: this page)?|cookie.{0,40}"
    ),
}
"""What heads a section that is not the article."""
_KINDS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _SECTIONS.items()}
_CONTENTS = re.compile(
    r"(?:table of )?contents|on this page|in this (?:article|guide|page|section)|jump to|quick links|page contents",
    re.IGNORECASE,
)


def trim(pieces: Sequence[Piece], box_end: Callable[[int], int] | None = None) -> Trimmed:
    """Leave out the sections that are not the article, the table of contents, and what `boilerplate` knows.

    Every piece that stays is as it was.

    Args:
        pieces: of the whole page or document.
        box_end: the end of the box that a heading stands in, where its section ends if no heading of its level comes
            before; both are positions in `pieces`.
    """
    kept, dropped = _without_sections(pieces, box_end or (lambda _: len(pieces)))
    kept = [piece for piece in kept if piece.text.strip()]
    lines = [Line(collapse(piece.text)) for piece in kept]
    of_line = {id(line): piece for line, piece in zip(lines, kept, strict=True)}
    left, gone = drop_boilerplate(lines)
    return [of_line.get(id(line)) or Piece("paragraph", line.text) for line in left], dropped + gone


def _without_sections(pieces: Sequence[Piece], box_end: Callable[[int], int]) -> Trimmed:
    kept: list[Piece] = []
    dropped: list[Dropped] = []
    at = 0
    while at < len(pieces):
        end, kind = _boilerplate_section(pieces, at, box_end)
        if end > at:
            dropped.append(Dropped(kind, "\n".join(piece.text for piece in pieces[at:end])))
            at = end
        else:
            kept.append(pieces[at])
            at += 1
    return kept, tuple(dropped)


def _boilerplate_section(pieces: Sequence[Piece], at: int, box_end: Callable[[int], int]) -> tuple[int, str]:
    """The end of the section to leave out that begins at `at`, and what it is; `at` itself where none does."""
    first = pieces[at]
    title = first.text.strip(" :?!.")
    end = at + 1
    if _CONTENTS.fullmatch(title):
        while end < len(pieces) and pieces[end].kind == "item":
            end += 1
        return (end, "table of contents") if end > at + 1 or first.kind == "heading" else (at, "")
    if first.kind != "heading" or not at:
        return at, ""
    for kind, pattern in _KINDS.items():
        if pattern.fullmatch(title):
            last = box_end(at)
            while end < last and not (pieces[end].kind == "heading" and pieces[end].level <= first.level):
                end += 1
            return end, kind
    return at, ""
