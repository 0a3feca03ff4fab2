"""`wellquoted index build`: build the index, or see first what a build would change."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from corpus.duplicates import same_text
from corpus.errors import ArticleError, LibraryError, SnapshotError
from corpus.models import Article
from index.building import Build, Changes
from index.encoder import Encoder, MiniLM, Remembering
from index.preview import preview
from index.snapshot import Snapshot
from index.store import Built, SnapshotStore
from qa.cli.adding import tell_copies
from qa.cli.answer_changes import QuestionSet, as_json, print_changes, question_set
from qa.cli.common import complain, json_option, print_json, progress_bar, with_settings
from qa.evaluation.changes import AnswerChanges
from qa.service import load_articles
from qa.settings import Settings

MANY = 5
"""Articles gone at once that are more than a day's work."""
Opener = Callable[[], AbstractContextManager[Snapshot]]
"""Opens the new snapshot, or one like it."""


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--skip-unreadable", is_flag=True, help="Leave out article files that cannot be read.")
@click.option(
    "--questions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A question file of your own, asked before and after; default: the shipped questions.",
)
@click.option("--no-questions", is_flag=True, help="Do not compare the answers.")
@json_option
@with_settings
def build(
    settings: Settings,
    dry_run: bool,
    skip_unreadable: bool,
    questions: Path | None,
    no_questions: bool,
    json_wanted: bool,
) -> None:
    """Build the index of the articles and make it live. Unchanged passages are not embedded again.

    Nothing is built while an article file cannot be read: its article would vanish from the site. Afterwards the old
    and the new index are asked a set of questions, and those are listed that win, lose, or change their first quote.
    """
    if questions and no_questions:
        raise click.UsageError("Give --questions FILE or --no-questions.")
    asked = question_set(questions, not no_questions)
    articles, errors = load_articles(settings)
    _tell_unreadable(errors, skip_unreadable)
    copies = same_text(articles)
    tell_copies(copies)
    encoder = Remembering(MiniLM(settings.model_sha256))
    store = SnapshotStore(settings.data, encoder)
    live = _live_id(store)
    opened: Opener
    if dry_run:
        plan = store.plan(articles)
        built = Built(plan.id, published=False, changes=plan.changes())
        opened = partial(_previewed, plan, encoder)
    else:
        with progress_bar("Embedding") as progress:
            built = store.build(articles, progress)
        opened = partial(_opened, store, built.id)
    _warn_of_loss(built.changes, len(articles), settings)
    if not json_wanted:
        _print_build(built, "would be" if dry_run else "is live" if built.published else "was live already")
    answers = _answers(store, live, built, articles, asked, opened)
    if json_wanted:
        print_json({**asdict(built), "same_text": copies, "answers": as_json(answers)})
    else:
        print_changes(answers)


def _warn_of_loss(changes: Changes, articles: int, settings: Settings) -> None:
    """A wrong folder looks like a site whose articles were all withdrawn."""
    gone = len(changes.removed)
    if not articles:
        click.echo(f"warning: there is no article in {settings.articles}: every question is declined", err=True)
    if gone > MANY and gone > articles:
        click.echo(f"warning: {gone} articles are no longer in {settings.articles}, {articles} are", err=True)
        click.echo("         `wellquoted index rollback` goes back to the index before", err=True)


def _tell_unreadable(errors: Sequence[ArticleError], skip: bool) -> None:
    for error in errors:
        complain(error)
    if errors and not skip:
        files = "1 article file" if len(errors) == 1 else f"{len(errors)} article files"
        raise LibraryError(
            f"nothing was built: {files} cannot be used", "Repair them, or leave them out with --skip-unreadable."
        )


def _live_id(store: SnapshotStore) -> str | None:
    with suppress(SnapshotError):
        return store.current().id
    return None


def _answers(
    store: SnapshotStore,
    live: str | None,
    built: Built,
    articles: Sequence[Article],
    asked: QuestionSet,
    opened: Opener,
) -> AnswerChanges:
    """Compare the answers of what was live with those of what was built, or only planned."""
    if not asked.questions:
        return asked.not_asked("--no-questions")
    if live == built.id:
        return asked.not_asked("nothing changes")
    if not live:
        return asked.not_asked("there is no index before")
    try:
        before = store.open_earlier(live)
    except SnapshotError as error:
        return asked.not_asked(f"the index before cannot be asked: {error}")
    new = {*built.changes.added, *built.changes.changed}
    return asked.compare(before, [article for article in articles if article.id in new], opened)


@contextmanager
def _previewed(plan: Build, encoder: Encoder) -> Iterator[Snapshot]:
    with progress_bar("Embedding") as progress, preview(plan, encoder, progress) as snapshot:
        yield snapshot


@contextmanager
def _opened(store: SnapshotStore, snapshot_id: str) -> Iterator[Snapshot]:
    yield store.open_earlier(snapshot_id)


def _print_build(built: Built, outcome: str) -> None:
    changes = built.changes
    _list_ids("new", changes.added)
    _list_ids("changed", changes.changed)
    _list_ids("removed", changes.removed)
    parts = changes.passage_changes
    click.echo(f"passages: {parts.added} new, {parts.changed} changed, {parts.removed} removed")
    if changes.full_because:
        click.echo(f"everything is made anew: {changes.full_because}")
    click.echo(f"{changes.passages} passages, {changes.embedded} of them newly embedded")
    click.echo(f"snapshot {built.id} {outcome}")


def _list_ids(what: str, ids: Sequence[str]) -> None:
    if ids:
        shown = ", ".join(ids[:20]) + (f" and {len(ids) - 20} more" if len(ids) > 20 else "")
        click.echo(f"{what} ({len(ids)}): {shown}")
