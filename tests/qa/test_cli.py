"""The `wellquoted` command as people and scripts use it: help, exit codes, JSON, real files, errors with advice."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from index.snapshot import Snapshot
from qa.answering import Answerer
from qa.cli import main
from qa.models import as_json
from qa.service import bring_up_to_date, open_store
from qa.settings import Settings

TWITCH = """---
id: twitch
title: What a twitch is
url: https://example.org/twitch
publisher: Example Press
---

# Twitches

A twitch is a small movement of a muscle. It starts by itself and most people have had one in an eyelid.
"""
CRAMP = """---
id: cramp
title: What a cramp is
---

# Cramps

A cramp is a strong and painful tightening of a muscle. Slowly stretching the muscle often ends it.
"""


def run(*arguments: object, code: int = 0, **variables: str) -> Result:
    """Run the command here; it must end with `code`, and never with a traceback."""
    result = CliRunner(env={f"WELLQUOTED_{name.upper()}": value for name, value in variables.items()}).invoke(
        main, [str(argument) for argument in arguments]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def run_json(*arguments: object, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code).stdout)


def every_command(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from every_command(inner, (*path, name))


COMMANDS = list(every_command(main))
each_command = pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder of two articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "twitch.md").write_text(TWITCH, "utf-8")
    (folder / "cramp.md").write_text(CRAMP, "utf-8")
    return folder


# Help.


def test_all_commands_are_there() -> None:
    assert {" ".join(path) for path, _ in COMMANDS} >= {
        *("ask", "corpus add", "corpus list", "corpus show", "corpus remove", "corpus check", "corpus sync"),
        *("index build", "index status", "index list", "index verify", "index rollback"),
    }


@each_command
def test_every_command_has_help(path: tuple[str, ...], command: click.Command) -> None:
    shown = run(*path, "--help").stdout
    assert shown.startswith("Usage: ")
    assert command.help
    assert command.help.split("\n")[0] in " ".join(shown.split())


@each_command
def test_every_option_has_help(path: tuple[str, ...], command: click.Command) -> None:
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


@each_command
def test_every_command_is_named_in_the_docs(path: tuple[str, ...], command: click.Command, checkout: Path) -> None:
    texts = [checkout / "README.md", checkout / "CHANGELOG.md", *sorted((checkout / "docs").glob("*.md"))]
    documented = "\n".join(text.read_text("utf-8") for text in texts).split()
    said = " ".join(documented).replace("`", "")
    group = f"wellquoted {path[0]}" if path else "wellquoted"
    named = [said[at : at + 120] for at in range(len(said)) if said.startswith(group, at)]
    assert any(path[-1] in found for found in named) if path else named


@each_command
def test_an_unknown_option_is_wrong_usage(path: tuple[str, ...], command: click.Command) -> None:
    assert "no such option" in run(*path, "--no-such-option", code=2).stderr.lower()


@pytest.mark.parametrize("arguments", [(), ("corpus",), ("index",), ("nonsense",), ("corpus", "nonsense"), ("ask",)])
def test_wrong_usage_says_what_is_right(arguments: tuple[str, ...]) -> None:
    assert "Usage: " in run(*arguments, code=2).output


# Asking.


def test_an_answer_is_shown_with_its_words_and_its_source(data_copy: Path) -> None:
    shown = run("ask", "what is BFS?", "--data", data_copy).stdout
    assert "benign fasciculation syndrome" in shown.lower()
    assert "/articles/" in shown
    assert "not clinically reviewed" in shown


def test_ask_json_is_the_answer(data_copy: Path, answerer: Answerer) -> None:
    asked = ("ask", "how is it diagnosed?", "--history", "what is BFS?", "--k", 2, "--data", data_copy)
    given = run_json(*asked)
    expected = json.loads(json.dumps(as_json(answerer.answer("how is it diagnosed?", ["what is BFS?"], 2))))
    assert {**given, "took_ms": 0} == {**expected, "took_ms": 0}
    assert list(given) == list(expected)


def test_a_declined_question_is_no_failure(data_copy: Path) -> None:
    assert run_json("ask", "who won the world cup in 1998?", "--data", data_copy)["status"] == "no_answer"
    assert run("ask", "who won the world cup in 1998?", "--data", data_copy).stdout.strip()


def test_a_batch_is_answered_line_by_line(data_copy: Path, tmp_path: Path, answerer: Answerer) -> None:
    questions = [
        {"id": "a", "question": "what is BFS?"},
        {"id": 7, "question": "how is it diagnosed?", "history": ["what is BFS?"], "note": "left alone"},
        {"id": "ü", "question": "who won the world cup in 1998?"},
    ]
    batch, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    lines = [json.dumps(question, ensure_ascii=False) for question in questions]
    batch.write_bytes(b"\xef\xbb\xbf" + "\r\n\n".join(lines).encode())
    run("ask", "--batch", batch, "--out", out, "--data", data_copy)
    answers = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [answer.pop("id") for answer in answers] == ["a", 7, "ü"]
    assert [answer["status"] for answer in answers] == ["answered", "answered", "no_answer"]
    expected = json.loads(json.dumps(as_json(answerer.answer("how is it diagnosed?", ["what is BFS?"]))))
    assert {**answers[1], "took_ms": 0} == {**expected, "took_ms": 0}


def test_an_empty_batch_has_no_answers(data_copy: Path, tmp_path: Path) -> None:
    batch, out = tmp_path / "none.jsonl", tmp_path / "answers.jsonl"
    batch.touch()
    run("ask", "--batch", batch, "--out", out, "--data", data_copy)
    assert out.read_bytes() == b""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "b"}', "question: "),
        (b'{"question": "x"}', "id: "),
        (b'{"id": "b", "question": 5}', "question: "),
        (b'{"id": "b", "question": "x", "history": "y"}', "history: "),
        (b"not json", "JSON"),
        (b"[]", "object"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number(data_copy: Path, tmp_path: Path, line: bytes, said: str) -> None:
    batch, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    batch.write_bytes(b'{"id": "a", "question": "x"}\n\n' + line)
    told = run("ask", "--batch", batch, "--out", out, "--data", data_copy, code=1).stderr
    assert f"{batch}:3: " in told
    assert said in told
    assert '"question"' in told
    assert not out.exists()


def test_a_batch_of_another_encoding_is_refused(data_copy: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_bytes('{"id": "a", "question": "x"}'.encode("utf-16"))
    told = run("ask", "--batch", batch, "--out", tmp_path / "out", "--data", data_copy, code=1).stderr
    assert str(batch) in told
    assert "UTF-8" in told


def test_answers_never_overwrite_their_questions(data_copy: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"id": "a", "question": "x"}')
    run("ask", "--batch", batch, "--out", batch, "--data", data_copy, code=2)
    assert batch.read_text() == '{"id": "a", "question": "x"}'


@pytest.mark.parametrize(
    "arguments",
    [("--batch", "{file}"), ("--out", "{file}"), ("x", "--batch", "{file}", "--out", "o"), ("x", "--k", "0")],
)
def test_ask_takes_one_question_or_one_batch(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = tmp_path / "q.jsonl"
    file.touch()
    run("ask", *(argument.format(file=file) for argument in arguments), code=2)


# Articles.


def test_articles_are_added_listed_shown_and_removed(tmp_path: Path) -> None:
    library, source = tmp_path / "library", tmp_path / "sleep.txt"
    source.write_text("Sleep\n\nMost adults need seven hours of sleep or more. Twitches are likelier without it.\n")
    told = run("corpus", "add", source, "--publisher", "My clinic", "--articles", library).stdout
    assert "added  sleep  Sleep" in told
    assert "My clinic" in told
    assert "wellquoted index build" in told
    assert run_json("corpus", "list", "--articles", library)[0]["publisher"] == "My clinic"
    assert "sleep" in run("corpus", "list", "--articles", library).stdout
    assert "seven hours of sleep or more." in run_json("corpus", "show", "sleep", "--articles", library)["text"]
    assert run("corpus", "show", "sleep", "--articles", library).stdout.startswith("---\n")
    assert "unchanged" in run("corpus", "add", source, "--publisher", "My clinic", "--articles", library).stdout
    assert "removed sleep" in run("corpus", "remove", "sleep", "--articles", library).stdout
    assert run_json("corpus", "list", "--articles", library) == []


def test_every_option_of_add_reaches_the_article(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("A title\n\nMuscles twitch now and then, and that is nothing to fear at all.\n")
    given = {
        "id": "my-id",
        "title": "My title",
        "url": "https://example.org/a",
        "publisher": "My clinic",
        "published": "2020-02-29",
        "updated": "2020-03-01",
        "reviewed": "2021-01-02",
        "review_status": "reviewed by a doctor",
        "language": "en-GB",
        "licence": "CC BY 4.0",
    }
    options = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    several = ("--author", "A", "--author", "B", "--also-called", "C", "--also-called", "D")
    shown = run("corpus", "add", source, *options, *several, "--articles", tmp_path / "library").output
    assert "also called: C, D" in shown
    assert "updated: 2020-03-01" in shown
    assert "reviewed: 2021-01-02" in shown
    assert "language: en-GB" in shown
    article = run_json("corpus", "show", "my-id", "--articles", tmp_path / "library")
    assert {name: article[name] for name in given} == given
    assert article["authors"] == ["A", "B"]
    assert article["also_called"] == ["C", "D"]


def test_a_bad_file_does_not_keep_the_good_ones_out(tmp_path: Path, library: Path) -> None:
    binary, empty, missing = tmp_path / "image.txt", tmp_path / "empty.txt", tmp_path / "missing.txt"
    binary.write_bytes(bytes(range(256)))
    empty.touch()
    target = tmp_path / "target"
    given = (library / "twitch.md", binary, empty, missing, library / "cramp.md")
    result = run("corpus", "add", *given, "--articles", target, code=1)
    for bad in (binary, empty, missing):
        assert f"Error: {bad}: " in result.stderr
    assert "2 added, 3 refused" in result.stdout
    assert {article["id"] for article in run_json("corpus", "list", "--articles", target)} == {"twitch", "cramp"}
    outcomes = run_json("corpus", "add", *given, "--articles", target, code=1)
    assert [outcome["status"] for outcome in outcomes] == ["unchanged", "refused", "refused", "refused", "unchanged"]
    assert all(outcome["error"]["message"] for outcome in outcomes if outcome["status"] == "refused")


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    body = "Twitches\n\nMost twitches go away by themselves within some days or weeks.\n\n"
    source.write_text(f"{body}Sources\n\n  1. Writer A. A paper on twitching. A Journal. 2015;29(1):54-5.\n")
    outcome = run_json("corpus", "add", source, "--articles", tmp_path / "library")[0]
    assert outcome["status"] == "added"
    assert any("A Journal" in dropped["text"] for dropped in outcome["dropped"])
    assert "A Journal" not in run("corpus", "show", outcome["article"]["id"], "--articles", tmp_path / "library").stdout


def test_check_fails_on_errors_only(library: Path) -> None:
    findings = run_json("corpus", "check", "--articles", library)
    assert findings
    assert {finding["level"] for finding in findings} == {"warning"}
    (library / "broken.md").write_text("---\ntitle: [\n---\n\nText.\n")
    findings = run_json("corpus", "check", "--articles", library, code=1)
    assert findings[0]["rule"] == "unreadable-file"
    assert str(library / "broken.md") in findings[0]["message"]
    assert "broken.md" in run("corpus", "check", "--articles", library, code=1).stderr
    assert "broken.md" in run("corpus", "list", "--articles", library, code=1).stderr


def test_the_shipped_articles_have_no_errors() -> None:
    run("corpus", "check")


# The index.


def test_the_index_goes_forth_and_back(library: Path, tmp_path: Path) -> None:
    places = ("--articles", library, "--data", tmp_path / "data")
    dry = run_json("index", "build", "--dry-run", *places)
    assert dry["changes"]["added"] == ["cramp", "twitch"]
    assert not (tmp_path / "data" / "CURRENT").exists()

    first = run_json("index", "build", *places)
    assert (first["id"], first["published"]) == (dry["id"], True)
    assert first["changes"] == dry["changes"]
    assert "was live already" in run("index", "build", *places).stdout
    assert run_json("index", "build", *places)["published"] is False

    status = run_json("index", "status", *places)
    assert (status["id"], status["live"], status["stale"], status["held"]) == (first["id"], True, False, False)
    assert status["articles"] == ["cramp", "twitch"]
    assert len(status["model"]["sha256"]) == 64

    (library / "twitch.md").write_text(TWITCH + "\nCoffee can bring it on.\n")
    (library / "cramp.md").unlink()
    assert run_json("index", "status", *places)["stale"] is True
    assert "stale" in run("index", "status", *places).stdout
    second = run_json("index", "build", *places)
    assert second["changes"]["changed"] == ["twitch"]
    assert second["changes"]["removed"] == ["cramp"]
    assert [(entry["id"], entry["live"]) for entry in run_json("index", "list", *places)] == [
        (second["id"], True),
        (first["id"], False),
    ]

    assert run_json("index", "rollback", *places)["id"] == first["id"]
    assert run_json("index", "status", *places)["held"] is True
    assert "rolled back" in run("index", "status", *places).stdout
    assert "live" in run("index", "list", *places).stdout
    assert run("index", "rollback", second["id"], *places).stdout == f"{second['id']} is live\n"
    assert run_json("index", "verify", *places)["id"] == second["id"]
    assert "Coffee" in run("ask", "what can bring a twitch on?", *places).stdout


def test_a_damaged_index_is_found_and_says_what_to_do(library: Path, tmp_path: Path) -> None:
    places = ("--articles", library, "--data", tmp_path / "data")
    built = run_json("index", "build", *places)
    file = tmp_path / "data" / "snapshots" / built["id"] / "articles.jsonl"
    file.write_bytes(file.read_bytes().replace(b"small", b"large"))
    for arguments in (("index", "verify"), ("ask", "what is a twitch?")):
        told = run(*arguments, *places, code=1).stderr
        assert "articles.jsonl has changed" in told
        assert "wellquoted index build" in told
    run("index", "build", *places)
    run("index", "verify", *places)


def test_nothing_is_built_while_an_article_file_cannot_be_read(library: Path, tmp_path: Path) -> None:
    places = ("--articles", library, "--data", tmp_path / "data")
    (library / "twitch.md").write_bytes(b"\xff\xfe\x00")
    for option in ((), ("--dry-run",)):
        result = run("index", "build", *option, *places, code=1)
        assert str(library / "twitch.md") in result.stderr
        assert "nothing was built: 1 article file cannot be used" in result.stderr
        assert "--skip-unreadable" in result.stderr
        assert result.stdout == ""
    assert not (tmp_path / "data").exists()
    result = run("index", "build", "--skip-unreadable", *places)
    assert str(library / "twitch.md") in result.stderr
    assert "new (1): cramp" in result.stdout
    assert "is live" in result.stdout


def test_a_start_keeps_what_is_live_while_an_article_file_cannot_be_read(
    library: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(articles=library, data=tmp_path / "data")
    first = bring_up_to_date(settings)
    assert first
    (library / "twitch.md").write_bytes(b"\xff\xfe\x00")
    assert bring_up_to_date(settings) is None
    assert set(open_store(settings).open().articles) == {"cramp", "twitch"}
    assert str(library / "twitch.md") in caplog.text
    assert f"snapshot {first.id} stays live" in caplog.text
    (library / "twitch.md").write_text(TWITCH + "\nCoffee can bring it on.\n")
    built = bring_up_to_date(settings)
    assert built
    assert built.changes.changed == ("twitch",)


@pytest.mark.parametrize("damage", ["nothing built", "damaged"])
def test_a_start_with_nothing_to_answer_from_leaves_out_what_cannot_be_read(
    damage: str, library: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(articles=library, data=tmp_path / "data")
    if damage == "damaged":
        bring_up_to_date(settings)
        (settings.data / "CURRENT").write_bytes(b"garbage")
    (library / "twitch.md").write_bytes(b"\xff\xfe\x00")
    built = bring_up_to_date(settings)
    assert built
    assert built.published
    assert str(library / "twitch.md") in caplog.text
    assert set(open_store(settings).open().articles) == {"cramp"}


def test_the_status_tells_the_settings_of_the_snapshot_and_where_it_looks(library: Path, tmp_path: Path) -> None:
    places = ("--articles", library, "--data", tmp_path / "data")
    run("index", "build", *places)
    status = run_json("index", "status", *places)
    assert status["settings"]["chunk_aim"] == 100
    assert status["settings"]["bm25_k1"] == 2.0
    assert status["looks_in"] == {"articles": str(library), "data": str(tmp_path / "data")}
    shown = run("index", "status", *places).stdout
    assert "settings  chunk_aim 100, chunk_most 180, " in shown
    assert f"looks in  {library} for articles" in shown


def test_a_damaged_current_leaves_a_way_back(library: Path, tmp_path: Path) -> None:
    places = ("--articles", library, "--data", tmp_path / "data")
    built = run_json("index", "build", *places)
    (tmp_path / "data" / "CURRENT").write_bytes(b"garbage")
    listed = run("index", "list", *places)
    assert "CURRENT is damaged" in listed.stderr
    assert built["id"] in listed.stdout
    assert [(entry["id"], entry["live"]) for entry in run_json("index", "list", *places)] == [(built["id"], False)]
    assert run_json("index", "rollback", *places)["id"] == built["id"]
    run("index", "verify", *places)


def test_the_status_of_the_shipped_index(data_copy: Path, snapshot: Snapshot) -> None:
    shown = run("index", "status", "--data", data_copy).stdout
    assert snapshot.id in shown
    assert f"{len(snapshot.articles)} articles, {len(snapshot.rows)} passages" in shown
    assert "stale" not in shown


# Errors.

ADVICE = "\n       "


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "what is BFS?", "--data", "{none}"), "wellquoted index build"),
        (("index", "status", "--data", "{none}"), "wellquoted index build"),
        (("index", "list", "--data", "{none}"), "wellquoted index build"),
        (("index", "verify", "--data", "{none}"), "wellquoted index build"),
        (("index", "rollback", "--data", "{none}"), "wellquoted index build"),
        (("index", "build", "--articles", "{none}", "--data", "{data}"), "WELLQUOTED_ARTICLES"),
        (("index", "build", "--articles", "{file}", "--data", "{data}"), "WELLQUOTED_ARTICLES"),
        (("index", "build", "--data", "{file}"), "{file}"),
        (("index", "build", "--data", "{file}/below"), "{file}"),
        (("index", "build", "--data", "/proc/none"), "/proc"),
        (("corpus", "list", "--articles", "{none}"), "WELLQUOTED_ARTICLES"),
        (("corpus", "check", "--articles", "{none}"), "WELLQUOTED_ARTICLES"),
        (("corpus", "show", "bfs-diagnose"), "bfs-diagnosis"),
        (("corpus", "show", "nope"), "wellquoted corpus list"),
        (("corpus", "remove", "nope"), "wellquoted corpus list"),
        (("corpus", "add", "{none}", "--articles", "{data}"), "{none}"),
        (("corpus", "add", "http://127.0.0.1/", "--articles", "{data}"), "--private-host"),
        (("corpus", "sync", "--articles", "{data}"), "docs/sources.md"),
        (("corpus", "sync", "--sources", "{file}", "--articles", "{data}"), "docs/sources.md"),
        (("corpus", "add", "{article}", "--articles", "{file}"), "permissions"),
        (("corpus", "add", "{article}", "--articles", "/proc/none"), "permissions"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_an_error_says_what_to_try_next(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    places = {name: str(tmp_path / name) for name in ("none", "data", "file", "article")}
    (tmp_path / "file").write_text("x")
    places["article"] += ".md"
    (tmp_path / "article.md").write_text(TWITCH)
    told = run(*(argument.format(**places) for argument in arguments), code=1).stderr
    assert told.startswith("Error: ")
    assert ADVICE in told
    assert said.format(**places) in told


@pytest.mark.parametrize("snapshot_id", ["nope", "..", "../..", "/etc"])
def test_only_a_snapshot_can_be_rolled_back_to(data_copy: Path, snapshot_id: str) -> None:
    before = (data_copy / "CURRENT").read_bytes()
    assert ADVICE in run("index", "rollback", snapshot_id, "--data", data_copy, code=1).stderr
    assert (data_copy / "CURRENT").read_bytes() == before


def test_with_nothing_to_roll_back_to_it_says_so(data_copy: Path) -> None:
    assert "wellquoted index list" in run("index", "rollback", "--data", data_copy, code=1).stderr


def test_a_batch_that_cannot_be_written_says_so(data_copy: Path, tmp_path: Path) -> None:
    batch, out = tmp_path / "questions.jsonl", tmp_path / "none" / "answers.jsonl"
    batch.write_text('{"id": "a", "question": "what is BFS?"}')
    told = run("ask", "--batch", batch, "--out", out, "--data", data_copy, code=1).stderr
    assert str(out) in told
    assert ADVICE in told


@pytest.mark.parametrize(("name", "value"), [("port", "abc"), ("rate_limit", "often"), ("trust_proxy", "perhaps")])
def test_a_bad_variable_is_wrong_usage(name: str, value: str) -> None:
    assert f"WELLQUOTED_{name.upper()}: " in run("corpus", "list", code=2, **{name: value}).stderr


def test_another_model_than_named_is_refused(tmp_path: Path) -> None:
    told = run("index", "build", "--data", tmp_path, code=1, model_sha256="0" * 64).stderr
    assert "WELLQUOTED_MODEL_SHA256" in told


def test_variables_name_the_folders(library: Path, tmp_path: Path) -> None:
    told = run("index", "build", articles=str(library), data=str(tmp_path / "data")).stdout
    assert "new (2): cramp, twitch" in told
    assert (tmp_path / "data" / "CURRENT").exists()


# As a process of its own.


def process(*arguments: object, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from qa.cli import main; main()", *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **variables}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")


def test_the_command_answers_from_any_folder(data_copy: Path, tmp_path: Path) -> None:
    (tmp_path / "else where").mkdir()
    done = process("ask", "what is BFS?", "--json", cwd=tmp_path / "else where", WELLQUOTED_DATA=str(data_copy))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "answered"
    assert done.stderr == ""
    assert list((tmp_path / "else where").iterdir()) == []


def test_errors_of_a_process_have_their_exit_codes(tmp_path: Path) -> None:
    failed = process("ask", "what is BFS?", cwd=tmp_path)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "wellquoted index build" in failed.stderr
    assert process("ask", cwd=tmp_path).returncode == 2
    assert process("corpus", "list", cwd=tmp_path, WELLQUOTED_PORT="x").returncode == 2


def test_output_can_be_cut_short(tmp_path: Path) -> None:
    script = f'"{sys.executable}" -c "from qa.cli import main; main()" corpus show faq | head -n 1'
    done = subprocess.run(["bash", "-o", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "---\n"
    assert "Traceback" not in done.stderr
