"""What the README and the docs tell people to do works, and what they point at is there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from qa.settings import SHIPPED_ARTICLES

GOLD = "The twitching is chronic, which means long-lasting."
CHECKOUT = Path(__file__).resolve().parents[1]
README = (CHECKOUT / "README.md").read_text("utf-8")
TEXTS = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
SHELL_BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
MADE = sorted(
    {
        name
        for text in TEXTS
        for names in re.findall(r"\bmake((?: [a-z]+)+)`", text.read_text("utf-8"))
        for name in names.split()
    }
    | set(re.findall(r"^make ([a-z]+)$", README, re.MULTILINE))
)
ADDRESS = "http://127.0.0.1:7860"


class Desk(NamedTuple):
    """A folder with the files that the README speaks of, and the variables of a shell there."""

    folder: Path
    variables: dict[str, str]

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def desk(tmp_path: Path, data_copy: Path) -> Desk:
    questions = [
        {"id": "1", "question": "what is BFS?", "history": [], "answerable": True, "gold": [GOLD]},
        {"id": "2", "question": "how do I bake bread?", "answerable": False},
    ]
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "questions.jsonl").write_text("".join(json.dumps(question) + "\n" for question in questions))
    (folder / "my-article.txt").write_text(
        "Sleep\n\nMost adults need seven hours of sleep. Tired muscles twitch more.\n"
    )
    articles = shutil.copytree(SHIPPED_ARTICLES, tmp_path / "articles")
    scripts = Path(sys.executable).parent
    variables = {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "WELLQUOTED_ARTICLES": str(articles),
        "WELLQUOTED_DATA": str(data_copy),
        "PYTHONIOENCODING": "utf-8",
    }
    return Desk(folder, {**os.environ, **variables})


@pytest.mark.parametrize("block", SHELL_BLOCKS, ids=lambda block: str(block).split("\n")[0][:50])
def test_the_commands_of_the_readme_work(desk: Desk, served: str, block: str) -> None:
    if "curl " in block and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    shown = desk.run(block.replace(ADDRESS, served))
    assert shown.strip() or "--out" in block
    for line in block.splitlines():
        if out := re.search(r"--out (\S+)", line):
            assert len((desk.folder / out[1]).read_text("utf-8").splitlines()) == 2


def test_the_readme_has_commands_for_a_script() -> None:
    commands = "".join(SHELL_BLOCKS)
    for part in ("wellquoted ask ", "--batch", "wellquoted corpus add", "wellquoted index build", "/api/v1/answer"):
        assert part in commands


@pytest.mark.parametrize("number", range(len(SHELL_BLOCKS)))
def test_a_curl_command_gets_what_the_readme_says(desk: Desk, served: str, number: int) -> None:
    commands = [line for line in SHELL_BLOCKS[number].splitlines() if line.startswith("curl ")]
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    for command in commands:
        given = json.loads(desk.run(command.replace(ADDRESS, served)))
        if "/answer" in command:
            assert given["status"] == "answered"
        else:
            assert [len(result["hits"]) for result in given["results"]] == [10]


@pytest.mark.parametrize("target", MADE)
def test_a_make_command_is_a_target(target: str) -> None:
    done = subprocess.run(["make", "--dry-run", target], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_make_help_lists_every_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    listed = {line.split()[1] for line in shown.splitlines()}
    assert {"install", "run", "test", "check", "bench", *MADE} <= listed


@pytest.mark.parametrize("text", [*TEXTS, CHECKOUT / "CHANGELOG.md"], ids=lambda text: str(text.name))
def test_every_relative_link_leads_somewhere(text: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)\s]+)\)", text.read_text("utf-8"))
    lost = [target for target in targets if not (text.parent / target.partition("#")[0]).exists()]
    assert lost == []


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: str(text.name))
def test_every_link_to_a_heading_leads_to_one(text: Path) -> None:
    source = text.read_text("utf-8")
    headings = {
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", source, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", source)) <= headings


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: str(text.name))
def test_every_file_named_in_the_docs_is_there(text: Path) -> None:
    named = re.findall(r"`((?:\.ci|corpus|docs|index|qa|tests)/[\w./-]+)`", text.read_text("utf-8"))
    assert [name for name in named if not (CHECKOUT / name).exists()] == []
