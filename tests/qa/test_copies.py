"""The same words under several addresses are quoted once, with every citation."""

import html
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.models import Article
from index.encoder import MiniLM
from index.live import LiveIndex
from index.store import SnapshotStore
from qa.answering import RERANKED, Answerer
from qa.citing import MOST_ALSO
from qa.models import Answer, as_json
from qa.notices import Notices
from qa.render import answer_html, as_text, citation

CRAMPS = (
    "A night cramp is a sudden tightening of the calf muscle in bed. It hurts for some minutes and then lets go.\n\n"
    "## How is a night cramp stopped?\n\n"
    "Stretching the calf stops most night cramps at once. Pull the toes towards the knee and hold them there "
    "until the pain lets go. Walking a few steps helps some people as well."
)
HERE = Article("cramps", "Night cramps", CRAMPS, "https://example.org/cramps", "Example Press")
THERE = Article("legs", "Cramps at night", CRAMPS.upper(), "https://example.com/legs?a=1&b=2", "Legs & Co")
OTHER = Article(
    "feet",
    "Feet in bed",
    "## What stops a cramp of the foot?\n\nStanding up stops a cramp of the foot. The foot is then stretched by the "
    "weight of the body, and the cramp lets go after some seconds on the floor.",
    publisher="Example Press",
)
BESIDE = replace(
    OTHER,
    title="Standing up",
    text="## How do I stop a night cramp in the calf?\n\nStanding up stops a night cramp in the calf: the weight of "
    "the body stretches the muscle. Put the whole foot on the cold floor, and wait there for half a minute.",
)
ASKED = "how do I stop a night cramp in the calf?"


Ask = Callable[..., Answer]


@pytest.fixture
def ask(tmp_path: Path, encoder: MiniLM) -> Ask:
    """Ask the index of some articles."""

    def run(*articles: Article) -> Answer:
        store = SnapshotStore(tmp_path / "data", encoder)
        store.build(articles)
        return Answerer(LiveIndex(store), Notices.load()).answer(ASKED)

    return run


def words(text: str) -> str:
    return " ".join(text.casefold().split())


def test_a_copy_is_quoted_once_with_both_citations(ask: Ask) -> None:
    answer = ask(HERE, THERE, OTHER)
    quoted = [passage for passage in answer.passages if "toes towards the knee" in passage.text.lower()]
    assert len(quoted) == 1
    [other] = quoted[0].also_in
    assert {quoted[0].article.id, other.article.id} == {"cramps", "legs"}
    article = {"cramps": HERE, "legs": THERE}[other.article.id]
    start, _, end = other.id.removeprefix(f"{article.id}:").partition("-")
    assert words(article.text[int(start) : int(end)]) == words(quoted[0].text)
    assert other.article_link == f"/articles/{article.id}#p{start}-{end}"
    assert other.source_link.startswith(f"{article.url}#:~:text=")


def test_a_copy_that_was_not_found_is_cited_too(ask: Ask) -> None:
    many = [replace(OTHER, id=f"feet-{n}", title=f"Feet {n}", text=f"{OTHER.text} Rule {n}.") for n in range(RERANKED)]
    unlike = replace(THERE, id="z", title="Unlike", text=f"Tremors\n\n## Tea\n\n{CRAMPS.split(chr(10) * 2)[-1]}")
    answer = ask(HERE, unlike, *many)
    quoted = [passage for passage in answer.passages if "toes towards the knee" in passage.text]
    assert [other.article.id for passage in quoted for other in passage.also_in] == ["z"]


def test_copies_do_not_fill_the_answer(ask: Ask) -> None:
    copies = [replace(HERE, id=f"copy-{n:02}", title=f"Copy {n}") for n in range(2 * RERANKED)]
    answer = ask(*copies, BESIDE)
    texts = [words(passage.text) for passage in answer.passages]
    assert len(set(texts)) == len(texts)
    assert BESIDE.id in {passage.article.id for passage in answer.passages}
    assert {len(passage.also_in) for passage in answer.passages} == {0, MOST_ALSO}


def test_an_article_of_its_own_has_no_further_citation(ask: Ask) -> None:
    assert all(passage.also_in == () for passage in ask(HERE, OTHER).passages)


def test_the_json_names_every_citation(ask: Ask) -> None:
    given = json.loads(json.dumps(as_json(ask(HERE, THERE, OTHER))))
    [passage] = [passage for passage in given["passages"] if passage["also_in"]]
    [other] = passage["also_in"]
    assert list(other) == ["id", "article", "source_link", "article_link"]
    assert list(other["article"]) == list(passage["article"])


def test_card_text_and_copied_citation_name_every_article(ask: Ask) -> None:
    answer = ask(HERE, THERE, OTHER)
    [passage] = [passage for passage in answer.passages if passage.also_in]
    titles = {passage.article.title, passage.also_in[0].article.title}
    assert titles == {HERE.title, THERE.title}
    assert citation(passage) == "; also in ".join(
        f"{article.title}, {article.publisher}" for article in (passage.article, passage.also_in[0].article)
    )
    shown, told = answer_html(answer, "t1"), as_text(answer)
    assert all(html.escape(title) in shown and title in told for title in titles)
    for link in (passage.also_in[0].source_link, passage.also_in[0].article_link):
        assert f'href="{html.escape(link)}"' in shown
    assert f"Also in: {passage.also_in[0].article.title}, " in told
    assert passage.also_in[0].source_link in told
