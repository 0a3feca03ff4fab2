"""Carry out the steps of a sync: write articles, remove them where that was asked for, remember what was done."""

from dataclasses import dataclass, replace

from corpus.sync.changes import Change, Step
from corpus.sync.shelf import Shelf, digest
from corpus.sync.state import State


@dataclass(frozen=True, slots=True)
class Removing:
    """What to do with articles that are gone."""

    gone: bool = False
    """Remove them."""
    many: bool = False
    """Even if they are much of a source."""


def carry_out(step: Step, shelf: Shelf, state: State, removing: Removing) -> tuple[Change, ...]:
    """Do what a step says, in an order that lets the next sync go on wherever this one is stopped.

    Returns:
        The changes as they were made.

    Raises:
        LibraryError: the folder cannot be written.
    """
    if step.record and any(change.kind == "new" for change in step.changes):
        old = state.records.get(step.replaces)
        state.claim(replace(step.record, articles={**step.record.articles, **(old.articles if old else {})}))
    for article in step.write:
        shelf.write(article)
    if step.record:
        state.rename(step.replaces or step.record.key, step.record)
    return _let_go(step, shelf, state, removing) if step.gone else step.changes


def _let_go(step: Step, shelf: Shelf, state: State, removing: Removing) -> tuple[Change, ...]:
    if not removing.gone:
        return step.changes
    if step.many and not removing.many:
        advice = "Check the site; if they are really gone, add --force."
        reason = "gone, like so much of its source at once that nothing of it was removed"
        return tuple(replace(change, kind="refused", reason=reason, advice=advice) for change in step.changes)
    return tuple(_removed(change, shelf, state) for change in step.changes)


def _removed(change: Change, shelf: Shelf, state: State) -> Change:
    """Remove one article, unless it is no longer as a sync wrote it, or a page elsewhere has brought it in again."""
    article_id, record = change.article_id or "", state.records[change.origin]
    elsewhere = any(article_id in each.articles for each in state.records.values() if each is not record)
    present = None if elsewhere else shelf.get(article_id)
    if present and digest(present) != record.articles[article_id]:
        reason = f"gone, but {article_id!r} was changed by hand and stays"
        return replace(
            change, kind="refused", reason=reason, advice=f"'wellquoted corpus remove {article_id}' removes it."
        )
    if present:
        shelf.remove(article_id)
    left = {each: written for each, written in record.articles.items() if each != article_id}
    if left:
        state.put(replace(record, articles=left))
    else:
        state.forget(record.key)
    return replace(change, kind="removed")
