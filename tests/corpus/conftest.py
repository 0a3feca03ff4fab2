"""Any article at all for property tests, and the shared folder of real texts."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from corpus.models import Article, Imported, Source

# A busy machine is slow; that is no fault of the code.
settings.register_profile("wellquoted", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wellquoted")

_URLS = st.sampled_from(["https://example.org/a?b=c#d", "http://example.org/%20x"])
_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
_ENTRIES = st.text(_CHARACTERS, min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
_WORDS = st.sampled_from(
    ["Muscles twitch.", "Call 112 at once!", "Causes include:", "e.g. “caffeine”", "ça va ?", "🦵", ""]
)
_LINES = st.builds(
    "{}{} {}".format,
    st.sampled_from(["", "", "# ", "## ", "- ", "  - ", "#", "-", "\u2028", "\r", "\x85"]),
    _WORDS,
    _WORDS | st.text(_CHARACTERS, max_size=30),
)
_BODIES = (
    st.text(_CHARACTERS) | st.lists(_LINES, max_size=12).map("\n".join) | st.lists(_LINES, max_size=12).map("\n\n".join)
)

st.register_type_strategy(
    Article,
    st.builds(
        Article,
        id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
        title=_ENTRIES | st.sampled_from(["No", "1984", "2017-12-21", "null", "- a: b # c", "---"]),
        text=_BODIES | st.sampled_from(["\r\n", "---\n", "\n\n---\n\n", "a\r\nb\u2028c\x85d"]),
        url=st.none() | _URLS,
        publisher=st.none() | _ENTRIES,
        authors=st.lists(_ENTRIES, max_size=3).map(tuple),
        published=st.none() | st.dates(),
        updated=st.none() | st.dates(),
        reviewed=st.none() | st.dates(),
        review_status=_ENTRIES,
        language=st.sampled_from(["en", "no", "de"]),
        licence=st.none() | _ENTRIES,
        sources=st.lists(st.builds(Source, _ENTRIES, _ENTRIES, _URLS), max_size=2).map(tuple),
        imported=st.none() | st.builds(Imported, _ENTRIES, st.from_regex(r"[0-9a-f]{64}", fullmatch=True), _ENTRIES),
        also_called=st.lists(_ENTRIES, max_size=3).map(tuple),
    ),
)


@pytest.fixture
def shared() -> Path:
    """The folder of real texts, which are not part of the project."""
    checkout = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("WELLQUOTED_SHARED", checkout.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no real texts: {folder} is absent (name their folder in WELLQUOTED_SHARED)")
    return folder
