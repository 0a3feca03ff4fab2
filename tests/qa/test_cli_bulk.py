"""`corpus add` of many articles, and what tells of copies: summary, JSON, Ctrl-C, exit codes."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli import main
from qa.cli.adding import TOLD

PROSE = "Twitches come and go, and most of them need no treatment at all from anyone."
MANY = 3 * TOLD


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Many articles; every fifth cannot be added, for one of three reasons, and the last is a copy of the first."""
    path = tmp_path / "many.jsonl"
    bad: list[dict[str, object]] = [{"text": PROSE}, {"id": "x/", "title": "X", "text": PROSE}, {"title": "No text"}]
    lines = [{"title": f"Topic {n}", "text": f"{n}. {PROSE}"} if n % 5 else bad[n // 5 % 3] for n in range(MANY)]
    lines.append({"title": "Copy", "text": f"1. {PROSE}"})
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_the_summary_groups_what_was_refused_by_reason(source: Path, tmp_path: Path) -> None:
    result = run("corpus", "add", source, "--articles", tmp_path / "articles", code=1)
    assert "49 added, 12 refused" in result.stdout
    for reason in ("no id", "… is not an id", "no text"):
        assert f"4 refused: {reason}\n    {source}: line " in result.stderr
    assert "and 1 more" in result.stderr
    assert "Give it the field 'text'." in result.stderr
    assert "same text in 1 article as in another, quoted once with all citations:\n    copy = topic-1" in result.stderr
    assert result.stdout.count("added  topic-") == TOLD - TOLD // 5
    assert run("corpus", "add", source, "--articles", tmp_path / "articles", code=1).stdout.endswith(
        "12 refused, 49 unchanged\n"
    )


def test_the_json_lists_every_article(source: Path, tmp_path: Path) -> None:
    result = run("corpus", "add", source, "--articles", tmp_path / "articles", "--json", code=1)
    outcomes = json.loads(result.stdout)
    assert result.stdout == json.dumps(outcomes, ensure_ascii=False, indent=2) + "\n"
    assert len(outcomes) == MANY + 1
    assert outcomes[-1]["same_text_as"] == "topic-1"
    assert "49 added, 12 refused" in result.stderr


def test_the_json_of_odd_characters_is_whole(tmp_path: Path) -> None:
    odd = "Line\u2028separator, next\x85line and \x1c"
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "Odd", "text": PROSE, odd: 1, "publisher": "P\u2028\x85Q"}))
    outcomes = json.loads(run("corpus", "add", tmp_path / "a.jsonl", "--articles", tmp_path / "in", "--json").stdout)
    assert outcomes[0]["dropped"][0]["text"] == odd
    assert outcomes[0]["article"]["publisher"] == "P\u2028\x85Q"


def test_the_json_of_nothing_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    outcomes = json.loads(run("corpus", "add", tmp_path / "in", "--articles", tmp_path, "--json", code=1).stdout)
    assert [outcome["status"] for outcome in outcomes] == ["refused"]


def test_files_of_other_kinds_are_told_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(f"Calves\n\n{PROSE}\n")
    (tmp_path / "in" / "b.png").touch()
    result = run("corpus", "add", tmp_path / "in", "--articles", tmp_path / "articles")
    assert "1 file of another kind was passed over: b.png" in result.stderr
    assert "1 added\n" in result.stdout


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from qa.cli import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, text=True, encoding="utf-8", **options)


@pytest.mark.parametrize("json_wanted", [False, True])
def test_stopped_by_hand_it_says_what_is_in_and_how_to_go_on(tmp_path: Path, json_wanted: bool) -> None:
    number, path, articles = 20_000, tmp_path / "many.jsonl", tmp_path / "articles"
    path.write_text("\n".join(json.dumps({"title": f"Topic {n}", "text": f"{n}. {PROSE}"}) for n in range(number)))
    option = ["--json"] if json_wanted else []
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = start("corpus", "add", path, "--articles", articles, *option, **pipes)
    while len(list(articles.glob("*.md"))) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "run the same command again" in errors
    files = list(articles.iterdir())
    assert 3 <= len(files) < number
    assert f"{len(files)} added" in (errors if json_wanted else output)
    if json_wanted:
        assert len(json.loads(output)) == len(files)


def test_who_watches_sees_the_time_left(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join(json.dumps({"title": f"Topic {n}", "text": f"{n}. {PROSE}"}) for n in range(2000)))
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    process = start("corpus", "add", path, "--articles", tmp_path / "in", stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    assert b"Adding:" in shown
    assert b"%|" in shown
    assert b"<00:" in shown


def test_check_can_fail_on_warnings_and_counts_by_rule(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Calves\n\n{PROSE}\n")
    run("corpus", "add", tmp_path / "a.txt", "--articles", tmp_path / "in")
    assert (
        "1 articles checked, 2 findings: 1 review, 1 source"
        in run("corpus", "check", "--articles", tmp_path / "in").stderr
    )
    run("corpus", "check", "--fail-on", "warning", "--articles", tmp_path / "in", code=1)


def test_check_suggests_the_field_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\nid: a\ntitle: A\nreveiwed: 2020-01-01\n---\n\n{PROSE}\n")
    [finding] = json.loads(run("corpus", "check", "--json", "--articles", tmp_path, code=1).stdout)
    assert (finding["level"], finding["rule"]) == ("error", "unreadable-file")
    assert "unknown field 'reveiwed'" in finding["message"]
    assert "Did 'reveiwed' mean 'reviewed'?" in finding["advice"]


def test_a_build_tells_of_the_same_text_twice(tmp_path: Path) -> None:
    lines = [{"id": each, "title": each, "text": PROSE} for each in "ab"]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    places = ("--articles", tmp_path / "in", "--data", tmp_path / "data")
    added = run("corpus", "add", tmp_path / "a.jsonl", *places)
    assert "same text as a: quoted once, with both citations" in added.stdout
    result = run("index", "build", "--dry-run", "--json", *places)
    assert json.loads(result.stdout)["same_text"] == {"b": "a"}
    assert "    b = a" in result.stderr
