"""`wellquoted corpus sync` and `corpus add URL` as people and scripts run them, against a site on this machine."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli import main
from tests.website import Reply, Website, article, text

LOCAL = ("--private-host", "127.0.0.1")


@pytest.fixture
def site() -> Iterator[Website]:
    with Website().served() as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of articles; its leaflets lie beside."""
    (tmp_path / "articles").mkdir()
    leaflets = tmp_path / "leaflets"
    leaflets.mkdir()
    for name in ("eyelids", "calves"):
        (leaflets / f"{name}.txt").write_text(f"Twitches of the {name}\n\nMost of them pass by themselves.\n")
    (tmp_path / "articles" / "sources.toml").write_text('[[source]]\nname = "Leaflets"\nfolder = "../leaflets"\n')
    return tmp_path / "articles"


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["corpus", *(str(argument) for argument in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == code, result.output
    return result


def run_json(*arguments: object, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code).stdout)


def test_a_sync_tells_what_it_did(folder: Path) -> None:
    would = run("sync", "--dry-run", "--articles", folder).stdout
    assert "new  twitches-of-the-eyelids  Twitches of the eyelids  (Leaflets)" in would
    assert "Would be: 2 new" in would
    assert "index build" not in would
    assert list(folder.glob("*.md")) == []
    told = run("sync", "--articles", folder).stdout
    assert "\n2 new\n" in told
    assert "Next: wellquoted index build" in told
    again = run("sync", "--articles", folder).stdout
    assert again == "2 unchanged\n"
    (folder.parent / "leaflets" / "calves.txt").unlink()
    gone = run("sync", "--articles", folder).stdout
    assert "gone  twitches-of-the-calves  (Leaflets): its source no longer lists it" in gone
    assert "--remove-gone" in gone
    assert "removed  twitches-of-the-calves" in run("sync", "--remove-gone", "--articles", folder).stdout
    assert [path.name for path in folder.glob("*.md")] == ["twitches-of-the-eyelids.md"]


def test_json_for_a_script(folder: Path) -> None:
    done = run_json("sync", "--articles", folder)
    assert (done["dry_run"], done["counts"]) == (False, {"new": 2})
    assert done["changes"][0] == {
        "kind": "new",
        "source": "Leaflets",
        "origin": "../leaflets/calves.txt",
        "article_id": "twitches-of-the-calves",
        "title": "Twitches of the calves",
        "reason": "",
        "advice": "",
    }
    assert run_json("sync", "--articles", folder) == {"dry_run": False, "counts": {"unchanged": 2}, "changes": []}


def test_a_refusal_is_told_and_ends_with_exit_code_1(folder: Path, site: Website) -> None:
    site.pages["/picture"] = text("x", kind="image/png")
    with (folder / "sources.toml").open("a") as sources:
        sources.write(f'[[source]]\nname = "Web"\nurls = ["{site.url}/picture"]\n')
    result = run("sync", *LOCAL, "--articles", folder, code=1)
    assert f"refused  {site.url}/picture  (Web): " in result.stderr
    assert "Give the address of the page with the words" in result.stderr
    assert "2 new, 1 refused" in result.stdout
    assert run_json("sync", "--articles", folder, code=1)["changes"][0]["reason"].endswith("not a public address")


def test_much_is_removed_only_by_force(folder: Path) -> None:
    for number in range(8):
        (folder.parent / "leaflets" / f"{number}.txt").write_text(f"Title {number}\n\nSome words of it.\n")
    run("sync", "--articles", folder)
    for number in range(8):
        (folder.parent / "leaflets" / f"{number}.txt").unlink()
    assert "--force" in run("sync", "--remove-gone", "--articles", folder, code=1).stderr
    assert "8 removed" in run("sync", "--remove-gone", "--force", "--articles", folder).stdout
    assert "--remove-gone" in run("sync", "--force", "--articles", folder, code=2).stderr


def test_sources_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    (folder / "sources.toml").rename(tmp_path / "ours.toml")
    text_ = (tmp_path / "ours.toml").read_text().replace("../leaflets", "leaflets")
    (tmp_path / "ours.toml").write_text(text_)
    assert "2 new" in run("sync", "--sources", tmp_path / "ours.toml", "--articles", folder).stdout
    assert "docs/sources.md" in run("sync", "--articles", folder, code=1).stderr


def test_an_article_is_added_from_its_address(folder: Path, site: Website) -> None:
    site.pages["/a"] = article("A page", publisher="Example")
    refused = run("add", f"{site.url}/a", "--articles", folder, code=1)
    assert "--private-host 127.0.0.1" in refused.stderr
    told = run("add", f"{site.url}/a", *LOCAL, "--licence", "CC0", "--articles", folder).stdout
    assert "added  a-page  A page" in told
    assert f"Example; -; -; {site.url}/a" in told
    assert json.loads(run("show", "a-page", "--json", "--articles", folder).stdout)["licence"] == "CC0"


def test_a_sync_interrupted_at_the_keyboard_goes_on_later(folder: Path, site: Website) -> None:
    """As a process of its own, with the usual pause of a second; the site holds back the last page."""
    left = threading.Event()
    slow = Reply(b"x" for _ in range(1000) if not left.wait(0.1))
    site.pages |= {"/a": article("A"), "/b": article("B"), "/slow": slow}
    (folder / "sources.toml").write_text(
        f'[[source]]\nname = "Web"\nurls = ["{site.url}/a", "{site.url}/b", "{site.url}/slow"]\n'
    )
    command = [
        sys.executable,
        "-c",
        "from qa.cli import main; main()",
        "corpus",
        "sync",
        *LOCAL,
        "--articles",
        str(folder),
    ]
    # A shell that runs the tests in the background lets its children ignore Ctrl-C.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeding)
    while "/slow" not in site.asked() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, problems = process.communicate()
    left.set()
    assert process.returncode != 0
    assert "Traceback" not in problems
    assert {path.stem for path in folder.glob("*.md")} == {"a", "b"}
    site.pages["/slow"] = article("Slow")
    site.requests.clear()
    assert "1 new, 2 unchanged" in run("sync", *LOCAL, "--articles", folder).stdout
    assert site.asked() == ["/slow"]
