"""The `wellquoted` command. One module a group of commands."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import click

from qa.cli.articles import corpus
from qa.cli.asking import ask
from qa.cli.common import ReportingGroup
from qa.cli.evaluating import compare_command, evaluate_command
from qa.cli.inspecting import inspect_command
from qa.cli.snapshots import index
from qa.cli.worklist import worklist


@click.group(
    cls=ReportingGroup,
    epilog="Settings come from WELLQUOTED_* variables and the matching options. The page: python app.py",
)
@click.version_option(package_name="wellquoted")
def main() -> None:
    """Answer health questions with passages quoted word for word from articles."""


main.add_command(ask)
main.add_command(corpus)
main.add_command(index)
main.add_command(evaluate_command)
main.add_command(compare_command)
main.add_command(inspect_command)
main.add_command(worklist)
