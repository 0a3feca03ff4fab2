"""`wellquoted corpus`: the articles."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

import click

from corpus.checking import Finding, check
from corpus.errors import LibraryError
from corpus.library import Library, Outcome, Overrides
from corpus.readers.markdown import dump
from index.manifest import ARTICLE
from qa.cli.common import complain, json_option, print_json, with_settings
from qa.cli.syncing import fetcher_for, private_host_option, sync_articles
from qa.settings import Settings

DAY = click.DateTime(["%Y-%m-%d"])
EXCERPT = 70
"""Characters of a dropped block that the report shows."""


@click.group()
def corpus() -> None:
    """Add, list, show, remove, check and sync articles."""


corpus.add_command(sync_articles)


@corpus.command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--id", "article_id", help="Id of the article (one article only).")
@click.option("--title", help="Title.")
@click.option("--url", help="Address of the article at its source.")
@click.option("--publisher", help="Who published it.")
@click.option("--author", "authors", multiple=True, help="An author; may be repeated.")
@click.option("--published", type=DAY, help="Day of publication, YYYY-MM-DD.")
@click.option("--reviewed", type=DAY, help="Day of the last review, YYYY-MM-DD.")
@click.option("--review-status", help='For example "not clinically reviewed".')
@click.option("--language", help="Language code, for example en.")
@click.option("--licence", help="Licence of the text.")
@click.option("--replace", is_flag=True, help="Replace an article that has the same id but came from elsewhere.")
@private_host_option
@json_option
@with_settings
def add(
    settings: Settings,
    /,
    sources: tuple[str, ...],
    json_wanted: bool,
    replace: bool,
    private_hosts: tuple[str, ...],
    article_id: str | None,
    published: datetime | None,
    reviewed: datetime | None,
    **fields: str | tuple[str, ...] | None,
) -> None:
    """Add articles from files, folders (.txt, .md, .jsonl) and web addresses.

    What the file says of itself (title, authors, publisher, date, address) is found and shown; the options go before
    it. What is left out (captions, reference lists, citation formats) is listed; no kept sentence is changed.
    """
    overrides = Overrides(id=article_id, published=_day(published), reviewed=_day(reviewed), **fields)  # type: ignore[arg-type]
    library, fetcher = Library(settings.articles), fetcher_for(private_hosts)
    outcomes = list(_told(library.add(sources, overrides, replace=replace, fetcher=fetcher), quiet=json_wanted))
    counts = Counter(outcome.status for outcome in outcomes)
    if json_wanted:
        print_json([_outcome_json(outcome) for outcome in outcomes])
    else:
        click.echo(", ".join(f"{number} {status}" for status, number in sorted(counts.items())) or "nothing found")
        if counts["added"] or counts["updated"]:
            click.echo("Next: wellquoted index build")
    if counts["refused"] or not outcomes:
        raise SystemExit(1)


@corpus.command("list")
@json_option
@with_settings
def list_articles(settings: Settings, json_wanted: bool) -> None:
    """List the articles."""
    loaded = Library(settings.articles).articles()
    if json_wanted:
        print_json([_article_json(article, exclude={"sections", "text"}) for article in loaded.articles])
    else:
        for article in loaded.articles:
            dates = f"published {article.published or '-'}, reviewed {article.reviewed or '-'}"
            click.echo(f"{article.id}  {article.title}  ({article.publisher or 'no publisher'}; {dates})")
        click.echo(f"{len(loaded.articles)} articles in {settings.articles}", err=True)
    for error in loaded.errors:
        complain(error)
    if loaded.errors:
        raise SystemExit(1)


@corpus.command()
@click.argument("article_id", metavar="ID")
@json_option
@with_settings
def show(settings: Settings, article_id: str, json_wanted: bool) -> None:
    """Show an article as its file holds it."""
    article = Library(settings.articles).get(article_id)
    if json_wanted:
        print_json(_article_json(article, exclude={"sections"}))
    else:
        click.echo(dump(article), nl=False)


@corpus.command()
@click.argument("article_ids", nargs=-1, required=True, metavar="ID...")
@with_settings
def remove(settings: Settings, article_ids: tuple[str, ...]) -> None:
    """Remove articles. The live index keeps them until the next build."""
    library = Library(settings.articles)
    removed = 0
    for article_id in article_ids:
        try:
            library.remove(article_id)
            click.echo(f"removed {article_id}")
            removed += 1
        except LibraryError as error:
            complain(error)
    if removed:
        click.echo("Next: wellquoted index build")
    if removed < len(article_ids):
        raise SystemExit(1)


@corpus.command("check")
@json_option
@with_settings
def check_articles(settings: Settings, json_wanted: bool) -> None:
    """Look for articles that would be quoted badly. Exit code 1 when there are errors, 0 with warnings only."""
    loaded = Library(settings.articles).articles()
    findings = check(loaded.articles, date.today())
    if json_wanted:
        errors = [{"level": "error", "rule": "unreadable-file", "message": str(error)} for error in loaded.errors]
        print_json(errors + [asdict(finding) for finding in findings])
    else:
        for error in loaded.errors:
            complain(error)
        _print_findings(findings)
        click.echo(f"{len(loaded.articles)} articles checked, {len(findings) + len(loaded.errors)} findings", err=True)
    if loaded.errors or any(finding.level == "error" for finding in findings):
        raise SystemExit(1)


def _print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        quoted = f': "{finding.quote}"' if finding.quote else ""
        click.echo(f"{finding.level}  {finding.article_id}  {finding.rule}  {finding.message}{quoted}")


def _told(outcomes: Iterable[Outcome], *, quiet: bool) -> Iterable[Outcome]:
    """Report each outcome as it comes."""
    for outcome in outcomes:
        if not quiet:
            _tell(outcome)
        elif outcome.error:
            complain(outcome.error)
        yield outcome


def _tell(outcome: Outcome) -> None:
    if outcome.error:
        complain(outcome.error)
    article = outcome.article
    if not article:
        return
    click.echo(f"{outcome.status}  {article.id}  {article.title}")
    facts = [article.publisher, ", ".join(article.authors), article.published, article.url]
    click.echo("    " + "; ".join(str(fact) if fact else "-" for fact in facts))
    for dropped in outcome.dropped:
        words = " ".join(dropped.text.split())
        click.echo(f"    left out ({dropped.kind}): {words[:EXCERPT]}{'…' if len(words) > EXCERPT else ''}")


def _outcome_json(outcome: Outcome) -> dict[str, object]:
    return {
        "status": outcome.status,
        "origin": outcome.origin,
        "article": _article_json(outcome.article, exclude={"sections", "text"}) if outcome.article else None,
        "dropped": [asdict(dropped) for dropped in outcome.dropped],
        "error": {"message": str(outcome.error), "advice": outcome.error.advice} if outcome.error else None,
    }


def _article_json(article: object, exclude: set[str]) -> dict[str, object]:
    record: dict[str, object] = ARTICLE.dump_python(article, mode="json", exclude=exclude)  # type: ignore[arg-type]
    return record


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
