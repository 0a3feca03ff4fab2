"""Article -> passages a person reads at once, cut at sentence ends and never across a heading.

Every run of text between two headings (or set-aside sentences) is split at the cheapest places: passages near
`AIM` words, breaks between paragraphs rather than inside one. An exact dynamic programme, as for line breaking
(Knuth and Plass, "Breaking Paragraphs into Lines", 1981).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus.models import Article, Passage, cut
from corpus.structure import Block, Section, Span, block_sentences, blocks

AIM = 100
MOST = 180
BREAK_INSIDE_PARAGRAPH = 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """How much text the encoder reads at once."""

    size: int
    """In the encoder's tokens, with the context."""
    count: Callable[[str], int]
    """Tokens of a text."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never split: a sentence, a list item, or the introduction of a list with its first item."""

    span: Span
    ends_block: bool
    words: int
    tokens: int


def count_words(text: str) -> int:
    return len(text.split())


WORDS = Window(MOST, count_words)


def context(article: Article, section: tuple[str, ...]) -> str:
    """What a passage is embedded with besides its text; never part of the quotation."""
    return ": ".join((article.title, *section))


def chunk(article: Article, window: Window = WORDS) -> tuple[Passage, ...]:
    """Cut `article` into passages that fit `window` where its sentences allow.

    Every sentence is in exactly one passage, but those `dangling` names: they introduce a list that is not there.
    """
    passages: list[Passage] = []
    for section in article.sections:
        room = window.size - window.count(context(article, section.path))
        for run in _runs(article.text, section, window):
            passages += [cut(article, span.start, span.end) for span in _split(run, room)]
    return tuple(passages)


def dangling(article: Article) -> tuple[Span, ...]:
    """Sentences and list items that end in a colon with nothing after it to list: no answer on their own.

    What introduces nothing but such an item dangles with it.
    """
    found: list[Span] = []
    for section in article.sections:
        introductions: list[Span] = []
        for block, following in _with_next(_section_blocks(article.text, section)):
            for span, last in _block_spans(article.text, block):
                if not (last and _introduces(article.text, span)):
                    introductions = []
                elif _is_item(following):
                    introductions.append(span)
                else:
                    found += [*introductions, span]
                    introductions = []
    return tuple(found)


def _section_blocks(text: str, section: Section) -> list[Block]:
    offset = section.span.start
    return [
        Block(block.kind, Span(block.span.start + offset, block.span.end + offset))
        for block in blocks(section.span.of(text))
    ]


def _with_next(found: list[Block]) -> Iterator[tuple[Block, Block | None]]:
    return zip(found, [*found[1:], None], strict=True)


def _introduces(text: str, span: Span) -> bool:
    return span.of(text).endswith(":")


def _is_item(block: Block | None) -> bool:
    return block is not None and block.kind == "item"


def _runs(text: str, section: Section, window: Window) -> Iterator[list[_Unit]]:
    """Yield the section's units, a new run after each sentence that is set aside."""
    run: list[_Unit] = []
    introduction: Span | None = None
    for block, following in _with_next(_section_blocks(text, section)):
        for span, last in _block_spans(text, block):
            whole = Span(introduction.start if introduction else span.start, span.end)
            introduction = None
            if last and _introduces(text, span):
                if _is_item(following):
                    introduction = whole
                elif run:
                    yield run
                    run = []
                continue
            piece = whole.of(text)
            run.append(_Unit(whole, last, count_words(piece), window.count(piece)))
    if run:
        yield run


def _block_spans(text: str, block: Block) -> Iterator[tuple[Span, bool]]:
    """Yield (sentence, whether it ends the block). A list item is one unit and keeps its marker."""
    found = list(block_sentences(text, block))
    if block.kind == "item" and found:
        yield Span(block.span.start, found[-1].end), True
        return
    for sentence in found:
        yield sentence, sentence is found[-1]


def _split(run: list[_Unit], room: int) -> list[Span]:
    """Split a run of units where the sum of the passages' costs is least."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        best.append(min(_candidates(run, end, room, best)))
    spans: list[Span] = []
    end = len(run)
    while end:
        start = best[end][1]
        spans.append(Span(run[start].span.start, run[end - 1].span.end))
        end = start
    return spans[::-1]


def _candidates(run: list[_Unit], end: int, room: int, best: list[tuple[float, int]]) -> Iterator[tuple[float, int]]:
    """Yield (cost, start) of each last passage that could end before unit `end`; one unit is always allowed."""
    words = tokens = 0
    for start in range(end - 1, -1, -1):
        words += run[start].words
        tokens += run[start].tokens
        if start < end - 1 and (words > MOST or tokens > room):
            return
        inside = 0.0 if run[end - 1].ends_block else BREAK_INSIDE_PARAGRAPH
        yield best[start][0] + ((words - AIM) / AIM) ** 2 + inside, start
