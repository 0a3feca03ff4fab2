"""`wellquoted inspect`: how one answer came about."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

import click

from index.live import FixedIndex
from qa.answering import Answerer, Choices
from qa.cli.common import json_option, print_json, with_settings
from qa.inspecting import Decision, Inspection, Place, Reading, inspect
from qa.notices import Hearing, Notices
from qa.render import REASONS, page_html
from qa.service import open_store
from qa.settings import Settings

PLACES = 5
"""Places of each ranking that are printed; JSON and page have more."""
WEIGHT = "weight."


class Choice(click.ParamType[tuple[str, float]]):
    """`NAME=VALUE` of something that decides."""

    name = "NAME=VALUE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        name, _, wanted = value.partition("=")
        if name not in choosable():
            self.fail(f"there is no {name!r} to set. There is: {', '.join(choosable())}", param, ctx)
        try:
            number = int(wanted) if name == "reranked" else float(wanted)
        except ValueError:
            self.fail(f"{wanted!r} is not a number", param, ctx)
        if not math.isfinite(number) or (name == "reranked" and number < 1) or (name == "close_behind" and number > 1):
            self.fail(f"{name} cannot be {wanted}", param, ctx)
        return name, number


@click.command("inspect")
@click.argument("question")
@click.option("--history", multiple=True, metavar="QUESTION", help="A question asked before this one; oldest first.")
@click.option("--k", type=click.IntRange(1, 20), default=3, show_default=True, help="The most passages to quote.")
@click.option("--exact", is_flag=True, help="Search what is typed: no spelling correction, no history.")
@click.option("--set", "chosen", type=Choice(), multiple=True, help="Try another value here; the site keeps its own.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to open in a browser.")
@json_option
@with_settings
def inspect_command(
    settings: Settings,
    question: str,
    history: tuple[str, ...],
    k: int,
    exact: bool,
    chosen: Sequence[tuple[str, float]],
    html: Path | None,
    json_wanted: bool,
) -> None:
    """Show every stage of the answer to QUESTION, with times.

    \b
    wellquoted inspect "how is it diagnosed?" --history "what is BFS?"
    wellquoted inspect "can vaccines cause twitching" --html inspection.html
    wellquoted inspect "can vaccines cause twitching" --set answer_from=0.3

    What was understood and heard, the dense and the BM25 ranking, both fused, the passages scored again and the first
    of them read, the decision, what was merged and what is shown. The stages are those of the site; values given with
    --set are tried here only.
    """
    answerer = Answerer(FixedIndex(open_store(settings).open()), Notices.load(), choices(chosen))
    answerer.answer("What is a warm-up?")  # loads the model, so that its time is no stage's
    inspection = inspect(answerer, question, history, k, exact=exact)
    if html:
        html.write_text(page_html("inspect.html", inspection=inspection, chosen=dict(chosen)), "utf-8")
    if json_wanted:
        print_json({**inspection.as_json(), "tried": dict(chosen)})
    else:
        click.echo("\n\n".join(_text(inspection)))


def choosable() -> tuple[str, ...]:
    """What --set can set."""
    calibration = Choices().calibration
    own = [each.name for each in fields(calibration) if isinstance(getattr(calibration, each.name), (int, float))]
    return ("reranked", "close_behind", *own, *(WEIGHT + name for name in calibration.weights))


def choices(chosen: Sequence[tuple[str, float]]) -> Choices:
    """The choices of the site with those of `chosen` in their place."""
    made = Choices()
    for name, value in chosen:
        if name in ("reranked", "close_behind"):
            made = replace(made, **{name: value})  # type: ignore[arg-type]
        elif name.startswith(WEIGHT):
            weights = {**made.calibration.weights, name.removeprefix(WEIGHT): value}
            made = replace(made, calibration=replace(made.calibration, weights=weights))
        else:
            made = replace(made, calibration=replace(made.calibration, **{name: value}))  # type: ignore[arg-type]
    return made


def _text(inspection: Inspection) -> Iterator[str]:
    yield "\n".join(_reading(inspection.reading))
    yield "\n".join(["NOTICES", *map(_hearing, inspection.notices)])
    if found := inspection.rankings:
        for name in ("dense", "bm25", "fused", "rescored"):
            yield "\n".join([name.upper(), *map(_place, getattr(found, name)[:PLACES])])
    if inspection.decision:
        yield "\n".join(_decision(inspection.decision))
    if inspection.merging:
        close, merged = inspection.merging.close, inspection.merging.merged
        yield f"MERGED    {len(close)} close behind the first -> {len(merged)}: {', '.join(merged)}"
    yield "\n".join(_outcome(inspection))
    times = "  ".join(f"{stage.name} {stage.ms:.1f}" for stage in inspection.stages)
    yield f"TIMES     {times}  all {inspection.answer.took_ms:.1f} ms"


def _reading(reading: Reading) -> Iterator[str]:
    yield f"TYPED     {reading.typed}"
    for before in reading.history:
        yield f"          after: {before}"
    for change in reading.rewordings:
        yield f"          {change.by}: {change.was or '-'} -> {change.now or '-'}"
    yield f"SEARCHED  {reading.searched}"
    for view in reading.views[1:]:
        yield f"          and for the decision: {view}"


def _hearing(hearing: Hearing) -> str:
    shown = f"          {hearing.kind} {'shown' if hearing.shown else 'not shown'}: heard {hearing.message:.3f}"
    signs = f", {hearing.sentence:.3f} in one sentence; signs: {', '.join(hearing.signs)}"
    return shown + signs if hearing.signs else shown


def _place(place: Place) -> str:
    parts = "".join(f"  {name} {value:.3f}" for name, value in place.parts.items())
    section = f" > {' > '.join(place.section)}" if place.section else ""
    return f"{place.rank:>3}  {place.score:<8.4f}{place.passage}  {place.title}{section}" + (
        f"\n             {parts}" if parts else ""
    )


def _decision(decision: Decision) -> Iterator[str]:
    verdict = "answered" if decision.probability >= decision.answer_from else "declined"
    yield f"DECISION  probability {decision.probability:.3f}, answered from {decision.answer_from:.3f}: {verdict}"
    yield f"          bias {decision.bias:+.2f}"
    for factor in decision.factors:
        yield f"          {factor.name} {factor.value:.3f} x {factor.weight:g} = {factor.adds:+.2f}"
    if decision.missing:
        yield f"          not in the first passage: {', '.join(decision.missing)}"


def _outcome(inspection: Inspection) -> Iterator[str]:
    answer = inspection.answer
    yield f"{'SHOWN' if answer.passages else 'DECLINED':<10}" + (
        f"{answer.confidence.level} confidence"
        if not answer.reason
        else f"{answer.reason}: {REASONS[answer.reason][0]}"
    )
    for passage in answer.passages:
        yield f"      [{passage.number}] {passage.id}  {passage.article.title}"
    for topic in answer.nearest:
        yield f"          near: {topic.title}  {topic.article_link}"
