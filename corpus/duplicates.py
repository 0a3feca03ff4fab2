"""Texts that say the same: word for word, or nearly."""

import hashlib


def normal(text: str) -> str:
    """The words of a text, whatever its white space and case: texts with the same words are duplicates."""
    return " ".join(text.casefold().split())


def fingerprint(text: str) -> bytes:
    """16 bytes that are those of all texts with the same words, and of no other."""
    return hashlib.blake2b(normal(text).encode(), digest_size=16).digest()
