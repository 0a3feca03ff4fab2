"""What a sync finds and does, as data: a dry run prints it, a real one carries it out."""

from dataclasses import dataclass
from typing import Literal

from corpus.models import Article
from corpus.sync.state import Record

Kind = Literal["new", "changed", "moved", "unchanged", "duplicate", "gone", "removed", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one article, or of a page that gives none."""

    kind: Kind
    """`moved`: its page is at another address; `duplicate`: another page is the same article; `gone`: it is no longer
    at its source; `removed`: and its file is no longer here; `refused`: it may not or cannot be an article, or its
    file was changed by hand; `failed`: its site does not answer."""
    source: str
    origin: str
    """The page's address, or folder and path of a file."""
    article_id: str | None = None
    title: str | None = None
    reason: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One page or file: the changes, and what carrying them out means."""

    changes: tuple[Change, ...]
    record: Record | None = None
    """What is then known of the page."""
    replaces: str = ""
    """The key it was known by before, if that was another one."""
    write: tuple[Article, ...] = ()
    gone: Record | None = None
    """The page whose articles in `lost` are gone."""
    lost: tuple[str, ...] = ()
    """Ids of articles that may be removed."""
    many: bool = False
    """So many would go at once that something else may be wrong."""
