"""`wellquoted index`: see what is live, roll back; `qa.cli.building` builds."""

from collections.abc import Sequence
from dataclasses import asdict

import click

from corpus.errors import SnapshotError
from index.manifest import Manifest, digests
from index.store import SnapshotStore
from qa.cli.building import build
from qa.cli.common import complain, json_option, print_json, with_settings
from qa.service import load_articles, open_store
from qa.settings import Settings


@click.group()
def index() -> None:
    """Build the index, see what is live, roll back."""


index.add_command(build)


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
