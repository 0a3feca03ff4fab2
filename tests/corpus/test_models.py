"""A passage is an exact slice of its article, and only `cut` makes one."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article, cut

CHECKOUT = Path(__file__).resolve().parents[2]
ARTICLE = Article(
    "twitching", "Twitching", "Opening.\n\n## Causes\n\nCaffeine.\n\n### Medicines\n\nSome drugs.\n\n## Care\n\nRest."
)


@given(st.from_type(Article), st.data())
def test_a_passage_is_an_exact_slice(article: Article, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(article.text)))
    start = data.draw(st.integers(0, end))
    if not article.text[start:end].strip():
        with pytest.raises(ValueError, match=r"is blank|not a span"):
            cut(article, start, end)
        return
    passage = cut(article, start, end)
    assert passage.text == article.text[start:end]
    assert (passage.start, passage.end) == (start, end)
    assert passage.id == f"{article.id}:{start}-{end}"


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 2), (0, 10_000)])
def test_a_span_outside_the_article_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        cut(ARTICLE, start, end)


@pytest.mark.parametrize(
    ("quote", "path"),
    [
        ("Opening.", ()),
        ("Caffeine.", ("Causes",)),
        ("Some drugs.", ("Causes", "Medicines")),
        ("Rest.", ("Care",)),
    ],
)
def test_a_passage_names_the_headings_above_it(quote: str, path: tuple[str, ...]) -> None:
    start = ARTICLE.text.index(quote)
    assert cut(ARTICLE, start, start + len(quote)).section == path


def test_cut_is_the_only_maker_of_a_passage() -> None:
    files = [file for package in ("corpus", "index", "qa") for file in (CHECKOUT / package).rglob("*.py")]
    files += [file for file in (CHECKOUT / "app.py",) if file.exists()]
    assert [place for file in files for place in _makers(file)] == ["models.py: cut"]


def _makers(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [f"{file.name}: {function.name}" for function in functions if _makes_passage(function)]
    return inside or ([f"{file.name}: module"] if _makes_passage(tree) else [])


def _makes_passage(tree: ast.AST) -> bool:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any("Passage" in (getattr(func, "id", ""), getattr(func, "attr", "")) for func in calls)
