"""CommonMark -> pieces of a canonical body: layout marks go, words stay."""

from collections.abc import Iterator
from functools import cache
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.readers.body import Piece, collapse
from corpus.readers.reading import Dropped


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def pieces(markdown: str) -> tuple[list[Piece], tuple[Dropped, ...]]:
    """Read the blocks of a Markdown text, and what has no place in a body: images, raw HTML, link targets."""
    found: list[Piece] = []
    dropped: list[Dropped] = []
    rows = _Rows()
    tokens = _parser().parse(markdown)
    for at, token in enumerate(tokens):
        if token.type == "inline" and tokens[at - 1].type in ("th_open", "td_open"):
            dropped += _left_out(token)
            rows.take(tokens[at - 1].tag, _text(token))
        elif token.type == "inline":
            dropped += _left_out(token)
            found.append(_piece(tokens[at - 1], _in_item(tokens, at), _text(token)))
        elif token.type in ("fence", "code_block"):
            found += [Piece("paragraph", line) for line in token.content.split("\n")]
        elif token.type in ("tr_close", "table_close"):
            found += rows.ended(token.tag)
        elif token.type == "html_block":
            dropped.append(Dropped("HTML", token.content.strip()))
    return [piece for piece in found if collapse(piece.text)], tuple(dropped)


class _Rows:
    """The rows of a table, each an item: "Age: Adults; Dose: 5 mg". A header alone is an item too."""

    def __init__(self) -> None:
        self._header: list[str] = []
        self._cells: list[str] = []
        self._any = False

    def take(self, tag: str, text: str) -> None:
        """Take a cell, "th" or "td"."""
        (self._header if tag == "th" else self._cells).append(collapse(text))

    def ended(self, tag: str) -> Iterator[Piece]:
        """Yield what is to be said at the end of a row, "tr", or a table."""
        if tag == "tr" and self._cells:
            named = zip_longest(self._header, self._cells, fillvalue="")
            yield Piece("item", "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell))
            self._cells, self._any = [], True
        elif tag == "table":
            if not self._any:
                yield Piece("item", "; ".join(filter(None, self._header)))
            self._header, self._any = [], False


def _piece(opening: Token, in_item: bool, text: str) -> Piece:
    if opening.type == "heading_open":
        return Piece("heading", collapse(text), int(opening.tag[1:]))
    return Piece("item" if in_item else "paragraph", text)


def _in_item(tokens: list[Token], at: int) -> bool:
    """Whether the paragraph is the first block of a list item; the further ones stay paragraphs."""
    return at > 1 and tokens[at - 2].type == "list_item_open"


def _text(inline: Token) -> str:
    return "".join(_words(child) for child in inline.children or ())


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return "" if token.type in ("html_inline", "image") else token.content


def _left_out(inline: Token) -> Iterator[Dropped]:
    for child in inline.children or ():
        if child.type == "image":
            yield Dropped("image", f"{child.content} {child.attrs['src']}".strip())
        elif child.type == "html_inline":
            yield Dropped("HTML", child.content)
        elif child.type == "link_open" and child.info != "auto":
            yield Dropped("link target", str(child.attrs["href"]))
