"""What all commands share: settings as options, errors that say what to try next, progress, JSON."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, NoReturn, ParamSpec, TypeVar

import click
from pydantic import ValidationError
from tqdm import tqdm

from corpus.errors import WellQuotedError
from index.encoder import Progress
from qa.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


class ReportingGroup(click.Group):
    """Turns the product's own errors into a message, what to try next, and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except WellQuotedError as error:
            fail(error)
        except BrokenPipeError:
            raise
        except OSError as error:
            what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            fail(WellQuotedError(what, "Check the name, the permissions and the free space."))
        except ValidationError as error:
            raise click.UsageError(_first_problem(error)) from error


def fail(error: WellQuotedError) -> NoReturn:
    """Say what happened and what to try next, and end with exit code 1."""
    complain(error)
    sys.exit(1)


def complain(error: WellQuotedError) -> None:
    click.echo(f"Error: {error}", err=True)
    if error.advice:
        click.echo(f"       {error.advice}", err=True)


def with_settings(command: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Give a command `--articles` and `--data`, and pass it the settings."""

    @click.option("--articles", type=click.Path(path_type=Path), help="Folder of articles [WELLQUOTED_ARTICLES].")
    @click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots [WELLQUOTED_DATA].")
    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {name: kwargs.pop(name) for name in ("articles", "data")}
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        return command(settings, *args, **kwargs)

    return wrapped


json_option = click.option("--json", "json_wanted", is_flag=True, help="Print JSON for a script.")


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """A bar with the time left, on standard error; nothing when that is not a terminal."""
    with tqdm(desc=what, unit="text", file=sys.stderr, disable=None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    return f"WELLQUOTED_{name.upper()}: {problem['msg']}"
