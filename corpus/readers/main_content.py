"""Which blocks of a page are its article: trafilatura decides, and the words are taken from the page itself.

trafilatura's own text has lost some structure, and a few words inside sentences. So its words are laid beside those
of the page, and each block that it mostly kept is kept whole. It drops headings, lists and boxed sections of an
article now and then: these are kept where they stand in the element that holds the article.
"""

import copy
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import lxml.html
import trafilatura
from rapidfuzz.distance import LCSseq

from corpus.readers.page import Block
from corpus.readers.page_metadata import questions
from corpus.readers.page_source import Element

_WORD = re.compile(r"\w+")
_MOSTLY = 0.5
"""Of the words of a block."""
_RUN = 5
"""Words in a row that hardly stand in two places of a page by chance."""
_HOLDS = 0.8
"""Of the article: the share of it in the element that is taken for the article's own."""
_LINKED = 0.3
"""Of the characters of a block: with more, it leads to other pages."""
_ASIDE_TAGS = frozenset("nav aside footer form button address figure figcaption menu header".split())
_NEVER = _ASIDE_TAGS - {"aside", "form", "figure", "header"}
_ASIDE_NAMES = re.compile(
    r"nav|menu|sidebar|related|recommend|read-?more|share|sharing|social|comment|footer|breadcrumb|newsletter|subscri"
    r"|sign-?up|promo|\bads?\b|advert|sponsor|banner|cookie|consent|author|byline|widget|popup|modal|dialog|\bcta\b"
    r"|toc\b|table-of-contents|caption|credit|\btags?\b|pagination|carousel|rating|login|search|tooltip|print",
    re.IGNORECASE,
)


def of_article(root: Element, found: Sequence[Block]) -> list[bool]:
    """Whether each block of a page is of its article."""
    page = [_words(block.piece.text) for block in found]
    aligned = _aligned(page, _words(_extract(root)))
    kept = _filled(found, [keep and not _never(block) for block, keep in zip(found, aligned, strict=True)])
    asked = " ".join(f" {_spaced(question)} | {_spaced(answer)} " for question, answer in questions(root))
    kept = [keep or _answers(words, asked) for keep, words in zip(kept, page, strict=True)]
    return _with_headings(found, kept)


def _with_headings(found: Sequence[Block], kept: Sequence[bool]) -> list[bool]:
    """Keep the heading above a kept block, unless it leads elsewhere."""
    whole = list(kept)
    for at in range(len(found) - 2, -1, -1):
        block = found[at]
        if whole[at + 1] and block.piece.kind == "heading" and not block.linked:
            whole[at] = whole[at] or not _set_aside(block, None)
    return whole


def _never(block: Block) -> bool:
    """Whether a block is in an element that never holds the article: trafilatura falls back on all of a short page."""
    return any(each.tag in _NEVER for each in _around(block))


def _around(block: Block) -> Iterator[Element]:
    """The elements that a block stands in, but not the button that opens the answer to a question."""
    question = block.piece.kind == "heading" and block.element.tag == "button"
    return itertools.chain(() if question else (block.element,), block.element.iterancestors())


def _answers(words: Sequence[str], asked: str) -> bool:
    """Whether a block is of the questions and answers that the page names for search engines."""
    return len(words) > 1 and f" {' '.join(words)} " in asked


def _spaced(source: str) -> str:
    return " ".join(_words(lxml.html.fromstring(f"<div>{source}</div>").text_content())) if source.strip() else ""


def _extract(root: Element) -> str:
    text = trafilatura.extract(copy.deepcopy(root), include_comments=False, include_tables=True)
    return text or ""


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _aligned(page: Sequence[Sequence[str]], extracted: Sequence[str]) -> list[bool]:
    """Whether most words of each block stand in the extracted text, in order, or as runs in another place."""
    flat = [word for words in page for word in words]
    matched = [False] * len(flat)
    for step in LCSseq.opcodes(flat, extracted):
        if step.tag == "equal":
            matched[step.src_start : step.src_end] = [True] * (step.src_end - step.src_start)
    runs = {tuple(extracted[at : at + _RUN]) for at in range(len(extracted) - _RUN + 1)}
    kept, start = [], 0
    for words in page:
        share = sum(matched[start : start + len(words)]) / max(1, len(words))
        kept.append(share > _MOSTLY or _in_runs(words, runs))
        start += len(words)
    return kept


def _in_runs(words: Sequence[str], runs: set[tuple[str, ...]]) -> bool:
    own = [tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]
    return bool(own) and sum(run in runs for run in own) > 0.7 * len(own)


def _filled(found: Sequence[Block], kept: Sequence[bool]) -> list[bool]:
    """Keep what stands in the element that holds the article, too, but what its place or its links say is none.

    A short page may be too little for trafilatura; then its body is the article's element.
    """
    home = _home([block for block, keep in zip(found, kept, strict=True) if keep])
    if home is not None and home.tag == "body":
        return list(kept)
    return [keep or _belongs(block, home) for block, keep in zip(found, kept, strict=True)]


def _home(kept: Sequence[Block]) -> Element:
    """The innermost element with nearly all of the article in it, or None."""
    weight: Counter[Element] = Counter()
    for block in kept:
        for element in (block.element, *block.element.iterancestors()):
            weight[element] += len(block.piece.text)
    total = sum(len(block.piece.text) for block in kept)
    inside = [element for element, length in weight.items() if length >= _HOLDS * total]
    return max(inside, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)


def _belongs(block: Block, home: Element) -> bool:
    """Whether a block stands in `home` (or, where that is None, in the page) and in nothing set aside there."""
    if block.linked > _LINKED * len(block.piece.text):
        return False
    return (home is None or home in (block.element, *block.element.iterancestors())) and not _set_aside(block, home)


def _set_aside(block: Block, home: Element) -> bool:
    """Whether the tag or the name of an element around a block, inside of `home`, says that it is beside the text."""
    for element in _around(block):
        if element is home:
            return False
        if element.tag == "body" or (element.tag == "form" and element.getparent().tag == "body"):
            return False  # some systems put whole pages into a form
        if element.tag in _ASIDE_TAGS or _ASIDE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
    return False
