"""Text as a hurried thumb types it."""

import random

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {key: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _ROWS for at, key in enumerate(row)}
MISTYPED, SMALL, BARE = 0.12, 0.5, 0.5
"""Shares: of the longer words, a slip; of texts, no capitals; of texts, no apostrophes and question marks."""


def mistyped(text: str) -> str:
    """Letters left out, swapped, doubled, or taken from beside; capitals and signs dropped. Draws from `random`."""
    text = " ".join(_slip(word) if len(word) > 3 and random.random() < MISTYPED else word for word in text.split(" "))
    text = text.lower() if random.random() < SMALL else text
    return text.replace("'", "").replace("?", "") if random.random() < BARE else text


def _slip(word: str) -> str:
    at = random.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    beside = random.choice(_BESIDE.get(letter.lower(), letter))
    return before + random.choice((after, after[:1] + letter + after[1:], beside + after, letter * 2 + after))
