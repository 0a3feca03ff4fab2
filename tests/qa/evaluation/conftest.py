"""A tiny BEIR folder, and the commands on the session's model and index."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from index.encoder import MiniLM
from qa.cli import main
from tests.conftest import Shipped

Run = Callable[..., Result]

DOCUMENTS = [
    {"_id": "coffee", "title": "Coffee", "text": "Coffee holds caffeine. Too much caffeine makes muscles twitch."},
    {"_id": "sleep", "title": "Sleep", "text": "Too little sleep makes people tired. Most adults need seven hours."},
    {"_id": "salt", "title": "Salt", "text": "Salt raises blood pressure. Bread and cheese hold much salt."},
    {"_id": "bones", "title": "Vitamin D keeps bones strong", "text": ""},
]
QUERIES = [
    {"_id": "q1", "text": "does caffeine make muscles twitch"},
    {"_id": "q2", "text": "how many hours of sleep do adults need"},
    {"_id": "q3", "text": "vitamin for strong bones"},
    {"_id": "q4", "text": "hello"},
    {"_id": "unjudged", "text": "salt"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tcoffee\t2\nq1\tsleep\t1\nq2\tsleep\t1\nq3\tbones\t1\nq4\tsalt\t1\n"


def write_lines(file: Path, records: Iterable[object]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return file


@pytest.fixture
def beir_folder(tmp_path: Path) -> Path:
    """Judged in the split "dev" only; q4 is no question, so it finds nothing."""
    folder = tmp_path / "beir-folder"
    (folder / "qrels").mkdir(parents=True)
    write_lines(folder / "corpus.jsonl", DOCUMENTS)
    write_lines(folder / "queries.jsonl", QUERIES)
    (folder / "qrels" / "dev.tsv").write_text(QRELS, "utf-8")
    return folder


@pytest.fixture
def same_model(monkeypatch: pytest.MonkeyPatch, encoder: MiniLM) -> None:
    """The model is loaded once for all tests."""
    monkeypatch.setattr("qa.service.MiniLM", lambda _: encoder)


@pytest.fixture
def run(same_model: None, shipped: Shipped, tmp_path: Path) -> Run:
    """Run `wellquoted` on the shipped articles' index; what a BEIR folder builds goes to the test's own folder."""

    def invoke(*arguments: object, data: Path = shipped.data) -> Result:
        return CliRunner().invoke(main, [str(a) for a in arguments], env={"WELLQUOTED_DATA": str(data)})

    return invoke
