"""Which language an article is in: as it says, or as its words tell. Questions are answered in English.

English is told by the share of its commonest words: docs/extraction.md has the figures. Nothing here needs to tell
other languages from each other, so there is no library for it.
"""

import re
from collections.abc import Mapping

from corpus.errors import ArticleError
from corpus.models import Article

ANSWERED = "en"
UNDETERMINED = "und"
"""ISO 639: some language, and no telling which."""
_COMMON = frozenset(
    "the of and or to are be been can may should will would has have had not at if that this these those for with from"
    " by about which who what when how they their them there your you it its other more than also such many most any"
    " some because being people does".split()
)
_SHARE = 0.07
_ENOUGH = 20
"""Words that tell a language; a shorter text is taken for English."""
_LOOKED_AT = 20_000
"""Characters."""
_WORD = re.compile(r"[^\W\d_]+")
_NAMES = {
    "english": "en", "spanish": "es", "french": "fr", "german": "de", "italian": "it", "portuguese": "pt",
    "chinese": "zh", "russian": "ru", "arabic": "ar", "vietnamese": "vi", "korean": "ko", "tagalog": "tl",
}  # fmt: skip
"""Catalogues name languages in English."""


def code(language: str) -> str:
    """The code of a language that is written as a code ("en_US", "EN") or as its English name."""
    plain = language.strip().replace("_", "-")
    return _NAMES.get(plain.casefold(), plain)


def primary(language: str) -> str:
    """The language without script and region: "en" of "en-GB"."""
    return code(language).partition("-")[0].lower()


def told_by(text: str) -> str:
    """The language of a text by its words: "en", or `UNDETERMINED` for any other."""
    return ANSWERED if _looks_english(text) else UNDETERMINED


def declare(fields: Mapping[str, object], text: str) -> dict[str, object]:
    """The fields of an article with its language: the one they name, as a code, or else as the text tells."""
    named = fields.get("language") or told_by(text)
    return {**fields, "language": code(named) if isinstance(named, str) else named}


def check(article: Article, asked: str | None, origin: str) -> None:
    """Let an article pass that is in the language asked for, or in English where none is.

    Pages say the wrong language now and then. So the language asked for goes before the one an article has, unless
    the article's words are English: then it is the one of several that was not meant.

    Args:
        article: as it was read.
        asked: the language that the person who adds it names.
        origin: how messages name the file.

    Raises:
        ArticleError: it is in another language.
    """
    own = primary(article.language)
    if asked and primary(asked) not in (ANSWERED, own) and told_by(article.text) == ANSWERED:
        reason = f"{article.title!r} is in English, and {asked!r} was asked for"
        raise ArticleError(f"{origin}: {reason}", "Add it without --language.", origin)
    if not asked and own != ANSWERED:
        language = "another language" if own == UNDETERMINED else f"the language {article.language!r}"
        advice = "Questions are answered in English. Name its language with --language to add it all the same."
        raise ArticleError(f"{origin}: {article.title!r} is in {language}, not in English", advice, origin)


def _looks_english(text: str) -> bool:
    letters = [char for char in text[:_LOOKED_AT] if char.isalpha()]
    if len(letters) > _ENOUGH and sum(char.isascii() for char in letters) < len(letters) / 2:
        return False
    words = _WORD.findall(text[:_LOOKED_AT].lower())
    return len(words) < _ENOUGH or sum(word in _COMMON for word in words) >= _SHARE * len(words)
