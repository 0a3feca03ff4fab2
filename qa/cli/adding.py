"""What `corpus add` tells: a few articles one by one, any number of them in a summary, all of them as JSON."""

import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from types import FrameType

import click
from tqdm import tqdm

from corpus.adding import Outcome, Progress
from corpus.errors import ArticleError
from corpus.models import Article
from index.manifest import ARTICLE
from qa.cli.common import JsonList, complain

TOLD = 20
"""Articles that are told one by one; with more, who watches looks for the summary."""
NAMED = 3
"""Articles that the summary names of each kind."""
EXCERPT = 70
"""Characters of a dropped block that the report shows."""
INTERRUPTED = 130
"""Exit code, as of a shell: 128 and the number of the signal."""

_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|\S*[\d/]\S*")
"""What differs between refusals for one reason: what is quoted, numbers and files."""


class Report:
    """Tells each outcome as it comes, and at the end what became of all."""

    def __init__(self, *, json_wanted: bool) -> None:
        self._json = JsonList() if json_wanted else None
        self._counts: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._examples: dict[str, list[ArticleError]] = {}
        self._copies: dict[str, str] = {}

    def take(self, outcome: Outcome) -> None:
        """Tell one outcome."""
        with tqdm.external_write_mode(file=sys.stderr):
            if self._json:
                self._json.add(outcome_json(outcome))
            if outcome.status == "passed over":
                click.echo(f"{outcome.error}\n    {outcome.error and outcome.error.advice}", err=True)
                return
            self._counts[outcome.status] += 1
            if self._counts.total() <= TOLD:
                self._tell(outcome)
            elif self._counts.total() == TOLD + 1:
                click.echo("… the others are counted in the end; --json lists every one", err=True)
        self._keep(outcome)

    def end(self, *, interrupted: bool) -> int:
        """Tell the summary. Returns the exit code."""
        if self._json:
            self._json.close()
        counts = ", ".join(f"{number} {status}" for status, number in sorted(self._counts.items()))
        click.echo(counts or "nothing found", err=bool(self._json))
        if self._counts.total() > TOLD:
            self._summarise()
        if interrupted:
            click.echo("Stopped. What is in stays in: run the same command again to go on.", err=True)
            return INTERRUPTED
        if self._counts["added"] or self._counts["updated"]:
            click.echo("Next: wellquoted index build", err=bool(self._json))
        return 1 if self._counts["refused"] or not self._counts else 0

    def _tell(self, outcome: Outcome) -> None:
        if outcome.error:
            complain(outcome.error)
        if outcome.article and not self._json:
            _tell_article(outcome)

    def _keep(self, outcome: Outcome) -> None:
        """What the summary needs."""
        if outcome.error:
            reason = _PARTICULAR.sub("…", outcome.error.reason)
            self._refused[reason] += 1
            examples = self._examples.setdefault(reason, [])
            if len(examples) < NAMED:
                examples.append(outcome.error)
        elif outcome.article and outcome.same_text_as:
            self._copies[outcome.article.id] = outcome.same_text_as

    def _summarise(self) -> None:
        for reason, number in self._refused.most_common():
            examples = self._examples[reason]
            click.echo(f"{number} refused: {examples[0].reason if number == 1 else reason}", err=True)
            click.echo(f"    {_some([error.origin for error in examples], number)}", err=True)
            click.echo(f"    {examples[0].advice}", err=True)
        tell_copies(self._copies)


def tell_copies(copies: Mapping[str, str]) -> None:
    """Tell which articles have the same text; `copies` is from id to id."""
    if copies:
        pairs = [f"{article_id} = {first}" for article_id, first in islice(copies.items(), NAMED)]
        articles = "1 article" if len(copies) == 1 else f"{len(copies)} articles"
        click.echo(f"same text in {articles} as in another, quoted once with all citations:", err=True)
        click.echo(f"    {_some(pairs, len(copies))}", err=True)


def _some(named: Sequence[str], number: int) -> str:
    """The first few of `number` things."""
    return ", ".join(named) + (f" and {number - len(named)} more" if number > len(named) else "")


@contextmanager
def reading_bar() -> Iterator[Progress]:
    """A bar of the bytes read, with the time left, on standard error, when somebody watches."""
    with tqdm(desc="Adding", unit="B", unit_scale=True, file=sys.stderr, disable=None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl-C stops after the article at hand, so that what is told is true; pressed again, at once.

    Yields:
        Whether to stop.
    """
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        if stopped:
            raise KeyboardInterrupt
        stopped = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: stopped
    finally:
        signal.signal(signal.SIGINT, before)


def outcome_json(outcome: Outcome) -> dict[str, object]:
    """One element of what `corpus add --json` prints."""
    article = outcome.article
    return {
        "status": outcome.status,
        "origin": outcome.origin,
        "article": ARTICLE.dump_python(article, mode="json", exclude={"sections", "text"}) if article else None,
        "dropped": [asdict(dropped) for dropped in outcome.dropped],
        "error": {"message": str(outcome.error), "advice": outcome.error.advice} if outcome.error else None,
        "same_text_as": outcome.same_text_as,
    }


def _tell_article(outcome: Outcome) -> None:
    article = outcome.article
    assert article, "only what is not refused is told"
    click.echo(f"{outcome.status}  {article.id}  {article.title}")
    facts = [article.publisher, ", ".join(article.authors), article.published, article.url]
    click.echo("    " + "; ".join(str(fact) if fact else "-" for fact in facts))
    for name, fact in _further_facts(article):
        click.echo(f"    {name}: {fact}")
    if outcome.same_text_as:
        click.echo(f"    same text as {outcome.same_text_as}: quoted once, with both citations")
    for dropped in outcome.dropped:
        words = " ".join(dropped.text.split())
        click.echo(f"    left out ({dropped.kind}): {words[:EXCERPT]}{'…' if len(words) > EXCERPT else ''}")


def _further_facts(article: Article) -> Iterator[tuple[str, object]]:
    """What few articles tell of themselves."""
    if article.also_called:
        yield "also called", ", ".join(article.also_called)
    if article.updated:
        yield "updated", article.updated
    if article.reviewed:
        yield "reviewed", article.reviewed
    if article.language != "en":
        yield "language", article.language
