"""The house: what lies where, which part may use which, and nothing of one machine in it."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
LAYERS = ("app", "qa", "index", "corpus")
ALLOWED = {
    *("corpus", "index", "qa", "tests", "docs", "app.py"),
    *("pyproject.toml", "README.md", "LICENSE", "Makefile", "CHANGELOG.md", "CONTRIBUTING.md"),
}
LONGEST = 320
"""Lines. A module that is longer asks to be two."""

# Put together here, so that this file does not match itself.
OF_A_MACHINE = [rf"/{name}/" for name in ("root", "work", "home", "Users", "workspace")] + [rf"C:{re.escape(chr(92))}"]
REGISTRIES = [
    *(f"{host}{dot}{end}" for dot in (r"\.",) for host, end in (("pypi", "org"), ("pythonhosted", "org"))),
    *(f"{name}-url" for name in ("index", "extra-index")),
    rf"download{re.escape('.')}pytorch",
    r"https?://[^\s/]+/simple\b",
    rf"registry{re.escape('.')}npmjs",
]


def files() -> list[Path]:
    """What is in the repository or is about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"not a git checkout: {done.stderr.strip()}")
    return [path for name in done.stdout.split("\0") if name and (path := CHECKOUT / name).is_file()]


def modules() -> list[Path]:
    return [path for name in LAYERS for path in (CHECKOUT / name).rglob("*.py")] + [CHECKOUT / "app.py"]


def test_the_top_folder_has_only_what_belongs_there() -> None:
    top = {path.relative_to(CHECKOUT).parts[0] for path in files()}
    assert {name for name in top if not name.startswith(".")} - ALLOWED == set()


@pytest.mark.parametrize("pattern", [*OF_A_MACHINE, *REGISTRIES])
def test_no_file_knows_this_machine_or_a_registry(pattern: str) -> None:
    place = re.compile(rf"(?<![\w.]){pattern}")
    texts = {path: path.read_text("utf-8", errors="replace") for path in files()}
    assert [str(path.relative_to(CHECKOUT)) for path, text in texts.items() if place.search(text)] == []


def test_no_secret_or_large_file_is_there() -> None:
    large = [path for path in files() if path.stat().st_size > 2_000_000]
    assert large == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_a_module_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    own = path.relative_to(CHECKOUT).with_suffix("").parts[0]
    above = LAYERS[: LAYERS.index(own)]
    assert [name for name in imports(path) if name in above or name == "tests"] == []


def test_the_linter_knows_the_same_layers() -> None:
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert [name for name in LAYERS if name in layers] == layers


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield (node.module or "").split(".")[0]
