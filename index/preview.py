"""The snapshot a build would make, to be asked before anything goes live."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.building import Build
from index.encoder import Encoder, Progress
from index.snapshot import Snapshot


@contextmanager
def preview(plan: Build, encoder: Encoder, progress: Progress | None = None) -> Iterator[Snapshot]:
    """Build in a temporary folder, which is gone afterwards. Vectors come from the live snapshot, as in a build."""
    with tempfile.TemporaryDirectory(prefix="wellquoted-") as temporary:
        folder = Path(temporary) / plan.id
        folder.mkdir()
        plan.write(folder, progress)
        yield Snapshot.open(folder, encoder)
