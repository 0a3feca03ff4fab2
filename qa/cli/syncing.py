"""`wellquoted corpus sync`: the folder of articles made equal to its sources."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click
from tqdm import tqdm

from corpus.library import Library
from corpus.sync.applying import Removing
from corpus.sync.changes import Change
from corpus.sync.syncing import sync
from corpus.web.fetching import Fetcher, Policy
from index.encoder import Progress
from qa.cli.common import json_option, print_json, progress_bar, with_settings
from qa.settings import Settings

FEW = 5
"""Pages that need no progress bar."""
SOURCES = "sources.toml"

private_host_option = click.option(
    "--private-host",
    "private_hosts",
    multiple=True,
    metavar="NAME",
    help="A host of your own network that pages may be fetched from; may be repeated. Name only sites you trust: "
    "whoever controls such a name can make this command read what other machines of your network show.",
)


def fetcher_for(private_hosts: Iterable[str]) -> Fetcher:
    """A fetcher with the usual limits that may also reach these hosts of one's own network."""
    return Fetcher(Policy(private_hosts=frozenset(host.lower().rstrip(".") for host in private_hosts)))


@click.command("sync")
@click.option("--sources", type=click.Path(path_type=Path), help=f"File of sources (default: {SOURCES} in the folder).")
@click.option("--dry-run", is_flag=True, help="Show what would change; pages are fetched, nothing is written.")
@click.option("--remove-gone", is_flag=True, help="Remove articles that are gone from their source.")
@click.option("--force", is_flag=True, help="With --remove-gone: even much of a source at once.")
@private_host_option
@json_option
@with_settings
def sync_articles(
    settings: Settings,
    /,
    sources: Path | None,
    dry_run: bool,
    remove_gone: bool,
    force: bool,
    private_hosts: tuple[str, ...],
    json_wanted: bool,
) -> None:
    """Make the articles those of the sources in sources.toml: pages, sitemaps, feeds and folders.

    Only what changed is fetched whole. An article is never removed because its site was down, and without --remove-gone
    not at all. Stopped, it goes on where it was. Exit code 1 when a page was refused or failed.
    """
    if force and not remove_gone:
        raise click.UsageError("--force goes with --remove-gone")
    file = sources or settings.articles / SOURCES
    removing = Removing(gone=remove_gone, many=force)
    with progress_bar("Syncing", "page") as bar:
        found = sync(
            Library(settings.articles),
            file,
            fetcher_for(private_hosts),
            removing,
            dry_run=dry_run,
            progress=_of_many(bar),
        )
        changes = list(_told(found, quiet=json_wanted))
    counts = Counter[str](change.kind for change in changes)
    if json_wanted:
        told = [asdict(change) for change in changes if change.kind != "unchanged"]
        print_json({"dry_run": dry_run, "counts": counts, "changes": told})
    else:
        _summarise(counts, dry_run=dry_run)
    if counts["refused"] or counts["failed"]:
        raise SystemExit(1)


def _of_many(bar: Progress) -> Progress:
    """A bar only where a person would wait."""

    def show(done: int, total: int) -> None:
        if total > FEW:
            bar(done, total)

    return show


def _told(changes: Iterable[Change], *, quiet: bool) -> Iterator[Change]:
    """Report each change as it comes, above the bar."""
    for change in changes:
        if not quiet and change.kind != "unchanged":
            _tell(change)
        yield change


def _tell(change: Change) -> None:
    trouble = change.kind in ("refused", "failed")
    named = f"{change.article_id}  {change.title or ''}".rstrip() if change.article_id else change.origin
    line = f"{change.kind}  {named}  ({change.source})" + (f": {change.reason}" if change.reason else "")
    if trouble and change.advice:
        line += f"\n       {change.advice}"
    tqdm.write(line, file=sys.stderr if trouble else sys.stdout)


def _summarise(counts: Counter[str], *, dry_run: bool) -> None:
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items())) or "nothing found"
    click.echo(f"{'Would be: ' if dry_run else ''}{told}")
    if counts["gone"] and not dry_run:
        click.echo("What is gone is still here: wellquoted corpus sync --remove-gone")
    if not dry_run and any(counts[kind] for kind in ("new", "changed", "moved", "removed")):
        click.echo("Next: wellquoted index build")
