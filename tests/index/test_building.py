"""A build cuts exact passages, embeds only what is new, and makes the same index as a build from nothing."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import chunking
from corpus.models import Article, Passage, cut
from index import lexical
from index import manifest as manifests
from index.building import Changes, passage_changes
from index.encoder import Encoder, MiniLM, Model, Progress, Vectors
from index.hashing import HashingEncoder
from index.snapshot import Snapshot
from index.store import SnapshotStore

Library = tuple[Article, ...]

QUESTIONS = ["what makes muscles twitch", "how much coffee", "Muskelzucken", "zygomaticus", "筋肉", ""]


class RecordingEncoder:
    """Passes everything on and keeps the texts that were encoded."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.texts: list[str] = []

    @property
    def model(self) -> Model:
        return self._encoder.model

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.texts += texts
        return self._encoder.encode(texts, progress)

    def count_tokens(self, text: str) -> int:
        return self._encoder.count_tokens(text)


class OtherEncoder(HashingEncoder):
    model = replace(HashingEncoder.model, name="another model")


@pytest.fixture
def recorder(encoder: HashingEncoder) -> RecordingEncoder:
    return RecordingEncoder(encoder)


def built(folder: Path, encoder: Encoder, *libraries: Sequence[Article]) -> Snapshot:
    """What is live after building each of the libraries in turn."""
    store = SnapshotStore(folder, encoder)
    for articles in libraries:
        store.build(articles)
    return store.open()


def everything_encoded(folder: Path, articles: Sequence[Article]) -> set[str]:
    recorder = RecordingEncoder(HashingEncoder())
    built(folder, recorder, articles)
    return set(recorder.texts)


def assert_exact(snapshot: Snapshot, articles: Sequence[Article]) -> None:
    texts = {article.id: article.text for article in articles}
    for row in snapshot.rows:
        passage = row.passage
        assert passage.text == texts[passage.article_id][passage.start : passage.end]
        assert all(0 <= span.start < span.end <= len(passage.text) for span in row.sentences)


def assert_equal(one: Snapshot, other: Snapshot, tolerance: float) -> None:
    assert one.rows == other.rows
    assert one.articles == other.articles
    assert one.vocabulary == other.vocabulary
    np.testing.assert_allclose(one.dense.vectors(), other.dense.vectors(), atol=tolerance)
    for row in one.rows:
        key = row.passage.id
        np.testing.assert_allclose(one.sentence_vectors(key), other.sentence_vectors(key), atol=1e-3)
    for question in QUESTIONS:
        np.testing.assert_array_equal(one.lexical.scores(question), other.lexical.scores(question))
        hits, others = one.dense.search(question, 50), other.dense.search(question, 50)
        assert [hit.passage_id for hit in hits] == [hit.passage_id for hit in others]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in others], abs=tolerance)


def test_passages_are_exact_slices(tmp_path: Path, encoder: HashingEncoder, library: Library) -> None:
    snapshot = built(tmp_path, encoder, library)
    assert {row.passage.article_id for row in snapshot.rows} == {article.id for article in library}
    assert_exact(snapshot, library)


def test_articles_come_back_whole(tmp_path: Path, encoder: HashingEncoder, library: Library) -> None:
    assert built(tmp_path, encoder, library).articles == {article.id: article for article in library}


def test_every_row_has_the_vector_of_its_text(tmp_path: Path, encoder: HashingEncoder, library: Library) -> None:
    snapshot = built(tmp_path, encoder, library)
    for row in snapshot.rows:
        title = snapshot.articles[row.passage.article_id].title
        text = ": ".join([title, *row.passage.section]) + "\n" + row.passage.text
        np.testing.assert_allclose(snapshot.vector(row.passage.id), encoder.encode([text])[0], atol=1e-6)
        sentences = encoder.encode([span.of(row.passage.text) for span in row.sentences])
        np.testing.assert_allclose(snapshot.sentence_vectors(row.passage.id), sentences, atol=1e-3)


def test_other_names_are_searched_and_spelt_and_in_no_vector(tmp_path: Path, recorder: RecordingEncoder) -> None:
    cramps = Article(
        "cramps", "Cramps", "A cramp hurts. Stretching may help.\n\n## Causes\n\nNobody knows for certain."
    )
    plain = built(tmp_path / "plain", recorder, [cramps])
    before = set(recorder.texts)
    named = built(tmp_path / "named", recorder, [replace(cramps, also_called=("Charley horse", "Wadenkrampf"))])
    assert set(recorder.texts) == before
    np.testing.assert_array_equal(named.dense.vectors(), plain.dense.vectors())
    assert not plain.lexical.search("wadenkrampf", 5)
    assert {hit.passage_id for hit in named.lexical.search("wadenkrampf", 5)} == {row.passage.id for row in named.rows}
    assert named.vocabulary.keys() - plain.vocabulary.keys() == {"charley", "horse", "wadenkrampf"}
    assert [row.passage for row in named.rows] == [row.passage for row in plain.rows]


def test_another_name_makes_another_snapshot_and_embeds_nothing(tmp_path: Path, recorder: RecordingEncoder) -> None:
    cramps = Article("cramps", "Cramps", "A cramp hurts. Stretching may help.")
    one = built(tmp_path, recorder, [cramps])
    recorder.texts.clear()
    other = built(tmp_path, recorder, [replace(cramps, also_called=("Charley horse",))])
    assert other.manifest.id != one.manifest.id
    assert recorder.texts == []
    assert other.lexical.search("charley", 5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3))
def test_any_unicode_text_is_quoted_exactly(texts: list[str]) -> None:
    articles = [Article(f"a{number}", "Any text", text) for number, text in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder:
        snapshot = built(Path(folder), HashingEncoder(), articles)
        assert {key: article.text for key, article in snapshot.articles.items()} == {a.id: a.text for a in articles}
        assert_exact(snapshot, articles)


@pytest.mark.parametrize(
    "text", ["\r\n\x85\x0b\x0c", "  # not a heading", "the of and", "\ufeffBOM.", "a\x00b\x1c.", "e\u0301" * 400]
)
def test_odd_articles_are_indexed(text: str, tmp_path: Path, encoder: HashingEncoder) -> None:
    article = Article("odd", "\u2028", text)
    snapshot = built(tmp_path, encoder, [article])
    assert_exact(snapshot, [article])
    assert "".join(row.passage.text for row in snapshot.rows).split() == text.split()


def test_only_what_changed_is_embedded(
    tmp_path: Path, recorder: RecordingEncoder, library: Library, revised: Library
) -> None:
    before, after = (everything_encoded(tmp_path / str(number), a) for number, a in enumerate((library, revised)))
    built(tmp_path / "data", recorder, library)
    recorder.texts.clear()
    built(tmp_path / "data", recorder, revised)
    assert sorted(recorder.texts) == sorted(after - before)
    assert any("Tea counts too." in text for text in recorder.texts)
    assert any("bedtime" in text for text in recorder.texts)


def test_new_metadata_make_a_new_snapshot_but_no_new_vector(
    tmp_path: Path, recorder: RecordingEncoder, library: Library
) -> None:
    first = built(tmp_path, recorder, library)
    recorder.texts.clear()
    corrected = [replace(article, publisher="Another publisher") for article in library]
    second = built(tmp_path, recorder, corrected)
    assert recorder.texts == []
    assert second.id != first.id
    assert second.articles["cramps"].publisher == "Another publisher"


def test_a_new_title_is_read_again_by_the_model(tmp_path: Path, recorder: RecordingEncoder, library: Library) -> None:
    built(tmp_path, recorder, library)
    recorder.texts.clear()
    renamed = built(tmp_path, recorder, [replace(article, title="Renamed") for article in library])
    assert len(recorder.texts) == len(renamed.rows)
    assert all(text.startswith("Renamed") for text in recorder.texts)


def test_an_incremental_build_equals_a_full_one(
    tmp_path: Path, encoder: HashingEncoder, library: Library, revised: Library
) -> None:
    step = built(tmp_path / "step", encoder, library, revised)
    full = built(tmp_path / "full", encoder, revised)
    assert step.id == full.id
    assert_equal(step, full, tolerance=0)


def test_an_incremental_build_equals_a_full_one_with_the_real_model(
    tmp_path: Path, minilm: MiniLM, library: Library, revised: Library
) -> None:
    before, after = library[1:2], revised[1::2]
    step = built(tmp_path / "step", minilm, before, after)
    full = built(tmp_path / "full", minilm, after)
    assert_equal(step, full, tolerance=1e-5)


def test_many_small_steps_add_up_to_a_full_build(tmp_path: Path, encoder: HashingEncoder, library: Library) -> None:
    steps = [library[:number] for number in (1, 2, 3, 2, 0, 4)]
    assert_equal(built(tmp_path / "a", encoder, *steps), built(tmp_path / "b", encoder, library), tolerance=0)


def test_a_removed_article_leaves_no_trace(
    tmp_path: Path, encoder: HashingEncoder, library: Library, revised: Library
) -> None:
    def traces(snapshot: Snapshot) -> list[str]:
        files = (tmp_path / "snapshots" / snapshot.id).rglob("*")
        contents = [(file.name, file.read_bytes().lower()) for file in files if file.is_file()]
        return [f"{word} in {name}" for name, data in contents for word in words if word.encode() in data]

    words = ["cramps", "quixotic", "zygomaticus", "stretching"]
    assert len(traces(built(tmp_path, encoder, library))) > 4
    after = built(tmp_path, encoder, revised)
    assert traces(after) == []
    assert after.lexical.search("zygomaticus", 9) == ()
    assert all(not hit.passage_id.startswith("cramps") for hit in after.dense.search("stretching zygomaticus", 99))


def test_unchanged_articles_keep_their_passage_ids(
    tmp_path: Path, encoder: HashingEncoder, library: Library, revised: Library
) -> None:
    before = built(tmp_path, encoder, library)
    after = built(tmp_path, encoder, revised)
    for key in ("twitching", "zucken"):
        assert before.passages_of(key)
        assert after.passages_of(key) == before.passages_of(key)


def test_a_plan_tells_what_a_build_would_change(
    store: SnapshotStore, recorder: RecordingEncoder, library: Library, revised: Library, tmp_path: Path
) -> None:
    store.build(library)
    files = sorted(tmp_path.rglob("*"))
    changes = store.plan(revised).changes()
    assert sorted(tmp_path.rglob("*")) == files
    assert (changes.added, changes.changed, changes.removed) == (("sleep",), ("caffeine",), ("cramps",))
    store.build(revised)
    assert changes.passages == len(store.open().rows)
    assert changes.embedded == 2


def test_an_empty_library_builds_an_empty_snapshot(tmp_path: Path, encoder: HashingEncoder, library: Library) -> None:
    store = SnapshotStore(tmp_path, encoder)
    assert store.build([]).changes == Changes((), (), (), passages=0, embedded=0)
    libraries: list[Library] = [(), library, ()]
    for articles in libraries:
        store.build(articles)
        snapshot = store.open()
        assert set(snapshot.articles) == {article.id for article in articles}
        assert bool(snapshot.dense.search("twitch", 3)) == bool(articles)
        assert bool(snapshot.lexical.search("twitch", 3)) == bool(articles)


def test_another_model_makes_another_snapshot_from_nothing(tmp_path: Path, library: Library) -> None:
    first = built(tmp_path, HashingEncoder(), library)
    recorder = RecordingEncoder(OtherEncoder())
    second = built(tmp_path, recorder, library)
    assert second.id != first.id
    assert set(recorder.texts) == everything_encoded(tmp_path / "full", library)


def test_another_schema_makes_another_snapshot_from_nothing(
    tmp_path: Path, recorder: RecordingEncoder, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(tmp_path, HashingEncoder(), library)
    monkeypatch.setattr(manifests, "SCHEMA", manifests.SCHEMA + 1)
    second = built(tmp_path, recorder, library)
    assert second.id != first.id
    assert set(recorder.texts) == everything_encoded(tmp_path / "full", library)


@pytest.mark.parametrize(("name", "value"), [("AIM", 10), ("MOST", 20)])
def test_another_cut_makes_another_snapshot_from_nothing(
    name: str,
    value: int,
    tmp_path: Path,
    recorder: RecordingEncoder,
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = built(tmp_path / "data", HashingEncoder(), library)
    monkeypatch.setattr(chunking, name, value)
    second = built(tmp_path / "data", recorder, library)
    assert second.id != first.id
    assert set(recorder.texts) == everything_encoded(tmp_path / "full", library)
    assert_equal(second, built(tmp_path / "full", HashingEncoder(), library), tolerance=0)
    assert first.manifest.settings != second.manifest.settings


def test_another_weight_of_words_makes_another_snapshot_of_the_same_vectors(
    tmp_path: Path, recorder: RecordingEncoder, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(tmp_path / "data", HashingEncoder(), library)
    monkeypatch.setattr(lexical, "K1", lexical.K1 + 1)
    second = built(tmp_path / "data", recorder, library)
    assert second.id != first.id
    assert not recorder.texts
    assert_equal(second, built(tmp_path / "full", HashingEncoder(), library), tolerance=0)


texts = st.lists(st.sampled_from(["Coffee.", "Tea is hot.", "Sleep well."]), max_size=4)


@given(before=texts, after=texts)
def test_passage_changes_add_up(before: list[str], after: list[str]) -> None:
    """One article of some paragraphs becomes one of others; what is kept is in neither count."""

    def passages(paragraphs: list[str]) -> list[Passage]:
        article = Article("a", "A", "\n\n".join(paragraphs) or "-")
        starts = [len("\n\n".join(paragraphs[:n])) + 2 * bool(n) for n in range(len(paragraphs))]
        return [cut(article, start, start + len(text)) for start, text in zip(starts, paragraphs, strict=True)]

    changes = passage_changes(passages(before), passages(after))
    assert changes.added - changes.removed == len(after) - len(before)
    assert not (changes.added and changes.removed)
    kept = len(after) - changes.added - changes.changed
    assert kept == sum(min(before.count(text), after.count(text)) for text in set(before))


class AnotherModel(HashingEncoder):
    model = replace(HashingEncoder.model, sha256="f" * 64)


def test_another_model_makes_everything_anew_and_says_why(tmp_path: Path, library: Library) -> None:
    first = SnapshotStore(tmp_path / "data", HashingEncoder())
    assert first.build(library).changes.full_because is None
    assert first.plan(library).changes().full_because is None
    changes = SnapshotStore(tmp_path / "data", AnotherModel()).plan(library).changes()
    assert changes.full_because == "the model was hashed words none"
    assert changes.embedded == changes.passages
