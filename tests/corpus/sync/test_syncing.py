"""A folder kept equal to a real site: what comes in, what changes, moves and goes, and what must never go."""

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from corpus.errors import LibraryError
from corpus.library import Library
from corpus.models import Article
from corpus.readers.markdown import dump
from corpus.sync import visiting
from corpus.sync.applying import Removing
from corpus.sync.changes import Change
from corpus.sync.state import State, state_file
from tests.corpus.sync.conftest import Kept
from tests.website import Reply, Website, article, redirect, text

REMOVE = Removing(gone=True)
ALL = Removing(gone=True, many=True)


def only(changes: list[Change], kind: str) -> Change:
    (change,) = [each for each in changes if each.kind == kind]
    return change


def pages(site: Website, number: int) -> list[str]:
    """So many pages, and a sitemap of them."""
    paths = [f"/page-{each}" for each in range(number)]
    site.pages |= {path: article(path[1:].capitalize()) for path in paths}
    site.sitemap(*paths)
    return paths


def sitemap_of(site: Website) -> str:
    return f'sitemap = "{site.url}/sitemap.xml"'


# What comes in.


def test_pages_come_in_with_what_their_source_says(site: Website, kept: Kept) -> None:
    site.pages["/eyelids"] = article("Eyelids", publisher="Somebody")
    kept.sources(f'urls = ["{site.url}/eyelids"]\npublisher = "Clinic"\nlicence = "CC0"\nreview_status = "reviewed"')
    change = only(kept.sync(), "new")
    assert (change.source, change.origin, change.article_id) == ("a", f"{site.url}/eyelids", "eyelids")
    found = kept.articles()["eyelids"]
    assert (found.publisher, found.licence, found.review_status) == ("Clinic", "CC0", "reviewed")
    assert found.url == f"{site.url}/eyelids"
    assert found.imported
    assert found.imported.origin == f"{site.url}/eyelids"
    body = site.pages["/eyelids"]
    assert isinstance(body, Reply)
    assert isinstance(body.body, bytes)
    assert found.imported.sha256 == hashlib.sha256(body.body).hexdigest()


def test_a_second_sync_asks_politely_and_writes_nothing(site: Website, kept: Kept) -> None:
    pages(site, 3)
    kept.sources(sitemap_of(site))
    assert kept.counts() == {"new": 3}
    before = {name: file for name, file in kept.files().items() if name.endswith(".md")}
    assert kept.counts() == {"unchanged": 3}
    assert {name: file for name, file in kept.files().items() if name.endswith(".md")} == before
    assert site.statuses("/page-1") == [200, 304]


def test_a_site_need_not_say_its_etag_again(site: Website, kept: Kept) -> None:
    dated = {"Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT", "Content-Type": "text/plain"}
    site.pages["/a"] = [Reply(b"A title\n\nSome words.", headers=dated), *[Reply(status=304)] * 3]
    kept.sources(f'urls = ["{site.url}/a"]')
    assert [kept.counts() for _ in range(4)] == [{"new": 1}, *[{"unchanged": 1}] * 3]
    sent = [each.headers.get("If-Modified-Since") for each in site.requests if each.path == "/a"]
    assert sent == [None, *[dated["Last-Modified"]] * 3]


def test_a_page_without_etag_is_compared(site: Website, kept: Kept) -> None:
    site.pages["/a"] = text("A title\n\nSome words of it.\n")
    kept.sources(f'urls = ["{site.url}/a"]')
    assert [kept.counts(), kept.counts()] == [{"new": 1}, {"unchanged": 1}]
    site.pages["/a"] = text("A title\n\nOther words of it.\n")
    assert kept.counts() == {"changed": 1}


def test_a_changed_page_changes_its_article_and_keeps_its_id(site: Website, kept: Kept) -> None:
    site.pages["/a"] = article("First title")
    kept.sources(f'urls = ["{site.url}/a"]')
    kept.sync()
    site.pages["/a"] = article("Another title", "Sleep helps against most twitches.")
    assert only(kept.sync(), "changed").article_id == "first-title"
    assert kept.articles()["first-title"].title == "Another title"
    assert len(kept.articles()) == 1


def test_two_pages_with_one_title_are_two_articles(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("Cramps", "One text."), "/b": article("Cramps", "Another text.")}
    kept.sources(f'urls = ["{site.url}/a", "{site.url}/b"]')
    planned = [change.article_id for change in kept.sync(dry_run=True)]
    ids = [change.article_id for change in kept.sync()]
    assert ids == planned
    assert ids[0] == "cramps"
    assert str(ids[1]).startswith("cramps-")
    assert kept.counts() == {"unchanged": 2}
    assert {found.text for found in kept.articles().values()} == {"One text.", "Another text."}


def test_a_sitemap_index_and_patterns(site: Website, kept: Kept) -> None:
    site.pages |= {path: article(path.strip("/")) for path in ("/conditions/a", "/conditions/b", "/news/c")}
    site.sitemap("/conditions/a", "/news/c", at="/1.xml")
    site.sitemap("/conditions/b", at="/2.xml")
    listed = "".join(f"<sitemap><loc>{site.url}/{each}.xml</loc></sitemap>" for each in (1, 2))
    site.pages["/sitemap.xml"] = Reply(f"<sitemapindex>{listed}</sitemapindex>".encode())
    kept.sources(f'{sitemap_of(site)}\ninclude = ["/conditions/*"]')
    assert kept.counts() == {"new": 2}
    assert "/news/c" not in site.asked()


def test_one_page_in_two_sources_comes_in_once(site: Website, kept: Kept) -> None:
    site.pages["/a"] = article("A")
    kept.sources(f'urls = ["{site.url}/a"]\npublisher = "One"', f'urls = ["{site.url}/a"]\npublisher = "Two"')
    for kinds in (["new", "duplicate"], ["unchanged", "duplicate"]):
        assert [change.kind for change in kept.sync(dry_run=True)] == kinds
        assert [change.kind for change in kept.sync()] == kinds
    assert [found.publisher for found in kept.articles().values()] == ["One"]


def test_two_addresses_of_one_article_are_one_article(site: Website, kept: Kept) -> None:
    canonical = f"{site.url}/a"
    site.pages |= {"/a": article("A", url=canonical), "/a?print=1": article("A", "Printed.", url=canonical)}
    kept.sources(f'urls = ["{site.url}/a", "{site.url}/a?print=1"]')
    for kinds in (["new", "duplicate"], ["unchanged", "duplicate"]):
        assert [change.kind for change in kept.sync()] == kinds
    assert len(kept.articles()) == 1


def test_another_publisher_reaches_articles_that_have_not_changed(site: Website, kept: Kept) -> None:
    site.pages["/a"] = article("A")
    kept.sources(f'urls = ["{site.url}/a"]\npublisher = "One"')
    kept.sync()
    kept.sources(f'urls = ["{site.url}/a"]\npublisher = "Two"')
    assert kept.counts() == {"changed": 1}
    assert kept.articles()["a"].publisher == "Two"


def test_a_file_of_many_articles(site: Website, kept: Kept) -> None:
    def served(*ids: str) -> Reply:
        lines = (json.dumps({"id": each, "title": each, "text": f"Text of {each}."}) for each in ids)
        return text("\n".join(lines), kind="application/jsonl")

    site.pages["/all.jsonl"] = served("a", "b", "c")
    kept.sources(f'urls = ["{site.url}/all.jsonl"]')
    assert kept.counts() == {"new": 3}
    site.pages["/all.jsonl"] = served("a", "c", "d")
    assert kept.counts() == {"unchanged": 2, "new": 1, "gone": 1}
    assert set(kept.articles()) == {"a", "b", "c", "d"}
    assert kept.counts(REMOVE) == {"unchanged": 3, "removed": 1}
    assert kept.counts(REMOVE) == {"unchanged": 3}
    assert set(kept.articles()) == {"a", "c", "d"}


# Refused and failed.


def test_what_cannot_come_in_is_told_and_the_rest_comes_in(site: Website, kept: Kept) -> None:
    site.pages |= {
        "/robots.txt": text("User-agent: *\nDisallow: /private\n"),
        "/good": article("Good"),
        "/private": article("Private"),
        "/picture": text("x", kind="image/png"),
        "/empty": text(" "),
        "/huge": Reply(b"x" * 1_000_000 for _ in range(21)),
        "/broken": Reply(status=500),
        "/loop": redirect("/loop"),
        "/inside": redirect("http://localhost/"),
    }
    kept.sources(f"urls = {json.dumps([f'{site.url}{path}' for path in [*list(site.pages)[1:], '/missing']])}")
    changes = kept.sync()
    assert only(changes, "new").article_id == "good"
    reasons = {change.origin.removeprefix(site.url): (change.kind, change.reason) for change in changes}
    for path, kind, reason in [
        ("/private", "refused", "robots.txt"),
        ("/picture", "refused", "image/png"),
        ("/empty", "refused", "empty"),
        ("/huge", "refused", "larger than"),
        ("/broken", "failed", "500"),
        ("/loop", "refused", "more than 3 times"),
        ("/inside", "refused", "not a public address"),
        ("/missing", "refused", "there is no such page"),
    ]:
        assert reasons[path][0] == kind, path
        assert reason in reasons[path][1]
    assert all(change.advice for change in changes if change.kind in ("refused", "failed"))


def test_a_source_that_cannot_be_listed_does_not_stop_the_others(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("A"), "/sitemap.xml": text("<html>", kind="text/html")}
    kept.sources(sitemap_of(site), f'feed = "{site.url}/none"', 'folder = "none"', f'urls = ["{site.url}/a"]')
    assert [change.kind for change in kept.sync()] == ["refused", "refused", "refused", "new"]


def test_patterns_that_match_nothing_are_told(site: Website, kept: Kept) -> None:
    pages(site, 2)
    kept.sources(f'{sitemap_of(site)}\ninclude = ["/typo/*"]')
    assert "none of its 2 pages is wanted" in only(kept.sync(), "refused").reason


def test_an_address_that_is_none_does_not_stop_the_others(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("A"), "/b": article("B")}
    site.sitemap("/a", at="/good.xml")
    good = site.pages["/good.xml"]
    assert isinstance(good, Reply)
    assert isinstance(good.body, bytes)
    site.pages["/sitemap.xml"] = Reply(good.body.replace(b"<url>", b"<url><loc>http://[broken</loc></url><url>"))
    kept.sources(sitemap_of(site), f'urls = ["http://[broken]/", "{site.url}/b"]')
    assert [change.kind for change in kept.sync()] == ["new", "refused", "new"]


def test_the_work_for_a_page_of_many_articles_grows_with_their_number(site: Website, kept: Kept) -> None:
    def lines_run(number: int) -> int:
        made = (json.dumps({"id": f"a-{each}", "title": "A", "text": "Words."}) for each in range(number))
        site.pages["/all.jsonl"] = text("\n".join(made), kind="application/jsonl")
        kept.sources(f'urls = ["{site.url}/all.jsonl"]')
        with counting(visiting.__file__) as counted:
            assert kept.counts(dry_run=True) == {"new": number}
        return counted[0]

    assert lines_run(400) < 2.5 * lines_run(200)


@contextmanager
def counting(file: str) -> Iterator[list[int]]:
    """Count the lines of a module that are run, each round of a comprehension as one."""
    counted = [0]

    def lines(_frame: FrameType, event: str, _told: object) -> Any:
        counted[0] += event == "line"
        return lines

    before = sys.gettrace()
    sys.settrace(lambda frame, _event, _told: lines if frame.f_code.co_filename == file else None)
    try:
        yield counted
    finally:
        sys.settrace(before)


# What must never go.


@pytest.mark.parametrize("trouble", ["down", "listing down", "listing broken", "listing empty", "pages down"])
def test_nothing_is_gone_because_a_site_was_down(site: Website, kept: Kept, trouble: str) -> None:
    paths = pages(site, 3)
    kept.sources(sitemap_of(site), f'urls = ["{site.url}/page-0?x"]')
    site.pages["/page-0?x"] = article("X")
    assert kept.counts() == {"new": 4}
    before = kept.articles()
    if trouble == "down":
        site.down = True
    elif trouble == "pages down":
        site.pages |= dict.fromkeys([*paths, "/page-0?x"], Reply(status=503))
    else:
        broken = {"listing down": Reply(status=500), "listing empty": Reply(b"<urlset/>")}
        site.pages["/sitemap.xml"] = broken.get(trouble, Reply(b"<urlset><url><loc>"))
    counts = kept.counts(ALL)
    assert counts.get("failed", 0) + counts.get("refused", 0) > 0
    assert "removed" not in counts
    assert kept.articles() == before


def test_nothing_is_gone_because_a_site_is_not_there(kept: Kept) -> None:
    with Website().served() as site:
        pages(site, 3)
        site.pages["/x"] = article("X")
        kept.sources(sitemap_of(site), f'urls = ["{site.url}/x"]')
        kept.sync()
    before = kept.articles()
    assert kept.counts(ALL) == {"failed": 2}
    assert kept.articles() == before


def test_a_site_that_answers_404_for_everything_has_not_lost_its_pages(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("A"), "/b": article("B")}
    kept.sources(f'urls = ["{site.url}/a", "{site.url}/b"]')
    kept.sync()
    site.pages.clear()
    assert kept.counts(ALL) == {"failed": 2}
    assert set(kept.articles()) == {"a", "b"}


def test_a_folder_that_is_not_there_has_not_lost_its_files(kept: Kept) -> None:
    folder = kept.file.parent / "leaflets"
    folder.mkdir()
    (folder / "a.txt").write_text("A title\n\nSome words.\n")
    kept.sources('folder = "leaflets"')
    kept.sync()
    folder.rename(folder.with_name("elsewhere"))
    assert "no such folder" in only(kept.sync(ALL), "refused").reason
    assert set(kept.articles()) == {"a-title"}


def test_what_a_feed_no_longer_shows_is_not_gone(site: Website, kept: Kept) -> None:
    def shows(*paths: str) -> None:
        items = "".join(f"<item><link>{site.url}{path}</link></item>" for path in paths)
        site.pages["/feed"] = Reply(f"<rss><channel>{items}</channel></rss>".encode())

    site.pages |= {"/a": article("A"), "/b": article("B"), "/c": article("C")}
    shows("/a", "/b")
    kept.sources(f'feed = "{site.url}/feed"')
    assert kept.counts() == {"new": 2}
    shows("/c")
    site.pages["/a"] = article("A", "Changed since it left the feed.")
    assert kept.counts(ALL) == {"new": 1, "changed": 1, "unchanged": 1}
    del site.pages["/b"]
    assert kept.counts(REMOVE) == {"unchanged": 2, "removed": 1}
    assert set(kept.articles()) == {"a", "c"}


def test_articles_of_others_are_never_touched(site: Website, kept: Kept) -> None:
    own = Article("a", "A", "My words.")
    (kept.library.folder / "a.md").write_text(dump(own))
    site.pages["/a"] = article("A")
    kept.sources(f'urls = ["{site.url}/a"]')
    new = only(kept.sync(), "new").article_id
    assert new != "a"
    del site.pages["/a"]
    site.pages["/"] = text("Home.")
    assert only(kept.sync(ALL), "removed").article_id == new
    assert kept.articles() == {"a": own}


def test_an_article_added_by_hand_from_a_page_stays_as_it_was_added(site: Website, kept: Kept) -> None:
    url = f"{site.url}/a"
    site.pages["/a"] = article("A")
    kept.sources(f'urls = ["{url}"]')
    kept.sync()
    state_file(kept.library.folder, kept.file).unlink()
    by_hand = replace(kept.articles()["a"], text="Words as they were then.")
    (kept.library.folder / "a.md").write_text(dump(by_hand))
    assert "was not brought in by a sync" in only(kept.sync(), "refused").reason
    assert kept.articles()["a"].text == "Words as they were then."


def test_an_article_changed_by_hand_is_neither_overwritten_nor_removed(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("A"), "/": text("Home.")}
    kept.sources(f'urls = ["{site.url}/a"]')
    kept.sync()
    file = kept.library.folder / "a.md"
    file.write_text(file.read_text().replace("twitch", "jump"))
    assert kept.counts() == {"unchanged": 1}
    site.pages["/a"] = article("A", "New words.")
    for _ in range(2):
        assert "changed by hand" in only(kept.sync(), "refused").reason
    del site.pages["/a"]
    assert "changed by hand" in only(kept.sync(ALL), "refused").reason
    assert "jump" in kept.articles()["a"].text


# What goes.


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_told_and_removed_only_when_asked(site: Website, kept: Kept, status: int) -> None:
    pages(site, 3)
    kept.sources(sitemap_of(site))
    kept.sync()
    site.pages["/page-1"] = Reply(status=status)
    for _ in range(2):
        assert only(kept.sync(), "gone").article_id == "page-1"
        assert "page-1" in kept.articles()
    assert only(kept.sync(REMOVE), "removed").article_id == "page-1"
    assert set(kept.articles()) == {"page-0", "page-2"}


def test_a_page_that_its_sitemap_no_longer_lists_is_gone(site: Website, kept: Kept) -> None:
    pages(site, 3)
    kept.sources(sitemap_of(site))
    kept.sync()
    site.sitemap("/page-0", "/page-2")
    assert only(kept.sync(REMOVE), "removed").article_id == "page-1"
    assert kept.counts() == {"unchanged": 2}


def test_a_page_that_comes_back_comes_in_again(site: Website, kept: Kept) -> None:
    pages(site, 2)
    kept.sources(sitemap_of(site))
    kept.sync()
    page = site.pages.pop("/page-1")
    kept.sync(REMOVE)
    site.pages["/page-1"] = page
    assert kept.counts() == {"unchanged": 1, "new": 1}


def test_an_article_that_was_removed_by_hand_comes_back(site: Website, kept: Kept) -> None:
    """Its source has it; exclude keeps it out."""
    pages(site, 2)
    kept.sources(sitemap_of(site))
    kept.sync()
    kept.library.remove("page-1")
    assert kept.counts() == {"unchanged": 1, "new": 1}
    kept.sources(f'{sitemap_of(site)}\nexclude = ["/page-1"]')
    assert kept.counts(REMOVE) == {"unchanged": 1, "removed": 1}


def test_a_source_that_is_taken_out_takes_its_articles_along_when_asked(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("A"), "/b": article("B")}
    kept.sources(f'urls = ["{site.url}/a"]', f'urls = ["{site.url}/b"]')
    kept.sync()
    kept.sources(f'urls = ["{site.url}/a"]')
    assert only(kept.sync(), "gone").article_id == "b"
    assert kept.counts(REMOVE) == {"unchanged": 1, "removed": 1}


def test_files_of_sources_with_one_name_keep_apart_what_they_know(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("A"), "/b": article("B"), "/c": article("C")}
    places = [kept.file.parent / "one" / "sources.toml", kept.file.parent / "two" / "sources.toml"]
    for path, file in zip("abc", [*places, kept.library.folder / "sources.toml"], strict=True):
        file.parent.mkdir(exist_ok=True)
        kept.file = file
        kept.file.write_text(f'[[source]]\nname = "Only in {path}"\nurls = ["{site.url}/{path}"]\n')
        assert kept.counts(ALL) == {"new": 1}
    assert set(kept.articles()) == {"a", "b", "c"}
    for file in places:
        kept.file = file
        assert kept.counts(ALL) == {"unchanged": 1}


def test_the_state_has_a_plain_name_only_for_sources_in_the_folder_itself(tmp_path: Path) -> None:
    inside, other = tmp_path / "articles" / "sources.toml", tmp_path / "articles" / "sources.new"
    below, beside = tmp_path / "articles" / "below" / "sources.toml", tmp_path / "sources.toml"
    names = [state_file(tmp_path / "articles", file).name for file in (inside, other, below, beside)]
    assert names[0] == ".sources.sync.jsonl"
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"\.sources-[0-9a-f]{8}\.sync\.jsonl", name) for name in names[1:])


def test_the_state_is_found_however_the_sources_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "articles").mkdir()
    found = state_file(tmp_path / "articles", tmp_path / "sources.toml")
    monkeypatch.chdir(tmp_path / "articles")
    assert state_file(Path(), Path("../sources.toml")).name == found.name


def test_a_source_with_a_new_name_keeps_its_articles(site: Website, kept: Kept) -> None:
    pages(site, 8)
    kept.sources(sitemap_of(site))
    kept.sync()
    kept.file.write_text(kept.file.read_text().replace('"a"', '"renamed"'))
    assert kept.counts(ALL) == {"unchanged": 8}
    assert kept.counts(ALL) == {"unchanged": 8}


@pytest.mark.parametrize(("lost", "refused"), [(5, False), (6, True)])
def test_much_of_a_source_does_not_go_at_once(site: Website, kept: Kept, lost: int, refused: bool) -> None:
    paths = pages(site, 30)
    kept.sources(sitemap_of(site))
    kept.sync()
    site.sitemap(*paths[lost:])
    assert kept.counts() == {"unchanged": 30 - lost, "gone": lost}
    counts = kept.counts(REMOVE)
    assert counts == {"unchanged": 30 - lost, "refused" if refused else "removed": lost}
    assert len(kept.articles()) == (30 if refused else 30 - lost)
    if refused:
        assert "--force" in next(change.advice for change in kept.sync(REMOVE) if change.kind == "refused")
        assert kept.counts(ALL)["removed"] == lost


def test_the_limit_grows_with_the_source(kept: Kept) -> None:
    folder = kept.file.parent / "leaflets"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number}.txt").write_text(f"Title {number}\n\nSome words of {number}.\n")
    kept.sources('folder = "leaflets"')
    assert kept.counts() == {"new": 100}
    for number in range(10):
        (folder / f"{number}.txt").unlink()
    assert kept.counts(REMOVE) == {"unchanged": 90, "removed": 10}
    for number in range(10, 20):
        (folder / f"{number}.txt").unlink()
    assert kept.counts(REMOVE) == {"unchanged": 80, "refused": 10}


# What moves.


def test_a_page_that_redirects_keeps_its_id_and_takes_the_new_address(site: Website, kept: Kept) -> None:
    site.pages["/old"] = article("A")
    kept.sources(f'urls = ["{site.url}/old"]')
    kept.sync()
    site.pages |= {"/new": site.pages.pop("/old"), "/old": redirect("/new")}
    assert only(kept.sync(), "moved").article_id == "a"
    assert kept.articles()["a"].url == f"{site.url}/new"
    assert kept.counts() == {"unchanged": 1}


def test_a_page_with_a_new_canonical_address_keeps_its_id(site: Website, kept: Kept) -> None:
    site.pages["/a"] = article("A", url=f"{site.url}/one")
    kept.sources(f'urls = ["{site.url}/a"]')
    kept.sync()
    site.pages["/a"] = article("A", url=f"{site.url}/two")
    assert only(kept.sync(), "moved").article_id == "a"
    assert kept.articles()["a"].url == f"{site.url}/two"


@pytest.mark.parametrize("hint", ["redirect", "redirect seen before", "canonical", "title only"])
def test_a_page_that_its_sitemap_lists_elsewhere_is_no_second_article(site: Website, kept: Kept, hint: str) -> None:
    site.pages |= {"/old": article("Eyelids"), "/other": article("Other")}
    site.sitemap("/old", "/other")
    if hint == "canonical":
        site.pages["/old"] = article("Eyelids", url=f"{site.url}/new")
    kept.sources(sitemap_of(site))
    kept.sync()
    site.pages["/new"] = site.pages.pop("/old")
    if hint.startswith("redirect"):
        site.pages["/old"] = redirect("/new")
        if hint == "redirect seen before":
            kept.sync()
    site.sitemap("/new", "/other")
    changes = kept.sync(ALL)
    assert {change.kind for change in changes} <= {"moved", "unchanged"}
    found = kept.articles()
    assert set(found) == {"eyelids", "other"}
    assert found["eyelids"].url == f"{site.url}/new"
    assert kept.counts(ALL) == {"unchanged": 2}


def test_a_page_that_leads_to_the_start_page_does_not_become_it(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("A"), "/": article("Welcome")}
    kept.sources(f'urls = ["{site.url}/a", "{site.url}/"]')
    assert kept.counts() == {"new": 2}
    site.pages["/a"] = redirect("/")
    assert "leads to the start page" in only(kept.sync(ALL), "refused").reason
    assert kept.articles()["a"].title == "A"


def test_a_page_that_leads_to_another_site_does_not_become_its(site: Website, kept: Kept) -> None:
    site.pages["/a"] = article("A")
    kept.sources(f'urls = ["{site.url}/a"]\npublisher = "Clinic"')
    kept.sync()
    with Website().served(host="127.0.0.2") as other:
        other.pages["/buy"] = article("Buy now")
        site.pages["/a"] = redirect(f"{other.url}/buy")
        assert "now leads to another site" in only(kept.sync(ALL), "refused").reason
        assert kept.articles()["a"].title == "A"
        kept.sources(f'urls = ["{other.url}/buy"]\npublisher = "Clinic"')
        assert only(kept.sync(ALL), "moved").article_id == "a"
        assert kept.articles()["a"].title == "Buy now"


def test_a_page_that_calls_itself_one_of_another_site_does_not_keep_that_out(site: Website, kept: Kept) -> None:
    with Website().served(host="127.0.0.2") as other:
        other.pages["/a"] = article("A", "True words.")
        site.pages["/fake"] = article("Fake", "Buy now.", url=f"{other.url}/a")
        kept.sources(f'urls = ["{site.url}/fake"]', f'urls = ["{other.url}/a"]')
        assert kept.counts() == {"new": 2}
        urls = {found.text: found.url for found in kept.articles().values()}
        assert urls == {"Buy now.": f"{site.url}/fake", "True words.": f"{other.url}/a"}


def test_a_renamed_file_keeps_its_article(kept: Kept) -> None:
    folder = kept.file.parent / "leaflets"
    (folder / "below").mkdir(parents=True)
    (folder / "a.txt").write_text("Eyelids\n\nSome words.\n")
    kept.sources('folder = "leaflets"')
    kept.sync()
    (folder / "a.txt").rename(folder / "below" / "b.txt")
    assert only(kept.sync(ALL), "moved").article_id == "eyelids"
    assert kept.counts(ALL) == {"unchanged": 1}


# Dry runs.


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(site: Website, kept: Kept) -> None:
    pages(site, 4)
    kept.sources(sitemap_of(site))
    assert kept.counts(dry_run=True) == {"new": 4}
    assert kept.files() == {}
    kept.sync()
    site.pages |= {"/page-0": article("Page-0", "Changed."), "/page-9": article("Page-9"), "/page-2": Reply(status=403)}
    site.sitemap("/page-0", "/page-2", "/page-3", "/page-9")
    before = kept.files()
    planned = kept.sync(REMOVE, dry_run=True)
    assert kept.files() == before
    kinds = {change.article_id or change.origin.removeprefix(site.url): change.kind for change in planned}
    assert kinds == {
        "page-0": "changed",
        "page-1": "gone",
        "/page-2": "refused",
        "page-3": "unchanged",
        "page-9": "new",
    }
    done = kept.sync()
    assert [(change.kind, change.article_id) for change in done] == [(each.kind, each.article_id) for each in planned]


def test_a_dry_run_of_a_new_folder_makes_none(site: Website, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.library.folder.rmdir()
    pages(site, 2)
    kept.sources(sitemap_of(site))
    assert kept.counts(dry_run=True) == {"new": 2}
    assert not kept.library.folder.exists()
    assert kept.counts() == {"new": 2}


# Stopped, damaged, two at once.


def test_a_sync_that_was_stopped_goes_on_where_it_was(site: Website, kept: Kept) -> None:
    pages(site, 10)
    kept.sources(sitemap_of(site))
    stopped = kept.steps()
    assert [next(stopped).kind for _ in range(4)] == ["new"] * 4
    stopped.close()
    assert len(kept.articles()) == 4
    site.requests.clear()
    assert kept.counts() == {"unchanged": 4, "new": 6}
    assert site.asked() == ["/sitemap.xml", *(f"/page-{number}" for number in range(4, 10))]
    site.requests.clear()
    assert kept.counts() == {"unchanged": 10}
    assert site.statuses("/page-0") == [304]


def test_a_stopped_sync_of_other_sources_begins_anew(site: Website, kept: Kept) -> None:
    pages(site, 3)
    kept.sources(sitemap_of(site))
    stopped = kept.steps()
    next(stopped)
    stopped.close()
    kept.sources(f'{sitemap_of(site)}\npublisher = "Clinic"')
    assert sum(kept.counts().values()) == 3
    assert {found.publisher for found in kept.articles().values()} == {"Clinic"}


def test_a_sync_that_was_stopped_days_ago_begins_anew(site: Website, kept: Kept) -> None:
    pages(site, 3)
    kept.sources(sitemap_of(site))
    stopped = kept.steps()
    next(stopped), next(stopped)
    stopped.close()
    file = state_file(kept.library.folder, kept.file)
    run = State(file).run
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat(timespec="seconds")
    file.write_text(file.read_text().replace(run.split(" ")[0], old))
    site.requests.clear()
    kept.sync()
    assert site.statuses("/page-0") == [304]


@pytest.mark.parametrize("cut", range(1, 400, 23))
def test_a_state_that_is_cut_short_costs_only_time(site: Website, kept: Kept, cut: int) -> None:
    pages(site, 2)
    kept.sources(sitemap_of(site))
    kept.sync()
    file = state_file(kept.library.folder, kept.file)
    file.write_bytes(file.read_bytes()[:-cut])
    assert kept.counts(ALL) == {"unchanged": 2}
    assert len(kept.articles()) == 2
    assert kept.counts(ALL) == {"unchanged": 2}
    assert site.statuses("/page-1")[-1] == 304


def test_a_lost_state_makes_no_second_articles(site: Website, kept: Kept) -> None:
    site.pages |= {"/a": article("Cramps", "One text."), "/b": article("Cramps", "Another text.")}
    kept.sources(f'urls = ["{site.url}/a", "{site.url}/b"]')
    kept.sync()
    before = kept.articles()
    state_file(kept.library.folder, kept.file).unlink()
    assert kept.counts() == {"unchanged": 2}
    assert kept.articles() == before


def test_two_syncs_at_once_are_one_too_many(site: Website, kept: Kept) -> None:
    pages(site, 2)
    kept.sources(sitemap_of(site))
    first = kept.steps()
    next(first)
    with pytest.raises(LibraryError, match="another process"):
        kept.sync()
    assert [change.kind for change in first] == ["new"]
    assert kept.counts() == {"unchanged": 2}


def test_an_article_that_two_pages_claim_does_not_go_with_one_of_them(site: Website, kept: Kept) -> None:
    """As a kill between two lines of the state can leave it, when a page moved whose file was missing."""
    pages(site, 2)
    kept.sources(sitemap_of(site))
    kept.sync()
    state = State(state_file(kept.library.folder, kept.file))
    with state.opened():
        state.put(replace(state.records[f"{site.url}/page-1"], key=f"{site.url}/was-page-1"))
    kept.sync(ALL)
    assert set(kept.articles()) == {"page-0", "page-1"}
    assert kept.counts(ALL) == {"unchanged": 2}


def test_the_state_is_no_article(site: Website, kept: Kept) -> None:
    pages(site, 1)
    kept.sources(sitemap_of(site))
    kept.sync()
    assert {path.name for path in kept.library.folder.iterdir() if not path.name.startswith(".")} == {"page-0.md"}
    assert len(Library(kept.library.folder).articles().articles) == 1
