"""`wellquoted ask`: one question, or a file of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tqdm import tqdm

from corpus.errors import WellQuotedError
from qa.answering import Answerer
from qa.cli.common import json_option, print_json, with_settings
from qa.models import Answer, as_json
from qa.render import as_text
from qa.service import open_answerer
from qa.settings import Settings


class BatchLine(BaseModel):
    """One line of a batch file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    question: str
    history: tuple[str, ...] = Field(default=())


@click.command()
@click.argument("question", required=False)
@click.option("--history", multiple=True, metavar="QUESTION", help="A question asked before this one; oldest first.")
@click.option("--k", type=click.IntRange(1, 20), default=3, show_default=True, help="The most passages to quote.")
@click.option("--exact", is_flag=True, help="Search what is typed: no spelling correction, no history.")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON Lines of questions.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the answers of a batch go.")
@json_option
@with_settings
def ask(
    settings: Settings,
    question: str | None,
    history: tuple[str, ...],
    k: int,
    exact: bool,
    batch: Path | None,
    out: Path | None,
    json_wanted: bool,
) -> None:
    """Answer QUESTION with quoted passages.

    \b
    wellquoted ask "what is BFS?"
    wellquoted ask "how is it diagnosed?" --history "what is BFS?"
    wellquoted ask --batch questions.jsonl --out answers.jsonl

    A batch line is {"id", "question", "history": []}; an answer line is {"id", ...answer}.
    """
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        raise click.UsageError("Give one QUESTION, or --batch FILE with --out FILE.")
    if batch and (history or exact or json_wanted):
        raise click.UsageError("--history, --exact and --json go with one QUESTION; a batch line has its own history.")
    if batch and out and out.exists() and out.samefile(batch):
        raise click.UsageError("The answers would overwrite the questions: give --out another name.")
    answerer = open_answerer(settings)
    answerer.require_index()
    if batch and out:
        _answer_batch(answerer, batch, out, k)
    elif question is not None:
        _print(answerer.answer(question, history, k, exact=exact), json_wanted)


def _print(answer: Answer, json_wanted: bool) -> None:
    if json_wanted:
        print_json(as_json(answer))
    else:
        click.echo(as_text(answer))


def _answer_batch(answerer: Answerer, batch: Path, out: Path, k: int) -> None:
    lines = list(_read(batch))
    with out.open("w", encoding="utf-8") as stream:
        for line in tqdm(lines, desc="Answering", unit="question", disable=None, leave=False):
            answer = answerer.answer(line.question, line.history, k)
            stream.write(json.dumps({"id": line.id, **as_json(answer)}, ensure_ascii=False) + "\n")
    click.echo(f"{len(lines)} answers in {out}", err=True)


def _read(batch: Path) -> Iterator[BatchLine]:
    try:
        lines = batch.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise WellQuotedError(f"{batch}: not UTF-8 text", "Save it as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield BatchLine.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            where = "".join(f"{part}: " for part in problem["loc"])
            advice = 'A line is {"id": "1", "question": "…", "history": []}.'
            raise WellQuotedError(f"{batch}:{number}: {where}{problem['msg']}", advice) from error
