"""Which fixed notices a question calls for.

Texts, signs and the rule language stand in `notices.toml`. `listening` hears what no sign has words for; what a sign
finds counts where one sentence, heard by itself, sounds like it too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, get_args

from index.lexical import words
from qa.models import Notice, NoticeKind
from qa.notices import listening
from qa.notices.phrases import NEAR, Context, Doubt, Person, Sentence, Sign, Span
from qa.notices.rules import Grammar, KindEntry, NoticesError, parse
from qa.notices.sentences import SentenceReader

__all__ = ["DEFAULT_FILE", "KINDS", "Hearing", "Notices", "NoticesError", "Sign"]

DEFAULT_FILE = Path(__file__).with_name("notices.toml")
KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
HEARD: Mapping[NoticeKind, float] = {"emergency": 0.35, "crisis": 0.08, "personal": 1.0}
"""How sure the listeners of the kind must be; none knows the last kind: there the signs decide."""
CERTAIN = 0.5
"""From here on a crisis is no matter of doubt."""
FEWEST = 2
"""Words of a message that it is asked about: "help" alone may ask for anything."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What speaks for one notice. How sure the listeners are, in [0, 1]; 0 and 1 for a kind that has none."""

    kind: NoticeKind
    message: float
    """Of the whole message."""
    signs: tuple[str, ...]
    """Names of the signs that are found."""
    sentence: float
    """Of the sentence that sounds most like it, where a sign is found."""
    shown: bool


class Notices:
    """The notices of one file. Safe to share between threads."""

    def __init__(
        self, texts: Mapping[NoticeKind, str], signs: Sequence[Sign], context: Context, reader: SentenceReader
    ) -> None:
        self.texts = texts
        self.signs = tuple(signs)
        self._context = context
        self._reader = reader

    @classmethod
    def load(cls, file: Path = DEFAULT_FILE) -> Self:
        """Read and check a file of notices; NoticesError names the entry that breaks a rule."""
        entries = parse(file)
        grammar = Grammar(file, entries)
        kinds: dict[NoticeKind, KindEntry] = {kind: getattr(entries, kind) for kind in KINDS}
        signs = [grammar.sign(kind, entry, sign) for kind, entry in kinds.items() for sign in entry.signs]
        texts = {kind: " ".join(entry.text.split()) for kind, entry in kinds.items()}
        return cls(texts, signs, grammar.context(), SentenceReader(frozenset(grammar.vocabulary), grammar.fillers))

    def for_question(self, text: str) -> tuple[Notice, ...]:
        """The notices that `text` calls for, in the order of `KINDS`."""
        return self.raised(self.hearing(text))

    def raised(self, hearing: Sequence[Hearing]) -> tuple[Notice, ...]:
        return tuple(Notice(each.kind, self.texts[each.kind]) for each in hearing if each.shown)

    def hearing(self, text: str) -> tuple[Hearing, ...]:
        """What speaks for each notice, in the order of `KINDS`."""
        text = text.encode("utf-8", "replace").decode()  # half characters are no text
        signs = self.signs_in(text)
        message = listening.heard(listening.stretches(text)) if len(words(text)) >= FEWEST else {}
        sentence = listening.heard(listening.sentences_of(text)) if signs else {}
        return tuple(
            _heard(kind, message.get(kind, 0.0), [sign.name for sign in signs if sign.kind == kind], sentence)
            for kind in KINDS
        )

    def in_doubt(self, hearing: Sequence[Hearing], asked: str) -> bool:
        """Whether a crisis is in doubt: no sign of it is found, and no sentence of `asked` sounds like it.

        Args:
            asked: the message from its last question on, as typed.

        Otherwise its notice stands alone: quotations about muscles are no answer to somebody in danger.
        """
        crisis = next(each for each in hearing if each.kind == "crisis")
        doubtful = not crisis.signs and crisis.message < CERTAIN
        return doubtful and listening.heard(listening.sentences_of(asked))["crisis"] < HEARD["crisis"]

    def signs_in(self, text: str) -> tuple[Sign, ...]:
        """The signs found in `text`, in the order of the file: why a notice is shown."""
        sentences = tuple(self._reader.sentences(text))
        return tuple(
            sign for sign in self.signs if any(_shows(sign, sentence, self._context) for sentence in sentences)
        )


def _heard(kind: NoticeKind, message: float, signs: Sequence[str], sentences: Mapping[NoticeKind, float]) -> Hearing:
    sentence = sentences.get(kind, 1.0) if signs else 0.0
    shown = message >= HEARD[kind] or sentence >= HEARD[kind]
    return Hearing(kind, round(message, 3), tuple(signs), round(sentence, 3), shown)


def _shows(sign: Sign, sentence: Sentence, context: Context) -> bool:
    found = sign.say.spans(sentence)
    if not found or sign.unless.spans(sentence):
        return False
    return any(not _doubtful(sign, sentence, span, context) for span in found)


def _doubtful(sign: Sign, sentence: Sentence, span: Span, context: Context) -> bool:
    doubts: Mapping[Doubt, bool] = {
        "not": _is_denied(sentence, span, context),
        "past": bool(context.past.spans(sentence)) and not context.now.spans(sentence),
        "ahead": _is_ahead(sentence, span, context),
        "general": _is_general(sentence, span, context, sign.person),
    }
    return any(present and doubt not in sign.even_if for doubt, present in doubts.items())


def _is_denied(sentence: Sentence, span: Span, context: Context) -> bool:
    """The words just before the span deny it: "no chest pain"; but "no, chest pain" does not."""
    return any(end == span[0] and end - 1 not in sentence.commas for _, end in context.denied.spans(sentence))


def _is_ahead(sentence: Sentence, span: Span, context: Context) -> bool:
    """The span is feared, asked about or imagined, by the words shortly before it."""
    people = context.person.spans(sentence)
    return any(
        end <= span[0] <= end + 2 and not any(end <= who < span[0] for who, _ in people)
        for _, end in context.ahead.spans(sentence)
    )


def _is_general(sentence: Sentence, span: Span, context: Context, needed: Person | None) -> bool:
    """The span is about an illness as such, not about somebody."""
    general = context.general.spans(sentence)
    if _has_person(sentence, span, context, general):
        return False
    if any(needed or start < span[0] for start, _ in general):
        return True
    if any(start == 0 for start, _ in context.asking.spans(sentence)):
        return True
    bare = needed == "named" or sentence.asked or bool(context.topic.spans(sentence))
    return needed is not None and bare and not context.now.spans(sentence)


def _has_person(sentence: Sentence, span: Span, context: Context, general: Sequence[Span]) -> bool:
    return any(
        span[0] - NEAR <= start < span[1] + 4 and not any(end <= word < span[0] for word, _ in general)
        for start, end in context.person.spans(sentence)
    )
