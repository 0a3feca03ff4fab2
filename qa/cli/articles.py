"""`wellquoted corpus`: the articles."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime

import click

from corpus.checking import Finding, check
from corpus.errors import ArticleError, LibraryError
from corpus.library import Library, Overrides
from corpus.readers.markdown import dump
from index.manifest import ARTICLE
from qa.cli.adding import Report, reading_bar, stoppable
from qa.cli.common import complain, json_option, print_json, progress_bar, with_settings
from qa.cli.syncing import fetcher_for, private_host_option, sync_articles
from qa.settings import Settings

DAY = click.DateTime(["%Y-%m-%d"])


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
@click.option("--updated", type=DAY, help="Day of the last change, YYYY-MM-DD.")
@click.option("--reviewed", type=DAY, help="Day of the last review, YYYY-MM-DD.")
@click.option("--review-status", help='For example "not clinically reviewed".')
@click.option("--also-called", multiple=True, help="Another name of its subject, for search; may be repeated.")
@click.option("--language", help="Language code, for example en. Articles not in English are refused without it.")
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
    updated: datetime | None,
    reviewed: datetime | None,
    **fields: str | tuple[str, ...] | None,
) -> None:
    """Add articles from files, folders and web addresses.

    Text (.txt), Markdown (.md), JSON Lines (.jsonl), saved web pages (.html), .pdf, Word (.docx) and the health topics
    of MedlinePlus (.xml) are read. What a file says of itself (title, other names, authors, publisher, dates, address,
    language) is found and shown; the options go before it. What is left out (navigation, captions, related links,
    reference lists) is listed; no kept sentence is changed.

    Any number of articles go in. Stopped with Ctrl-C or otherwise, the same command goes on: what is in is unchanged.
    """
    days = {"published": _day(published), "updated": _day(updated), "reviewed": _day(reviewed)}
    overrides = Overrides(id=article_id, **days, **fields)  # type: ignore[arg-type]
    report = Report(json_wanted=json_wanted)
    with reading_bar() as progress, stoppable() as stopped:
        adding = Library(settings.articles).add(
            sources, overrides, replace=replace, progress=progress, fetcher=fetcher_for(private_hosts)
        )
        with closing(adding) as outcomes:
            for outcome in outcomes:
                report.take(outcome)
                if stopped():
                    break
    raise SystemExit(report.end(interrupted=stopped()))


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
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="The least level of a finding that makes the exit code 1.",
)
@json_option
@with_settings
def check_articles(settings: Settings, json_wanted: bool, fail_on: str) -> None:
    """Look for articles that would be quoted badly. Exit code 1 when there are errors, 0 with warnings only.

    Errors: files that cannot be read, unreadable text, links to articles that are not there. Warnings: no review, or
    one of long ago, no source, passages too short or too long, introductions that lost their list, the same or nearly
    the same text twice.
    """
    loaded = Library(settings.articles).articles()
    with progress_bar("Checking", "article") as progress:
        findings = check(loaded.articles, date.today(), settings.allowed_hosts, progress)
    if json_wanted:
        print_json([*map(_file_json, loaded.errors), *map(asdict, findings)])
    else:
        for error in loaded.errors:
            complain(error)
        _print_findings(findings)
        click.echo(_counted(len(loaded.articles), loaded.errors, findings), err=True)
    if loaded.errors or any(finding.level == "error" or fail_on == "warning" for finding in findings):
        raise SystemExit(1)


def _file_json(error: ArticleError) -> dict[str, str]:
    return {"level": "error", "rule": "unreadable-file", "message": str(error), "advice": error.advice}


def _counted(articles: int, errors: Sequence[ArticleError], findings: Sequence[Finding]) -> str:
    rules = Counter(finding.rule for finding in findings) + Counter({"unreadable-file": len(errors)})
    told = ", ".join(f"{number} {rule}" for rule, number in rules.most_common())
    return f"{articles} articles checked, {rules.total()} findings" + (f": {told}" if told else "")


def _print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        quoted = f': "{finding.quote}"' if finding.quote else ""
        click.echo(f"{finding.level}  {finding.article_id}  {finding.rule}  {finding.message}{quoted}")


def _article_json(article: object, exclude: set[str]) -> dict[str, object]:
    record: dict[str, object] = ARTICLE.dump_python(article, mode="json", exclude=exclude)  # type: ignore[arg-type]
    return record


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
