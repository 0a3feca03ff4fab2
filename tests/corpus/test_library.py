"""A folder of articles: what goes in, what is refused and why, and that nothing is half written."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ArticleError, LibraryError
from corpus.library import Library, Outcome, Overrides
from corpus.models import Article
from corpus.readers.markdown import dump

TEXT = "Eyelid twitches\n\nMost of them pass by themselves within a few days of rest.\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "articles")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "eyelids.txt"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def add(
    library: Library, *paths: Path | str, overrides: Overrides | None = None, replace: bool = False
) -> list[Outcome]:
    return list(library.add(paths, overrides, replace=replace))


def refusal(outcome: Outcome) -> ArticleError:
    assert outcome.status == "refused"
    assert outcome.error
    assert outcome.error.advice
    return outcome.error


def jsonl(path: Path, *articles: dict[str, str]) -> Path:
    path.write_text("\n".join(json.dumps(article) for article in articles))
    return path


def test_an_added_article_can_be_read_back(library: Library, source: Path) -> None:
    (outcome,) = add(library, source)
    assert (outcome.status, outcome.origin) == ("added", str(source))
    assert outcome.article == library.get("eyelid-twitches")
    assert library.articles().articles == (outcome.article,)


def test_an_added_article_says_where_it_came_from(library: Library, source: Path) -> None:
    add(library, source)
    imported = library.get("eyelid-twitches").imported
    assert imported
    assert imported.origin == "in/eyelids.txt"
    assert imported.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", imported.at)


def test_adding_again_changes_nothing(library: Library, source: Path) -> None:
    add(library, source)
    file = library.folder / "eyelid-twitches.md"
    before = (file.stat().st_mtime_ns, file.stat().st_ino)
    assert [outcome.status for outcome in add(library, source, source.parent)] == ["unchanged", "unchanged"]
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_a_changed_file_updates_its_article(library: Library, source: Path) -> None:
    add(library, source)
    source.write_text(TEXT + "\nSleep helps.\n")
    assert [outcome.status for outcome in add(library, source)] == ["updated"]
    assert library.get("eyelid-twitches").text.endswith("Sleep helps.")


def test_an_article_from_elsewhere_keeps_its_id(library: Library, source: Path) -> None:
    add(library, source)
    other = source.with_name("other.txt")
    other.write_text(TEXT + "\nSleep helps.\n")
    assert "another article, from in/eyelids.txt, has the id" in str(refusal(add(library, other)[0]))
    assert [outcome.status for outcome in add(library, other, replace=True)] == ["updated"]


def test_a_written_article_is_not_overwritten_by_an_import(library: Library, source: Path) -> None:
    library.folder.mkdir()
    (library.folder / "own.md").write_text(dump(Article("eyelid-twitches", "Mine", "My words.")))
    assert "from no import" in str(refusal(add(library, source)[0]))
    assert library.get("eyelid-twitches").text == "My words."


def test_a_file_in_the_way_is_not_overwritten(library: Library, source: Path) -> None:
    library.folder.mkdir()
    broken = library.folder / "eyelid-twitches.md"
    broken.write_text("no front matter")
    assert "is taken by a file that is not the article" in str(refusal(add(library, source)[0]))
    assert broken.read_text() == "no front matter"


def test_two_articles_with_one_id_in_one_run_are_refused(library: Library, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", *({"id": "a", "title": "A", "text": text} for text in ("One.", "Two.")))
    first, second = add(library, path, replace=True)
    assert first.status == "added"
    assert f"its id 'a' is also that of an article in {path}" in str(refusal(second))


def test_a_line_of_json_is_unchanged_when_another_changes(library: Library, tmp_path: Path) -> None:
    lines = [{"id": each, "title": each, "text": f"Text {each}."} for each in "abc"]
    path = jsonl(tmp_path / "a.jsonl", *lines)
    assert [outcome.status for outcome in add(library, path)] == ["added"] * 3
    lines[1]["text"] = "New."
    jsonl(path, *lines)
    assert [outcome.status for outcome in add(library, path)] == ["unchanged", "updated", "unchanged"]


def test_folders_are_read_with_those_below_but_not_hidden_files(library: Library, source: Path) -> None:
    for name in (".hidden.txt", ".git/a.txt", "below/deep.md", "picture.png"):
        path = source.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name.strip('.')} text\n\nSome words on it.\n")
    outcomes = [outcome for outcome in add(library, source.parent) if outcome.article]
    assert sorted(Path(outcome.origin).name for outcome in outcomes) == ["deep.md", "eyelids.txt"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("blank.md", b" \n", "the file is empty"),
        ("binary.txt", b"a\0b", "binary"),
        ("latin.txt", b"Bl\xe4sse", "not UTF-8 at byte 2"),
        ("broken.md", b"---\ntitle: [\n---\n\nText.", "broken front matter"),
        ("page.html", b"<script>draw()</script>", "there is no article in the page"),
        ("picture.gif", b"GIF89a", "cannot be read"),
        ("bad.jsonl", b"{", "line 1: not JSON"),
        ("huge.txt", b"a" * 50_000_001, "50 MB, more than"),
    ],
)
def test_a_bad_file_is_refused_and_the_others_go_in(
    library: Library, source: Path, name: str, data: bytes, reason: str
) -> None:
    bad = source.with_name(name)
    bad.write_bytes(data)
    outcome, other = add(library, bad, source)
    assert str(refusal(outcome)).startswith(f"{bad}: ")
    assert reason in str(outcome.error)
    assert other.status == "added"


def test_what_is_not_a_file_is_refused(library: Library, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    missing, empty, address = add(library, tmp_path / "gone.txt", tmp_path / "none", "http://127.0.0.1/a")
    assert "no such file" in str(refusal(missing))
    assert "no article file" in str(refusal(empty))
    assert "which is not a public address" in str(refusal(address))


def test_overrides_go_before_what_the_file_says(library: Library, source: Path) -> None:
    told = Overrides(
        title="Twitching eyelids",
        url="https://example.org/eyelids",
        publisher="Eye News",
        authors=("Jane Doe", "Jo Roe"),
        published=date(2020, 3, 1),
        updated=date(2020, 9, 1),
        reviewed=date(2021, 3, 1),
        review_status="reviewed",
        language="en-GB",
        licence="CC BY 4.0",
        also_called=("Lid twitch", "Myokymia"),
    )
    article = add(library, source, overrides=told)[0].article
    assert article
    assert article.id == "twitching-eyelids"
    for field in (
        "title",
        "url",
        "publisher",
        "authors",
        "published",
        "updated",
        "reviewed",
        "review_status",
        "language",
        "licence",
        "also_called",
    ):
        assert getattr(article, field) == getattr(told, field)


def test_an_article_in_another_language_is_refused_unless_asked_for(library: Library, source: Path) -> None:
    spanish = "Los calambres son contracciones involuntarias de un músculo, y casi siempre pasan solos. "
    source.write_text(f"Calambres\n\n{spanish * 3}\n")
    assert "'Calambres' is in another language, not in English" in str(refusal(add(library, source)[0]))
    article = add(library, source, overrides=Overrides(language="es"))[0].article
    assert article
    assert article.language == "es"


def test_other_names_come_back_from_the_file(library: Library, source: Path) -> None:
    added = add(library, source, overrides=Overrides(also_called=("Charley horse", "Wadenkrampf")))[0].article
    assert added
    assert library.get(added.id).also_called == ("Charley horse", "Wadenkrampf")


def test_an_override_that_is_not_valid_is_refused(library: Library, source: Path) -> None:
    assert "not a web address" in str(refusal(add(library, source, overrides=Overrides(url="example"))[0]))


def test_one_id_serves_one_article(library: Library, source: Path) -> None:
    other = source.with_name("other.txt")
    other.write_text("Legs\n\nThey twitch too.\n")
    first, second = add(library, source, other, overrides=Overrides(id="mine"))
    assert first.article
    assert first.article.id == "mine"
    assert "one id was given for several articles" in str(refusal(second))


def test_two_files_with_one_id_are_an_error_that_names_both(library: Library) -> None:
    library.folder.mkdir()
    for name in ("b.md", "a.md"):
        (library.folder / name).write_text(dump(Article("same", name, "Text.")))
    loaded = library.articles()
    assert [article.title for article in loaded.articles] == ["a.md"]
    (error,) = loaded.errors
    assert str(error).startswith(str(library.folder / "b.md"))
    assert str(library.folder / "a.md") in str(error)


def test_a_broken_article_does_not_hide_the_others(library: Library, source: Path) -> None:
    add(library, source)
    (library.folder / "broken.md").write_text("---\nid: a\n---\n")
    loaded = library.articles()
    assert [article.id for article in loaded.articles] == ["eyelid-twitches"]
    assert "broken.md: no title" in str(loaded.errors[0])


def test_articles_come_sorted_by_id_from_folders_below_too(library: Library) -> None:
    (library.folder / "z").mkdir(parents=True)
    for place in ("z/a", "b", ".hidden"):
        (library.folder / f"{place}.md").write_text(dump(Article(place[-1], "T", "Text.")))
    assert [article.id for article in library.articles().articles] == ["a", "b"]


def test_a_removed_article_is_gone(library: Library, source: Path) -> None:
    add(library, source)
    library.remove("eyelid-twitches")
    assert library.articles().articles == ()


def test_an_unknown_id_suggests_close_ones(library: Library, source: Path) -> None:
    add(library, source)
    for action in (library.get, library.remove):
        with pytest.raises(LibraryError, match="no article has the id 'eyelid-twitch'") as caught:
            action("eyelid-twitch")
        assert caught.value.advice == "Did you mean eyelid-twitches?"


def test_a_missing_folder_is_named(library: Library) -> None:
    with pytest.raises(LibraryError, match="is not a folder"):
        library.articles()


def test_a_folder_that_cannot_be_made_is_named(source: Path) -> None:
    with pytest.raises(LibraryError, match=r"cannot be written: (?:not a directory|file exists)"):
        add(Library(source / "articles"), source)


def test_no_temporary_file_stays(library: Library, source: Path) -> None:
    add(library, source)
    assert [path.name for path in library.folder.iterdir()] == ["eyelid-twitches.md"]


@given(article=st.from_type(Article))
def test_any_article_file_goes_through_a_library(tmp_path_factory: pytest.TempPathFactory, article: Article) -> None:
    folder = tmp_path_factory.mktemp("library")
    library = Library(folder / "articles")
    library.folder.mkdir()
    (library.folder / "a.md").write_bytes(dump(article).encode())
    assert library.articles().articles == (article,)
    assert library.get(article.id) == replace(article)


def test_the_shipped_articles_are_all_readable() -> None:
    loaded = Library(Path(__file__).resolve().parents[2] / "corpus" / "articles").articles()
    assert loaded.errors == ()
    assert len(loaded.articles) >= 12


def test_real_texts_go_in_and_stay(library: Library, shared: Path) -> None:
    paths = (shared / "articles", shared / "data" / "medlineplus" / "articles.jsonl")
    assert Counter(outcome.status for outcome in add(library, *paths)) == {"added": 1025}
    assert Counter(outcome.status for outcome in add(library, *paths)) == {"unchanged": 1025}
    assert library.articles().errors == ()
