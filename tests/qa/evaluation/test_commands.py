"""`wellquoted evaluate` and `compare`: what they print and write, and how they end. The examples of the docs run."""

import json
import re
import shlex
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ir_measures
import pytest
import uvicorn
from click import Option
from fastapi import FastAPI

from qa.api import Metrics, add_routes
from qa.cli import main
from tests.conftest import CHECKOUT, Shipped
from tests.qa.evaluation.conftest import Run, write_lines

QUESTION = {
    "id": "twitch-2",
    "question": "Does BFS twitching stay in one place or move around?",
    "answerable": True,
    "gold": ["Twitches in benign fasciculation syndrome (BFS) can move around or stay put."],
    "kind": "plain",
    "notices": [],
}
FAR = {"id": "far-4", "question": "Who won the cup in 2019?", "answerable": False, "kind": "far", "notices": []}
DOCS = (CHECKOUT / "docs" / "evaluating.md").read_text("utf-8")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "questions.jsonl", [QUESTION, FAR, {**FAR, "id": "far-5"}])


def test_measures_are_printed_with_their_kinds(run: Run, questions: Path) -> None:
    result = run("evaluate", questions, "--split", "tune")
    assert result.exit_code == 0, result.output
    assert "split tune: 2 questions" in result.stdout
    assert re.search(r"^found@3 +1\.000$", result.stdout, re.MULTILINE)
    assert re.search(r"^false answers +0\.000  lower is better$", result.stdout, re.MULTILINE)
    assert "far (1): false answers 0.000" in result.stdout


def test_everything_is_written_where_it_was_asked_for(run: Run, questions: Path, tmp_path: Path) -> None:
    out, report, trec = tmp_path / "out.json", tmp_path / "report.html", tmp_path / "run.txt"
    result = run("evaluate", questions, "--limit", 1, "--out", out, "--report", report, "--run-out", trec, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == json.loads(out.read_bytes())
    assert [question["id"] for question in json.loads(out.read_bytes())["questions"]] == ["twitch-2"]
    assert report.read_text("utf-8").startswith("<!doctype html>")
    documents = list(ir_measures.read_trec_run(str(trec)))  # type: ignore[no-untyped-call]
    assert {document.query_id for document in documents} == {"twitch-2"}


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (["found@3=1"], ""),
        (["found@3=1.01", "far/false answers=-0.5"], "found@3 is 1.0000, wanted 1.01"),
        (["false answers=0"], ""),
        (["false answers=-0.1"], "false answers is 0.0000, wanted -0.1"),
        (["found@3=0", "plain/found@3=2"], "plain/found@3 is 1.0000, wanted 2"),
    ],
)
def test_a_measure_worse_than_wanted_fails(run: Run, questions: Path, limits: list[str], said: str) -> None:
    result = run("evaluate", questions, *(part for limit in limits for part in ("--fail-under", limit)))
    assert result.exit_code == (1 if said else 0), result.output
    assert said in result.stderr
    assert result.stderr.count("Error") == (len(limits) if limits[0] == "found@3=1.01" else bool(said))


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("ndcg=1", "there is no measure 'ndcg'. Measures: nDCG@10, RR@10"),
        ("found@3", "there is no measure 'found@3'"),
        ("found@3=high", "'high' is not a number"),
        ("nDCG@10=0.3", "nDCG@10 was not measured here. Measured: quote success@1"),
        ("near/found@3=1", "there are no questions of kind near. Kinds: plain, far"),
    ],
)
def test_a_measure_there_is_not_is_wrong_usage(run: Run, questions: Path, limit: str, said: str) -> None:
    result = run("evaluate", questions, "--fail-under", limit)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_a_wrong_dataset_is_an_error_that_names_the_line(run: Run, tmp_path: Path) -> None:
    result = run("evaluate", write_lines(tmp_path / "q.jsonl", [{"id": 1}]))
    assert result.exit_code == 1
    assert "q.jsonl:1: question: Field required" in result.stderr


def test_results_are_compared(run: Run, questions: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a.json", tmp_path / "b.json"
    run("evaluate", questions, "--out", a)
    result = json.loads(a.read_bytes())
    result["questions"][1]["scores"]["false answers"] = 1.0
    result["stamp"]["dataset_sha256"] = "another"
    b.write_text(json.dumps(result), "utf-8")
    compared = run("compare", a, b)
    assert compared.exit_code == 0, compared.output
    assert re.search(r"^false answers +0\.000 +0\.500 +\+0\.500 .* 1\.0000 +0 +1 +1$", compared.stdout, re.MULTILINE)
    assert "far-4: false answers 0 -> 1" in compared.stdout
    assert "different datasets" in compared.stderr
    as_json = json.loads(run("compare", a, b, "--json").stdout)
    assert as_json["changes"][0] == {"id": "far-4", "scores": {"false answers": [0.0, 1.0]}}


def test_what_cannot_be_compared_is_an_error(run: Run, questions: Path) -> None:
    result = run("compare", questions, questions)
    assert result.exit_code == 1
    assert "Make one: wellquoted evaluate DATASET --out FILE" in result.stderr


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def at_home(run: Run, beir_folder: Path, data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the examples find what they name."""
    (beir_folder / "qrels" / "dev.tsv").rename(beir_folder / "qrels" / "test.tsv")
    questions = tmp_path / "qa" / "evaluation" / "questions"
    questions.mkdir(parents=True)
    shutil.copy(CHECKOUT / "qa" / "evaluation" / "questions" / "shipped.jsonl", questions)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WELLQUOTED_DATA", str(data_copy))
    return data_copy


def test_the_commands_of_the_docs_run(run: Run, at_home: Path) -> None:
    commands = [shlex.split(line) for block in examples("sh") for line in block.splitlines()]
    assert len(commands) == 5
    for name, *arguments in commands:
        assert name == "wellquoted"
        result = run(*arguments, data=at_home)
        assert result.exit_code == 0, (arguments, result.output)


def test_the_python_of_the_docs_runs(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(examples("python")[0], "docs/evaluating.md", "exec"), {})
    assert re.match(r"[0-9a-f]{16} [01]\.\d", capsys.readouterr().out)


def test_the_http_of_the_docs_runs(at_home: Path, shipped: Shipped, tmp_path: Path) -> None:
    with served(shipped) as address:
        script = examples("python")[1].replace("http://127.0.0.1:7860", address)
        assert address in script
        exec(compile(script, "docs/evaluating.md", "exec"), {})
    documents = list(ir_measures.read_trec_run("http-run.txt"))  # type: ignore[no-untyped-call]
    assert {document.query_id for document in documents} == {"q1", "q2"}


@contextmanager
def served(shipped: Shipped) -> Iterator[str]:
    app = FastAPI()
    add_routes(app, shipped.answerer, Metrics())
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("name", ["evaluate", "compare"])
def test_every_option_has_help(name: str) -> None:
    command = main.commands[name]
    assert command.help
    assert [option.name for option in command.params if isinstance(option, Option) and not option.help] == []
    assert f"wellquoted {name}" in DOCS
