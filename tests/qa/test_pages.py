"""The plain pages: every article, every passage in its place, with real HTTP requests."""

import html
import re
from collections.abc import Mapping
from datetime import date

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from corpus.chunking import chunk
from corpus.models import Article, Imported, Passage, Source
from qa.pages import add_pages

LONG = " ".join(f"Sentence number {n} of this one paragraph has a good many words in it." for n in range(40))
ARTICLES = (
    Article(
        "zebra", "Zebra fever", f"{LONG}\n\n## More\n\nLast words.", publisher="Herd Press", published=date(2020, 2, 29)
    ),
    Article(
        "als",
        "What ALS is <b>",
        "ALS is a disease.",
        url="https://a.example/als",
        language="fr",
        authors=("Ada",),
        licence="CC-BY-4.0",
        sources=(Source("S <i>", "P", "javascript:alert(1)"),),
        imported=Imported("als.txt", "0" * 64, "2026-11-22T01:02:03Z"),
    ),
)


class Shelf:
    articles: Mapping[str, Article] = {article.id: article for article in ARTICLES}

    def passages_of(self, article_id: str, /) -> tuple[Passage, ...]:
        return chunk(self.articles[article_id])


class Full:
    def snapshot(self) -> Shelf | None:
        return Shelf()


class Empty:
    def snapshot(self) -> Shelf | None:
        return None


def client(answerer: Full | Empty) -> TestClient:
    app = FastAPI()
    add_pages(app, answerer)
    return TestClient(app)


@pytest.fixture
def site() -> TestClient:
    return client(Full())


def test_all_articles_are_listed_with_their_facts(site: TestClient) -> None:
    page = site.get("/articles").text
    assert page.index("What ALS is &lt;b&gt;") < page.index("Zebra fever")
    assert "2</span> of 2 articles" in page
    assert "29 February 2020" in page
    assert f"{len(chunk(ARTICLES[0]))} passages" in page
    assert "not clinically reviewed" in page


def test_the_list_can_be_filtered_without_a_script(site: TestClient) -> None:
    page = site.get("/articles", params={"q": "HERD fever"}).text
    assert "Zebra fever" in page
    assert "What ALS is" not in page
    assert "1</span> of 2 articles" in page


def test_a_site_without_an_index_has_an_empty_list() -> None:
    assert "0</span> of 0 articles" in client(Empty()).get("/articles").text
    assert client(Empty()).get("/articles/zebra").status_code == 404


def test_each_passage_has_an_element_with_exactly_its_text(site: TestClient) -> None:
    page = site.get("/articles/zebra").text
    passages = chunk(ARTICLES[0])
    assert any(passage.start and ARTICLES[0].text[passage.start - 1] == " " for passage in passages), (
        "one starts mid-way"
    )
    for passage in passages:
        found = re.search(rf'<div class="part[^>]* id="p{passage.start}-{passage.end}"[^>]*>(.*?)</div>', page)
        assert found
        assert html.unescape(re.sub("<[^>]*>", "", found[1])) == passage.text


def test_an_article_tells_where_it_comes_from(site: TestClient) -> None:
    page = site.get("/articles/als").text
    assert 'lang="fr"' in page
    assert 'href="https://a.example/als"' in page
    assert "als.txt, 22 November 2026" in page
    assert "S &lt;i&gt;" in page
    assert "javascript:" not in page
    assert "CC-BY-4.0" in page


def test_a_passage_is_served_in_its_article(site: TestClient) -> None:
    page = site.get("/articles/als/passage", params={"start": 0, "end": 6, "marks": "0-3"}).text
    assert '<p class="inline"><mark>ALS</mark> is</p>' in page


@pytest.mark.parametrize("query", ["start=5&end=5", "start=0&end=999", "start=6&end=5"])
def test_a_span_outside_the_article_is_not_found(site: TestClient, query: str) -> None:
    assert site.get(f"/articles/als/passage?{query}").status_code == 404


@pytest.mark.parametrize("query", ["start=-1&end=5", "start=x&end=5", "start=0&end=5&marks=<b>", "end=4"])
def test_a_malformed_span_is_refused(site: TestClient, query: str) -> None:
    assert site.get(f"/articles/als/passage?{query}").status_code == 422


def test_an_unknown_article_gets_the_sites_own_404_page(site: TestClient) -> None:
    answer = site.get("/articles/nothing")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_only_the_files_of_the_pages_are_served(site: TestClient) -> None:
    assert site.get("/site/page.css").headers["content-type"].startswith("text/css")
    assert site.get("/site/page.js").status_code == 200
    assert site.get("/site/base.html").status_code == 404
    assert site.get("/site/..%2Frender.py").status_code == 404
