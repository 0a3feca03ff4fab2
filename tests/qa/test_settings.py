"""Settings come from variables, are checked once, and are all documented."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from qa.settings import SHIPPED_ARTICLES, Settings


def test_every_setting_is_documented(checkout: Path) -> None:
    documented = (checkout / "docs" / "settings.md").read_text("utf-8")
    names = [f"WELLQUOTED_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if f"| `{name}` |" not in documented] == []


def test_every_documented_default_is_the_default(checkout: Path) -> None:
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
        for line in (checkout / "docs" / "settings.md").read_text("utf-8").splitlines()
        if line.startswith("| `WELLQUOTED_")
    ]
    documented = {row[0].removeprefix("WELLQUOTED_").lower(): row[-1].strip(" |`") for row in rows}
    defaults = Settings()
    for name in ("host", "port", "rate_limit", "trust_proxy", "worklist", "worklist_days"):
        assert documented[name] == str(getattr(defaults, name)).lower()


def test_every_variable_the_tests_read_is_documented(checkout: Path) -> None:
    documented = (checkout / "docs" / "settings.md").read_text("utf-8")
    sources = [path.read_text("utf-8") for path in (checkout / "tests").rglob("*.py")]
    read = {name for source in sources for name in re.findall(r"environ(?:\.get\(|\[)\"(WELLQUOTED_\w+)", source)}
    assert {"WELLQUOTED_SHARED", "WELLQUOTED_CHROMIUM"} <= read
    assert [name for name in sorted(read) if f"| `{name}` |" not in documented] == []


def test_the_defaults() -> None:
    settings = Settings()
    assert settings.articles == SHIPPED_ARTICLES
    assert settings.data == Path("data")
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert (settings.allowed_hosts, settings.allowed_origins, settings.trust_proxy) == ((), (), False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a.org", ("a.org",)),
        ("a.org,b.org", ("a.org", "b.org")),
        (" a.org , b.org, ", ("a.org", "b.org")),
        (",", ()),
        ("", ()),
    ],
)
@pytest.mark.parametrize("name", ["allowed_hosts", "allowed_origins"])
def test_lists_are_parted_by_commas(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, expected: tuple[str, ...]
) -> None:
    monkeypatch.setenv(f"WELLQUOTED_{name.upper()}", given)
    assert getattr(Settings(), name) == expected


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"ARTICLES": tmp_path, "DATA": "d", "PORT": "80", "TRUST_PROXY": "true"}.items():
        monkeypatch.setenv(f"WELLQUOTED_{name}", str(value))
    settings = Settings()
    assert (settings.articles, settings.data, settings.port) == (tmp_path, Path("d"), 80)
    assert settings.trust_proxy


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELLQUOTED_DATA", "")
    monkeypatch.setenv("WELLQUOTED_PORT", "")
    assert Settings() == Settings(data=Path("data"), port=7860)


def test_options_go_before_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELLQUOTED_DATA", "from-variable")
    assert Settings(data=Path("from-option")).data == Path("from-option")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "abc"), ("PORT", "99999"), ("TRUST_PROXY", "perhaps"), ("RATE_LIMIT", "often")]
)
def test_a_bad_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WELLQUOTED_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1
