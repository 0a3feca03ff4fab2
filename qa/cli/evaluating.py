"""`wellquoted evaluate` and `wellquoted compare`: how good the answers are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from qa.cli.common import json_option, print_json, progress_bar, with_settings
from qa.evaluation.beir import read_qrels
from qa.evaluation.comparing import Comparison, compare
from qa.evaluation.evaluating import evaluate
from qa.evaluation.measures import MEASURES
from qa.evaluation.report import BY_KIND, number, report_html
from qa.evaluation.results import Evaluation
from qa.evaluation.retrieval import read_run, retrieval_scores, write_run
from qa.settings import Settings

CHANGES = 10
"""Changed questions that are printed; the JSON has all."""

File = click.Path(dir_okay=False, path_type=Path)
ReadableFile = click.Path(exists=True, dir_okay=False, path_type=Path)


class Limit(click.ParamType[tuple[str, float]]):
    """`MEASURE=VALUE`, or `KIND/MEASURE=VALUE` for the questions of one kind."""

    name = "MEASURE=VALUE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        name, _, wanted = value.rpartition("=")
        if name.rpartition("/")[2] not in MEASURES:
            self.fail(f"there is no measure {name or value!r}. Measures: {', '.join(MEASURES)}", param, ctx)
        try:
            return name, float(wanted)
        except ValueError:
            self.fail(f"{wanted!r} is not a number", param, ctx)


@click.command("evaluate")
@click.argument("dataset", type=click.Path(exists=True, path_type=Path))
@click.option("--split", help='Of a question file "tune" or "report"; of a BEIR folder the name of its qrels.')
@click.option("--limit", type=click.IntRange(min=1), help="Ask only the first questions.")
@click.option("--out", type=File, help="Write the whole result as JSON.")
@click.option("--report", type=File, help="Write an HTML report with plots and the worst questions.")
@click.option("--run-out", type=File, help="Write the rankings as a TREC run.")
@click.option(
    "--fail-under",
    "limits",
    type=Limit(),
    multiple=True,
    help="End with exit code 1 when a measure is worse: under VALUE, or over it where lower is better.",
)
@json_option
@with_settings
def evaluate_command(
    settings: Settings,
    dataset: Path,
    split: str | None,
    limit: int | None,
    out: Path | None,
    report: Path | None,
    run_out: Path | None,
    limits: Sequence[tuple[str, float]],
    json_wanted: bool,
) -> None:
    """Measure the answers to the questions of DATASET.

    DATASET is a question file, asked of the live index, or a BEIR folder (corpus.jsonl, queries.jsonl,
    qrels/), whose own corpus is indexed.

    \b
    wellquoted evaluate questions.jsonl --split tune --report report.html
    wellquoted evaluate nfcorpus/ --run-out run.txt --fail-under nDCG@10=0.3
    """
    evaluation = evaluate(dataset, settings=settings, split=split, limit=limit, progress=progress_bar)
    if run_out:
        write_run(evaluation.run, run_out, f"wellquoted-{evaluation.stamp.version}")
    if out:
        out.write_bytes(evaluation.to_json())
    if report:
        report.write_text(report_html(evaluation), "utf-8")
    if json_wanted:
        click.echo(evaluation.to_json())
    else:
        _print_evaluation(evaluation)
    _check(evaluation, limits)


@click.command("compare")
@click.argument("a", metavar="RUN_A", type=ReadableFile)
@click.argument("b", metavar="RUN_B", type=ReadableFile)
@click.option("--qrels", type=ReadableFile, help="RUN_A and RUN_B are TREC runs, to be scored with these judgements.")
@json_option
def compare_command(a: Path, b: Path, qrels: Path | None, json_wanted: bool) -> None:
    """Say whether RUN_B is better than RUN_A, and for which questions.

    Both are results that `wellquoted evaluate --out` wrote, or TREC runs when --qrels is given. The p-value is that
    of a paired randomisation test, the interval a 95 % bootstrap interval of the difference.
    """
    if qrels:
        judged = read_qrels(qrels)
        comparison = compare(retrieval_scores(judged, read_run(a)), retrieval_scores(judged, read_run(b)))
    else:
        first, second = Evaluation.read(a), Evaluation.read(b)
        if first.stamp.dataset_sha256 != second.stamp.dataset_sha256:
            click.echo("Warning: the two were measured on different datasets", err=True)
        comparison = compare(first, second)
    if json_wanted:
        print_json(asdict(comparison))
    else:
        _print_comparison(comparison)


def _print_evaluation(evaluation: Evaluation) -> None:
    stamp = evaluation.stamp
    split = f", split {stamp.split}" if stamp.split else ""
    click.echo(f"{stamp.dataset}{split}: {stamp.questions} questions, snapshot {stamp.snapshot}\n")
    if evaluation.misplaced:
        click.echo(f"Gold quotes that stand in no indexed article: {', '.join(evaluation.misplaced)}\n")
    for name in evaluation.measures:
        lower = "  lower is better" if MEASURES[name].lower_is_better else ""
        click.echo(f"{name:<32}{number(name, evaluation.measures):>8}{lower}")
    _print_kinds(evaluation)


def _print_kinds(evaluation: Evaluation) -> None:
    for kind, result in evaluation.kinds.items():
        values = [f"{name} {number(name, result.measures)}" for name in BY_KIND if name in result.measures]
        click.echo(f"\n{kind} ({result.questions}): {', '.join(values)}")


def _check(evaluation: Evaluation, limits: Sequence[tuple[str, float]]) -> None:
    """End with exit code 1 when a measure is worse than its limit, with 2 when it was not measured."""
    missed = False
    for name, limit in limits:
        kind, _, base = name.rpartition("/")
        value = _measured(evaluation, kind).get(base)
        if value is None:
            raise click.UsageError(f"{name} was not measured here. Measured: {', '.join(_measured(evaluation, kind))}")
        if MEASURES[base].is_worse(value, limit):
            missed = True
            click.echo(f"Error: {name} is {value:.4f}, wanted {limit:g}", err=True)
    if missed:
        raise SystemExit(1)


def _measured(evaluation: Evaluation, kind: str) -> Mapping[str, float]:
    if not kind:
        return evaluation.measures
    if kind not in evaluation.kinds:
        raise click.UsageError(f"there are no questions of kind {kind}. Kinds: {', '.join(evaluation.kinds) or 'none'}")
    return evaluation.kinds[kind].measures


def _print_comparison(comparison: Comparison) -> None:
    click.echo(f"{'':<32}{'A':>8}{'B':>8}{'B-A':>9}  95 % interval         p  better worse same")
    for found in comparison.differences:
        values = f"{found.a:>8.3f}{found.b:>8.3f}{found.difference:>+9.3f}  [{found.low:+.3f}, {found.high:+.3f}]"
        counts = f"{found.wins:>6} {found.losses:>5} {found.ties:>4}"
        click.echo(f"{found.measure:<32}{values} {found.p_value:>8.4f}  {counts}")
    for change in comparison.changes[:CHANGES]:
        values = ", ".join(f"{name} {before:.3g} -> {after:.3g}" for name, (before, after) in change.scores.items())
        click.echo(f"\n{change.id}: {values}")
