"""Texts that say the same: word for word, or nearly.

Nearly: most runs of five words stand in both (Broder, "On the resemblance and containment of documents", 1997).
MinHash finds the candidates without comparing each text with each; one comparison in full decides.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.models import Article

ALIKE = 0.8
"""Of the runs of words in two texts, the share in both from which they are near-duplicates."""
_RUN = 5
"""Words."""
_BANDS, _ROWS = 16, 8
"""Of the MinHash index: it proposes 95 of 100 texts that are just alike enough, nearly all that are more so."""


@dataclass(frozen=True, slots=True)
class NearCopy:
    """An article, the one before that is most like it, and the share of runs of words that are in both."""

    article_id: str
    of: str
    share: float


def normal(text: str) -> str:
    """The words of a text, whatever its white space and case: texts with the same words are duplicates."""
    return " ".join(text.casefold().split())


def fingerprint(text: str) -> bytes:
    """16 bytes that are those of all texts with the same words, and of no other."""
    return hashlib.blake2b(normal(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def same_text(articles: Iterable[Article]) -> dict[str, str]:
    """Id of each article whose words an earlier one has -> id of that one."""
    first: dict[bytes, str] = {}
    found = {article.id: first.setdefault(fingerprint(article.text), article.id) for article in articles}
    return {article_id: earlier for article_id, earlier in found.items() if article_id != earlier}


def near_copies(articles: Iterable[Article]) -> Iterator[NearCopy | None]:
    """Yield what each article is nearly a copy of; None for those that are no near copy."""
    from datasketch import MinHash, MinHashLSH

    candidates = MinHashLSH(num_perm=_BANDS * _ROWS, params=(_BANDS, _ROWS))
    empty = MinHash(num_perm=_BANDS * _ROWS)
    known: dict[str, tuple[str, MinHash]] = {}
    for article in articles:
        sketch = empty.copy()
        sketch.update_batch(run.encode("utf-8", "surrogatepass") for run in _runs(article.text))
        near = max(candidates.query(sketch), key=lambda key: (known[key][1].jaccard(sketch), key), default=None)
        share = _share(known[near][0], article.text) if near else 0.0
        yield NearCopy(article.id, near, share) if near and share >= ALIKE else None
        candidates.insert(article.id, sketch)
        known[article.id] = article.text, sketch


def _runs(text: str) -> set[str]:
    words = normal(text).split()
    return {" ".join(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1))}


def _share(one: str, other: str) -> float:
    left, right = _runs(one), _runs(other)
    return len(left & right) / len(left | right)
