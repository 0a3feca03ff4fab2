"""Addresses of this site that lead nowhere are found; those of others are left alone."""

import pytest

from corpus.linking import Links
from corpus.models import Article, Source

LINKS = Links({"faq": 100, "what-is-bfs": 50, "v1.2": 10}, ["Health.example.org"])


def dead(text: str) -> list[tuple[str, str]]:
    return list(LINKS.dead(Article("a", "A", text)))


@pytest.mark.parametrize(
    "text",
    [
        "See /articles/faq.",
        "See /articles/faq, or /articles/what-is-bfs#p0-50 (it is short).",
        "See /articles/v1.2.",
        "See http://127.0.0.1:7860/articles/faq#p10-20 and https://health.example.org/articles/faq#:~:text=a",
        "Other sites: https://www.example.com/articles/320388.php, www.example.com/articles/x, /old/articles/x",
        "[1] (a note) and [2](see there)",
    ],
)
def test_what_leads_somewhere_is_fine(text: str) -> None:
    assert dead(text) == []


@pytest.mark.parametrize(
    ("text", "reason", "quote"),
    [
        ("See /articles/none.", "no article has the id 'none'", "/articles/none."),
        ("(/articles/none#p1-2)", "no article has the id 'none'", "/articles/none#p1-2"),
        ("https://health.example.org/articles/x", "no article has the id 'x'", "https://health.example.org/articles/x"),
        ("http://localhost:80/articles/x", "no article has the id 'x'", "http://localhost:80/articles/x"),
        ("/articles/faq#p90-101", "the article 'faq' has no place 'p90-101'", "/articles/faq#p90-101"),
        ("/articles/faq#p9-9", "the article 'faq' has no place 'p9-9'", "/articles/faq#p9-9"),
        ("/articles/faq#causes", "the article 'faq' has no place 'causes'", "/articles/faq#causes"),
        ("See [causes](#causes).", "a link in the text", "[causes](#causes)"),
        ("See [our FAQ](/faq).", "a link in the text", "[our FAQ](/faq)"),
    ],
)
def test_what_leads_nowhere_is_named(text: str, reason: str, quote: str) -> None:
    [(told, about)] = dead(text)
    assert reason in told
    assert about == quote


def test_address_and_sources_are_looked_at() -> None:
    url = "https://health.example.org/articles/none"
    article = Article("a", "A", "Text.", url=url, sources=(Source("T", "P", f"{url}2"),))
    assert [quote for _, quote in LINKS.dead(article)] == [url, f"{url}2"]
