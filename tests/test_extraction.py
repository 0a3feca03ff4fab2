"""The measure of `tests.extraction` by hand, and the figures that docs/extraction.md gives for the reader."""

import os
from pathlib import Path

import pytest

from tests.extraction import Score, measured, pages, read, score


@pytest.mark.parametrize(
    ("extracted", "gold", "expected"),
    [
        ("Cramps hurt.", "cramps HURT", Score(1.0, 1.0, 1.0)),
        ("cramps cramps hurt much", "cramps hurt", Score(0.5, 1.0, 2 / 3)),
        ("cramps", "cramps hurt very much", Score(1.0, 0.25, 0.4)),
        ("", "cramps", Score(0.0, 0.0, 0.0)),
        ("twitch", "cramps", Score(0.0, 0.0, 0.0)),
    ],
)
def test_word_f1_is_that_of_bags(extracted: str, gold: str, expected: Score) -> None:
    found = score(extracted, gold)
    assert (found.precision, found.recall) == (expected.precision, expected.recall)
    assert found.f1 == pytest.approx(expected.f1)


def test_pages_that_were_not_tuned_on_are_read_as_well_as_the_docs_say() -> None:
    folder = Path(os.environ.get("WELLQUOTED_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "pages"
    if not folder.is_dir():
        pytest.skip(f"no saved pages: {folder} is absent (name the shared folder in WELLQUOTED_SHARED)")
    others = pages(folder)[1::2]
    assert len(others) == 81
    assert measured(read, others).f1 > 0.95
    assert measured(read, [page for page in others if page.health]).f1 > 0.9
