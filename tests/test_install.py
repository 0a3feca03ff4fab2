"""The wheel holds all there is to run, and what the code imports is declared."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
OURS = ("corpus", "index", "qa", "app")
SOURCES = [CHECKOUT / "app.py", *(path for name in OURS[:3] for path in (CHECKOUT / name).rglob("*.py"))]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
PROVIDERS = packages_distributions()
FLOORS = {"gradio": "6.31.0", "faiss-cpu": "1.15.1", "starlette": "0.49.1", "torch": "2.6", "brotli": "1.2.1"}


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


DECLARED = {normal(re.split(r"[^\w.-]", entry)[0]): entry for entry in PROJECT["dependencies"]}


def run(*command: object, cwd: Path, **variables: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**environment, **variables}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("build")
    for name in OURS[:3]:
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, folder)
    alone = ["--no-build-isolation"] if "setuptools" in PROVIDERS else []
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", *alone, "--wheel-dir", "out", ".", cwd=folder)
    [built] = (folder / "out").glob("wellquoted-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment in a path with a space, which borrows only the dependencies."""
    home = tmp_path_factory.mktemp("in stalled") / "the environment"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=wheel.parent)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=wheel.parent)
    purelib = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    # A path that a .pth file adds has its own .pth files, and so the editable install, left alone.
    borrowed = {str(Path(found).resolve()) for found in sys.path if found.endswith("site-packages")}
    Path(purelib, "dependencies.pth").write_text("\n".join(sorted(borrowed)))
    return home / "bin"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "else where"
    folder.mkdir()
    return folder


def test_the_wheel_holds_all_that_runs(wheel: Path) -> None:
    held = set(ZipFile(wheel).namelist())
    files = (path for name in OURS[:3] for path in (CHECKOUT / name).rglob("*") if path.is_file())
    wanted = {path.relative_to(CHECKOUT).as_posix() for path in files if "__pycache__" not in path.parts}
    assert sorted({"app.py", *wanted} - held) == []
    for part in ("corpus/articles/faq.md", "qa/assets/page.css", "qa/notices/notices.toml", "qa/calibration.json"):
        assert part in held


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    top = {name.split("/")[0] for name in ZipFile(wheel).namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"app.py", *OURS[:3]}


def test_the_licence_travels(wheel: Path) -> None:
    assert any(name.endswith("/LICENSE") for name in ZipFile(wheel).namelist())


def test_the_installed_code_is_what_runs(installed: Path, elsewhere: Path) -> None:
    for name in OURS:
        where = run(installed / "python", "-c", f"import {name}; print({name}.__file__)", cwd=elsewhere)
        assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_installed_command_works(installed: Path, elsewhere: Path, data_copy: Path) -> None:
    """The index of the checkout's articles is that of the installed ones: they are the same to the byte."""
    assert PROJECT["version"] in run(installed / "wellquoted", "--version", cwd=elsewhere)
    shown = run(installed / "wellquoted", "index", "build", cwd=elsewhere, WELLQUOTED_DATA=str(data_copy))
    assert "was live already" in shown
    shown = run(installed / "wellquoted", "ask", "what is BFS?", cwd=elsewhere, WELLQUOTED_DATA=str(data_copy))
    assert "not clinically reviewed" in shown
    assert list(elsewhere.iterdir()) == []


def test_the_installed_command_builds_an_index(installed: Path, elsewhere: Path) -> None:
    (elsewhere / "articles").mkdir()
    (elsewhere / "a.txt").write_text("Sleep\n\nMost adults need seven hours of sleep. Tired muscles twitch more.\n")
    run(installed / "wellquoted", "corpus", "add", "a.txt", "--articles", "articles", cwd=elsewhere)
    shown = run(installed / "wellquoted", "index", "build", "--articles", "articles", cwd=elsewhere)
    assert "new (1): sleep" in shown
    assert (elsewhere / "data" / "CURRENT").exists()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_every_import_is_declared(source: Path) -> None:
    foreign = set(imported(source)) - set(sys.stdlib_module_names) - set(OURS)
    undeclared = {name for name in foreign if not set(map(normal, PROVIDERS.get(name, []))) & DECLARED.keys()}
    assert undeclared == set()


def imported(source: Path) -> Iterator[str]:
    """The top-level names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_versions_with_known_faults_are_shut_out(name: str, floor: str) -> None:
    declared = re.search(r">=([\d.]+)", DECLARED[name])
    assert declared
    assert tuple(map(int, declared[1].split("."))) >= tuple(map(int, floor.split(".")))


def test_pypdf_is_new_enough_where_it_is_used() -> None:
    used = {name: entry for name, entry in DECLARED.items() if name == "pypdf"}
    assert all(">=6.16.1" in entry for entry in used.values())


def test_every_dependency_has_a_floor() -> None:
    assert [entry for entry in PROJECT["dependencies"] if not re.search(r"[>=]=", entry)] == []
