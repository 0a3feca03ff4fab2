"""The trained judges, each loaded when it is first asked: loading takes seconds, and most commands ask none."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from index.encoder import before_torch

if TYPE_CHECKING:
    from qa.adapter import Trained

_LOADING = Lock()


def judge(file: Path, outputs: Sequence[str]) -> "Trained":
    """The judge of `file`, which decides `outputs`; the same one every time.

    Raises:
        ModelError: see `qa.adapter.Trained`.
    """
    with _LOADING:  # two at once would both load it
        return _loaded(file, tuple(outputs))


@cache
def _loaded(file: Path, outputs: tuple[str, ...]) -> "Trained":
    before_torch()
    from qa.adapter import Trained

    return Trained(file, outputs)
