"""`wellquoted worklist`: the questions that the articles do not answer yet."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from index.live import FixedIndex
from qa.answering import Answerer
from qa.cli.common import json_option, print_json, progress_bar, settings_options
from qa.grouping import Group, exported, group
from qa.notices import Notices
from qa.service import open_store
from qa.settings import Settings
from qa.worklist import Worklist

LISTED = 20
"""Groups that are printed; the JSON has all."""
QUOTED = 160
"""Characters of a passage that are printed."""

_KINDS = {"no_answer": "no answer", "does_not_answer": "does not answer", "wrong_part": "wrong part"}


@click.group("worklist", invoke_without_command=True)
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path), help="Write a question file for `evaluate`.")
@json_option
@settings_options("data", "worklist")
@click.pass_context
def worklist(context: click.Context, settings: Settings, export: Path | None, json_wanted: bool) -> None:
    """List the questions that got no answer or a thumbs-down, near-identical ones together, most frequent first.

    \b
    wellquoted worklist
    wellquoted worklist --export wanted.jsonl
    wellquoted index build --dry-run --questions wanted.jsonl

    Questions are kept only where WELLQUOTED_WORKLIST is on. Each group shows the nearest passage of the live index and
    why it was not enough.
    """
    if context.invoked_subcommand:
        return
    entries = _open(settings).entries()
    groups: list[Group] = []
    if entries:
        snapshot = open_store(settings).open()
        answerer = Answerer(FixedIndex(snapshot), Notices.load())
        with progress_bar("Grouping") as progress:
            groups = group(entries, answerer, snapshot.encoder, progress)
        if export:
            _export(exported(groups, answerer.understanding(snapshot)), export)
    if json_wanted:
        print_json([each.as_json() for each in groups])
    elif not entries:
        click.echo(_nothing(settings))
    else:
        click.echo("\n\n".join(_text(groups)))


@worklist.command()
@click.option("--yes", is_flag=True, help="Do not ask first.")
@json_option
@settings_options("data", "worklist")
def clear(settings: Settings, yes: bool, json_wanted: bool) -> None:
    """Delete every question of the worklist."""
    found = _open(settings)
    if not yes:
        click.confirm(f"Delete every question in {found.file}?", abort=True, err=True)
    deleted = found.clear()
    if json_wanted:
        print_json({"deleted": deleted})
    else:
        click.echo(f"{_questions(deleted)} deleted")


def _open(settings: Settings) -> Worklist:
    """The worklist; what was kept in its usual place before it was turned off can still be read and cleared."""
    return Worklist(settings.worklist_file or settings.worklist_default, settings.worklist_days)


def _export(lines: Sequence[dict[str, object]], file: Path) -> None:
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    click.echo(f"{_questions(len(lines))} in {file}", err=True)


def _nothing(settings: Settings) -> str:
    if settings.worklist_file:
        return f"The worklist is empty: no question went unanswered in the last {settings.worklist_days} days."
    return "The worklist is off and empty. To keep unanswered questions, start the page with WELLQUOTED_WORKLIST=on."


def _text(groups: Sequence[Group]) -> Iterator[str]:
    for each in groups[:LISTED]:
        yield "\n".join(_lines(each))
    if len(groups) > LISTED:
        yield f"and {len(groups) - LISTED} more: --json lists all"


def _lines(each: Group) -> Iterator[str]:
    kinds = ", ".join(f"{count} {_KINDS[kind]}" for kind, count in each.kinds.items())
    yield f"{each.count:>4}  {' '.join(each.question.split())}"
    yield f"      {kinds}; {each.first} to {each.last}"
    if others := [text for text in each.wordings if text != each.question]:
        yield f"      also: {' | '.join(' '.join(text.split()) for text in others[:3])}"
    yield f"      why: {each.why}"
    if found := each.nearest:
        line = " ".join(found.text.split())
        yield f"      nearest: {' > '.join((found.title, *found.section))}  {found.passage}"
        yield f"        “{line if len(line) <= QUOTED else line[:QUOTED].rsplit(' ', 1)[0] + ' …'}”"


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"
