"""`wellquoted index`: build the index, see what is live, roll back."""

from collections.abc import Sequence
from dataclasses import asdict

import click

from corpus.duplicates import same_text
from corpus.errors import ArticleError, LibraryError, SnapshotError
from index.building import Changes
from index.manifest import Manifest, digests
from index.store import SnapshotStore
from qa.cli.adding import tell_copies
from qa.cli.common import complain, json_option, print_json, progress_bar, with_settings
from qa.service import load_articles, open_store
from qa.settings import Settings


@click.group()
def index() -> None:
    """Build the index, see what is live, roll back."""


@index.command()
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--skip-unreadable", is_flag=True, help="Leave out article files that cannot be read.")
@json_option
@with_settings
def build(settings: Settings, dry_run: bool, skip_unreadable: bool, json_wanted: bool) -> None:
    """Build the index of the articles and make it live. Unchanged passages are not embedded again.

    Nothing is built while an article file cannot be read: its article would vanish from the site.
    """
    articles, errors = load_articles(settings)
    _tell_unreadable(errors, skip_unreadable)
    copies = {"same_text": same_text(articles)}
    tell_copies(copies["same_text"])
    store = open_store(settings)
    if dry_run:
        plan = store.plan(articles)
        report = {"id": plan.id, "published": False, "changes": asdict(plan.changes()), **copies}
        _report_build(report, plan.changes(), "would be", json_wanted)
    else:
        with progress_bar("Embedding") as progress:
            built = store.build(articles, progress)
        outcome = "is live" if built.published else "was live already"
        _report_build({**asdict(built), **copies}, built.changes, outcome, json_wanted)


@index.command()
@json_option
@with_settings
def status(settings: Settings, json_wanted: bool) -> None:
    """Say what is live: articles, model, settings, and whether the articles have changed since."""
    store = open_store(settings)
    current = store.current()
    manifest = store.manifest(current.id)
    articles, _ = load_articles(settings)
    stale = digests(articles) != manifest.articles
    if json_wanted:
        print_json(
            {**_summary(manifest, live=True), "held": current.held, "stale": stale, "looks_in": _folders(settings)}
        )
        return
    click.echo(f"snapshot  {manifest.id}, built {manifest.created}")
    click.echo(f"holds     {len(manifest.articles)} articles, {manifest.passages} passages")
    click.echo(f"model     {manifest.model.name}, SHA-256 {manifest.model.sha256}")
    click.echo(f"settings  {', '.join(f'{name} {value}' for name, value in manifest.settings.items())}")
    click.echo(f"looks in  {settings.articles} for articles, {settings.data} for snapshots")
    if current.held:
        click.echo("held      rolled back by hand; `wellquoted index build` moves on")
    elif stale:
        click.echo("stale     the articles have changed since; run `wellquoted index build`")


@index.command("list")
@json_option
@with_settings
def list_snapshots(settings: Settings, json_wanted: bool) -> None:
    """List the snapshots, newest first."""
    store = open_store(settings)
    entries = store.entries()
    live = _live_of(store, entries)
    if json_wanted:
        print_json([_summary(entry, live=entry.id == live) for entry in entries])
        return
    for entry in entries:
        mark = "live" if entry.id == live else "    "
        click.echo(f"{mark}  {entry.id}  {entry.created}  {len(entry.articles)} articles, {entry.passages} passages")


def _live_of(store: SnapshotStore, entries: Sequence[Manifest]) -> str | None:
    """The live id. Snapshots that are there are listed even when nothing says which is live."""
    try:
        return store.current().id
    except SnapshotError as error:
        if not entries:
            raise
        complain(error)
        return None


@index.command()
@json_option
@with_settings
def verify(settings: Settings, json_wanted: bool) -> None:
    """Check every byte of the live snapshot against its manifest."""
    manifest = open_store(settings).verify()
    if json_wanted:
        print_json({"id": manifest.id, "files": len(manifest.files), "intact": True})
    else:
        click.echo(f"{manifest.id}: {len(manifest.files)} files, all as published")


@index.command()
@click.argument("snapshot_id", metavar="[ID]", required=False)
@json_option
@with_settings
def rollback(settings: Settings, snapshot_id: str | None, json_wanted: bool) -> None:
    """Make an earlier snapshot live again (default: the one before). It stays until the next `index build`."""
    live = open_store(settings).rollback(snapshot_id)
    if json_wanted:
        print_json({"id": live})
    else:
        click.echo(f"{live} is live")


def _tell_unreadable(errors: Sequence[ArticleError], skip: bool) -> None:
    for error in errors:
        complain(error)
    if errors and not skip:
        files = "1 article file" if len(errors) == 1 else f"{len(errors)} article files"
        raise LibraryError(
            f"nothing was built: {files} cannot be used", "Repair them, or leave them out with --skip-unreadable."
        )


def _report_build(report: dict[str, object], changes: Changes, outcome: str, json_wanted: bool) -> None:
    if json_wanted:
        print_json(report)
        return
    _list_ids("new", changes.added)
    _list_ids("changed", changes.changed)
    _list_ids("removed", changes.removed)
    click.echo(f"{changes.passages} passages, {changes.embedded} of them newly embedded")
    click.echo(f"snapshot {report['id']} {outcome}")


def _list_ids(what: str, ids: Sequence[str]) -> None:
    if ids:
        shown = ", ".join(ids[:20]) + (f" and {len(ids) - 20} more" if len(ids) > 20 else "")
        click.echo(f"{what} ({len(ids)}): {shown}")


def _summary(manifest: Manifest, *, live: bool) -> dict[str, object]:
    return {
        "id": manifest.id,
        "live": live,
        "created": manifest.created,
        "articles": sorted(manifest.articles),
        "passages": manifest.passages,
        "model": asdict(manifest.model),
        "schema": manifest.schema,
        "settings": manifest.settings,
    }


def _folders(settings: Settings) -> dict[str, str]:
    """Where this command looks, which need not be where the snapshot was made from."""
    return {"articles": str(settings.articles), "data": str(settings.data)}
