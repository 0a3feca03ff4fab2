"""What all commands share: settings as options, errors that say what to try next, progress, JSON."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, NoReturn, ParamSpec, TypeVar

import click
from pydantic import ValidationError
from tqdm import tqdm

from corpus.errors import WellQuotedError
from index.encoder import Progress
from qa.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


class _Reporting(click.Command):
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


class ReportingGroup(_Reporting, click.Group):
    """A group of commands whose errors are told."""


class ReportingCommand(_Reporting):
    """A command on its own whose errors are told."""


def fail(error: WellQuotedError) -> NoReturn:
    """Say what happened and what to try next, and end with exit code 1."""
    complain(error)
    sys.exit(1)


def complain(error: WellQuotedError) -> None:
    click.echo(f"Error: {error}", err=True)
    if error.advice:
        click.echo(f"       {error.advice}", err=True)


def settings_options(*names: str) -> Callable[[Callable[Concatenate[Settings, P], R]], Callable[P, R]]:
    """Give a command an option for each of these settings, and pass it the settings."""

    def decorate(command: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
        @wraps(command)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            given = {name: kwargs.pop(name) for name in names}
            settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
            return command(settings, *args, **kwargs)

        decorated: Callable[P, R] = wrapped
        for name in reversed(names):
            field = Settings.model_fields[name]
            decorated = click.option(
                f"--{name}", type=field.annotation, help=f"{field.description} [{_variable(name)}]"
            )(decorated)
        return decorated

    return decorate


with_settings = settings_options("articles", "data")


json_option = click.option("--json", "json_wanted", is_flag=True, help="Print JSON for a script.")


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def progress_bar(what: str, unit: str = "text") -> Iterator[Progress]:
    """A bar with the time left, on standard error; one line when that is not a terminal."""
    with tqdm(desc=what, unit=unit, file=sys.stderr, disable=None, leave=False) as bar:
        told = False

        def show(done: int, total: int) -> None:
            nonlocal told
            if bar.disable and not told:
                click.echo(f"{what}: {total} {unit}s", err=True)
            told = True
            bar.total = total
            bar.update(done - bar.n)

        yield show


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    return f"{_variable(str(problem['loc'][0]))}: {problem['msg']}"


def _variable(setting: str) -> str:
    return f"WELLQUOTED_{setting.upper()}"
