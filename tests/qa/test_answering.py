"""Questions to the index of the shipped articles: quoted word for word, cited, followed up, declined."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from corpus.errors import NoSnapshot
from corpus.library import Library
from corpus.structure import sentences
from index.encoder import MiniLM
from index.live import FixedIndex, LiveIndex
from index.snapshot import Snapshot
from index.store import SnapshotStore
from qa.answering import LONGEST, Answerer, Choices
from qa.models import Answer, CitedPassage
from qa.notices import Notices

QUESTIONS = """
what is BFS?
What is benign fasciculation syndrome?
what is a fasciculation
what causes muscle twitching?
can stress cause muscle twitching?
does coffee make twitching worse?
can nicotine make muscles twitch
which minerals matter for muscles?
can low magnesium cause twitching?
can low calcium cause muscle twitching
which medicines can cause twitching?
why do my muscles twitch after exercise?
can anxiety cause twitching
where do BFS twitches happen?
what are the symptoms of BFS?
how is BFS diagnosed?
what is an EMG?
how is BFS treated?
is there a medicine that stops BFS twitching
how can I live with BFS
how is BFS different from ALS?
can BFS turn into ALS?
what is ALS?
what are the symptoms of ALS?
what causes ALS?
how does ALS affect breathing
what is cramp-fasciculation syndrome?
what is a tremor?
are tremors and twitches the same?
when should I see a doctor about twitching?
is BFS dangerous
how common are muscle twitches
my eyelid keeps twitching, what can it be
facsiculation causes
magnesum deficency twitching
wat is electromiografy
does muscle wasting happen in BFS
what is a motor unit
can relaxation help with BFS
which serious illnesses cause fasciculations?
""".strip().splitlines()
OFF_TOPIC = """
who won the world cup in 1998?
how do I bake sourdough bread?
what is the capital of Mongolia
best laptop for students
how do I renew my passport
write a poem about the sea
what is the boiling point of iron
how do I change a bicycle tyre
""".strip().splitlines()
NEVER_READ = "\x00\x07\u202e\u200b"


def ranked_the_same(one: Answer, other: Answer) -> bool:
    return replace(one, took_ms=0) == replace(other, took_ms=0)


def marked(passage: CitedPassage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.highlights]


def assert_word_for_word(snapshot: Snapshot, answer: Answer) -> None:
    """Every promise about a quotation that can be checked from the answer and the articles alone."""
    for number, passage in enumerate(answer.passages, start=1):
        article = snapshot.articles[passage.article.id]
        assert passage.text == article.text[passage.start : passage.end]
        assert passage.id == f"{article.id}:{passage.start}-{passage.end}"
        assert passage.number == number
        assert passage.article.title == article.title
        assert passage.article.section == article.section_at(passage.start) == article.section_at(passage.end - 1)
        assert passage.article_link == f"/articles/{article.id}#p{passage.start}-{passage.end}"
        whole = [span.of(passage.text) for span in sentences(passage.text)]
        assert [text for text in marked(passage) if text not in whole] == []
        assert passage.why


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_quotation_is_word_for_word(answerer: Answerer, snapshot: Snapshot, question: str) -> None:
    answer = answerer.answer(question)
    assert_word_for_word(snapshot, answer)
    assert len(answer.passages) <= 3
    assert answer.snapshot == snapshot.id
    assert answer.question == question
    assert [passage.score for passage in answer.passages] == sorted(
        (passage.score for passage in answer.passages), reverse=True
    )


def test_there_are_forty_questions() -> None:
    assert len(set(QUESTIONS)) == 40


@pytest.mark.parametrize(
    ("question", "words"),
    [
        # The examples on the page come first.
        ("What is benign fasciculation syndrome?", "fasciculation"),
        ("Can stress cause muscle twitching?", "stress"),
        ("How is BFS different from ALS?", "ALS"),
        ("How is BFS diagnosed?", "diagnos"),
        ("Does coffee make twitching worse?", "caffeine"),
        ("When should I see a doctor about twitching?", "doctor"),
        ("what is an EMG?", "lectr"),
        ("facsiculation causes", "fasciculation"),
        ("magnesum deficency twitching", "magnesium"),
    ],
)
def test_plain_questions_are_answered(answerer: Answerer, question: str, words: str) -> None:
    answer = answerer.answer(question)
    assert (answer.status, answer.reason) == ("answered", None)
    assert any(words in passage.text for passage in answer.passages)


@pytest.mark.parametrize("k", [1, 2, 3, 10])
def test_at_most_k_passages(answerer: Answerer, k: int) -> None:
    answer = answerer.answer("what causes muscle twitching?", k=k)
    assert 1 <= len(answer.passages) <= k


@pytest.mark.parametrize("question", ["what is BFS?", "does coffee make twitching worse?", "capital of France"])
def test_the_same_question_has_the_same_answer(answerer: Answerer, encoder: MiniLM, question: str) -> None:
    again = Answerer(answerer._live, Notices.load())
    assert ranked_the_same(answerer.answer(question), answerer.answer(question))
    assert ranked_the_same(answerer.answer(question), again.answer(question))


def test_a_follow_up_is_answered_like_the_whole_question(answerer: Answerer) -> None:
    leaning = answerer.answer("how is it diagnosed?", history=["what is BFS?"])
    whole = answerer.answer("how is BFS diagnosed?")
    assert leaning.searched == "how is benign fasciculation syndrome diagnosed"
    assert leaning.question == "how is it diagnosed?"
    assert leaning.status == "answered"
    assert leaning.passages == whole.passages


def test_a_new_topic_is_answered_as_if_nothing_had_been_asked(answerer: Answerer) -> None:
    alone = answerer.answer("what is a tremor?")
    after = answerer.answer("what is a tremor?", history=["what is BFS?", "how is it treated?"])
    assert ranked_the_same(alone, after)


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_other_topics_are_declined(answerer: Answerer, snapshot: Snapshot, question: str) -> None:
    answer = answerer.answer(question)
    assert (answer.status, answer.reason) == ("no_answer", "not_covered")
    assert answer.passages == ()
    assert answer.confidence.probability < 0.5
    for topic in answer.nearest:
        assert topic.article_id in snapshot.articles
        assert topic.article_link.startswith(f"/articles/{topic.article_id}#p")


def test_a_question_near_the_articles_names_the_nearest_topics(answerer: Answerer) -> None:
    answer = answerer.answer("which surgeon removes muscle tumours in dogs")
    assert answer.reason == "not_covered"
    assert 1 <= len(answer.nearest) <= 3
    assert len({topic.title for topic in answer.nearest}) == len(answer.nearest)


@pytest.mark.parametrize(
    ("typed", "reason"), [("hi", "not_a_question"), ("👍", "unclear"), ("", "unclear"), ("asdfghjkl", "unclear")]
)
def test_what_is_no_question_is_declined(answerer: Answerer, typed: str, reason: str) -> None:
    answer = answerer.answer(typed)
    assert (answer.status, answer.reason, answer.passages) == ("no_answer", reason, ())


def test_exact_searches_what_was_typed(answerer: Answerer) -> None:
    answer = answerer.answer("how is  it facsiculated?", history=["what is BFS?"], exact=True)
    assert answer.searched == "how is it facsiculated"


def test_a_weak_match_is_no_answer_in_an_emergency(answerer: Answerer) -> None:
    said = "crushing chest pain going down my left arm and im sweating, what do i do"
    snapshot, known = answerer.snapshot(), answerer.choices.calibration
    assert snapshot
    for level_from, status in ((known.medium_from, "no_answer"), (0.0, "answered")):
        choices = Choices(replace(known, answer_from=0.0, medium_from=level_from))
        answer = Answerer(FixedIndex(snapshot), Notices.load(), choices).answer(said)
        assert [notice.kind for notice in answer.notices] == ["emergency"]
        assert (answer.status, answer.nearest) == (status, ())


STORY = (
    "I am 44 and the twitching began in both calves last October after a stomach bug. The neurologist did an EMG of "
    "four limbs, which was clean. Since then I've lost my job because I could not concentrate, and I have sorted out "
    "the life insurance so that Karen and the boys will be all right without me. "
)


DOUBTFUL = (
    "I am 44 and the twitching began in both calves last October after a stomach bug. The neurologist did an EMG and "
    "found nothing, my GP laughed. My wife is tired of hearing of it, and so am I. I have told them where the papers "
    "are, one never knows. "
)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (DOUBTFUL + "Can caffeine cause muscle twitching?", "answered"),
        (DOUBTFUL + "What is the point of waiting for the end if it is ALS?", "no_answer"),
        (DOUBTFUL + "Can caffeine cause muscle twitching? I just want out.", "no_answer"),
        (STORY + "Anyway, my question is whether caffeine can cause muscle twitching?", "no_answer"),
        (STORY * 2 + "That is all, kind regards from a man with twitching muscles.", "no_answer"),
        (STORY + "I want to kill myself. Can caffeine cause muscle twitching?", "no_answer"),
        (STORY + "Can too much caffeine make it so that I do not have to be here any more?", "no_answer"),
        (STORY + "What is ALS, and is there a way out of life before it gets bad?", "no_answer"),
        ("I want to die because of this twitching. Can caffeine cause muscle twitching?", "no_answer"),
    ],
)
def test_in_a_crisis_only_what_is_asked_in_a_doubtful_one_is_quoted(answerer: Answerer, said: str, status: str) -> None:
    answer = answerer.answer(said)
    assert "crisis" in {notice.kind for notice in answer.notices}
    assert (answer.status, answer.nearest) == (status, ())
    assert answer.confidence.level != "low" or not answer.passages


def test_an_emergency_is_noticed_above_any_answer(answerer: Answerer) -> None:
    kinds = {notice.kind for notice in answerer.answer("I have crushing chest pain and cannot breathe").notices}
    assert kinds == {"emergency"}
    assert answerer.answer("what is BFS?").notices == ()


@pytest.mark.parametrize(
    "typed",
    [
        "what is BFS? " * 400,
        "x" * 10_000,
        f"what is {NEVER_READ} BFS?",
        "ما هي متلازمة الارتعاش الحميد؟",
        "עווית שריר?",
        "<script>alert(1)</script> what is BFS?",
        "**what** is [BFS](javascript:alert(1))",
        "{{ 7 * 7 }} ' OR 1=1 --",
        "what\r\nis\tBFS",
        "‽" * 50,
    ],
    ids=lambda typed: ascii(typed[:20]),
)
def test_any_input_is_answered_or_declined(answerer: Answerer, snapshot: Snapshot, typed: str) -> None:
    answer = answerer.answer(typed)
    assert answer.status in ("answered", "no_answer")
    assert answer.question == typed[:LONGEST]
    assert_word_for_word(snapshot, answer)


@hypothesis_settings(max_examples=30)
@given(st.text(max_size=100), st.lists(st.text(max_size=30), max_size=2))
def test_any_text_is_answered_or_declined(
    answerer: Answerer, snapshot: Snapshot, typed: str, history: list[str]
) -> None:
    answer = answerer.answer(typed, history)
    assert bool(answer.passages) == (answer.status == "answered") == (answer.reason is None)
    assert_word_for_word(snapshot, answer)


@pytest.mark.parametrize("question", ["what is BFS?", "how do I bake bread?", "ALS"])
def test_search_ranks_what_answer_quotes(answerer: Answerer, snapshot: Snapshot, question: str) -> None:
    found = answerer.search(question, k=5)
    assert len(found.hits) == 5
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)
    best = snapshot.passage(found.hits[0].passage_id)
    answer = answerer.answer(question)
    if answer.passages:
        first = answer.passages[0]
        assert first.article.id == best.article_id
        assert first.start <= best.start < best.end <= first.end


def test_search_gives_as_many_as_there_are(answerer: Answerer, snapshot: Snapshot) -> None:
    found = answerer.search("muscle", k=10_000)
    ids = [hit.passage_id for hit in found.hits]
    assert sorted(ids) == sorted(row.passage.id for row in snapshot.rows)
    assert answerer.search("hi").hits == ()


def test_an_empty_index_is_said(tmp_path: Path, encoder: MiniLM) -> None:
    store = SnapshotStore(tmp_path, encoder)
    store.build([])
    answer = Answerer(LiveIndex(store), Notices.load()).answer("what is BFS?")
    assert (answer.status, answer.reason, answer.passages) == ("no_answer", "empty_index", ())


def test_no_index_is_said(tmp_path: Path, encoder: MiniLM) -> None:
    answerer = Answerer(LiveIndex(SnapshotStore(tmp_path / "none", encoder)), Notices.load())
    answer = answerer.answer("what is BFS?")
    assert (answer.reason, answer.snapshot) == ("empty_index", None)
    assert answerer.search("what is BFS?").hits == ()
    with pytest.raises(NoSnapshot):
        answerer.require_index()


# The two scraped articles. Only short fragments of them may stand here.


@pytest.fixture(scope="module")
def scraped(
    real_articles: Path, tmp_path_factory: pytest.TempPathFactory, encoder: MiniLM
) -> tuple[Answerer, Snapshot]:
    folder = tmp_path_factory.mktemp("scraped")
    library = Library(folder / "articles")
    outcomes = list(library.add(sorted(real_articles.glob("*.txt"))))
    assert [outcome.status for outcome in outcomes] == ["added", "added"]
    store = SnapshotStore(folder / "data", encoder)
    store.build(library.articles().articles)
    answerer = Answerer(LiveIndex(store), Notices.load())
    snapshot = answerer.snapshot()
    assert snapshot
    return answerer, snapshot


REAL_QUESTIONS: list[tuple[list[str], str, str]] = [
    ([], "what is a fasciculation?", "muscle twitch"),
    ([], "what part of the body twitches most often", "calves and thighs"),
    ([], "which minerals are people lacking who twitch", "magnesium"),
    ([], "is BFS linked to a viral infection?", "viral infection"),
    ([], "does BFS cause nerve damage?", "nerve damage"),
    ([], "how common are benign fasciculations?", "70"),
    ([], "what are tremors?", "rhythmic"),
    ([], "do genes or pollutants play a role in ALS?", "mutations in certain genes"),
    ([], "what problems with breathing does ALS cause?", "shortness of breath"),
    ([], "what is cramp-fasciculation syndrome", "cramps or pain"),
    ([], "what is muscle wasting", "muscle wasting"),
    # Misspelt.
    ([], "wich part of the brain causes tremmors", "cerebellum"),
    ([], "are facsiculations and twiches the same thing", "interchangeably"),
    ([], "does anxeity triger fasiculations", "anxiety"),
    ([], "can drinking to much caffiene cause benign fasciculatons", "caffeine"),
    # As follow-ups.
    (["what is BFS?"], "how is it diagnosed?", "by exclusion"),
    (["what is BFS?"], "does it cause nerve damage?", "nerve damage"),
    (["what is benign fasciculation syndrome?"], "is it linked to a viral infection?", "viral infection"),
    (["What are tremors?"], "which part of the brain causes them?", "cerebellum"),
    (["what is ALS?"], "what breathing problems can it cause?", "shortness of breath"),
]


@pytest.mark.parametrize(("history", "question", "fragment"), REAL_QUESTIONS)
def test_the_sentence_that_answers_is_marked_in_real_articles(
    scraped: tuple[Answerer, Snapshot], history: list[str], question: str, fragment: str
) -> None:
    answerer, snapshot = scraped
    answer = answerer.answer(question, history)
    assert answer.status == "answered"
    assert_word_for_word(snapshot, answer)
    assert any(fragment.lower() in " ".join(marked(passage)).lower() for passage in answer.passages)


@pytest.mark.parametrize("question", [*OFF_TOPIC, "how is appendicitis treated?", "what is the dose of ibuprofen"])
def test_real_articles_do_not_answer_other_topics(scraped: tuple[Answerer, Snapshot], question: str) -> None:
    answer = scraped[0].answer(question)
    assert (answer.status, answer.passages) == ("no_answer", ())


def test_no_introduction_without_its_list_is_shown(scraped: tuple[Answerer, Snapshot]) -> None:
    """Scraping lost the lists: a sentence that ends in a colon must be followed by items wherever it is shown."""
    answerer, snapshot = scraped
    shown = [row.passage.text for row in snapshot.rows]
    shown += [passage.text for _, question, _ in REAL_QUESTIONS for passage in answerer.answer(question).passages]
    assert any(": \n" in article.text or ":\n" in article.text for article in snapshot.articles.values())
    for text in shown:
        assert "include: " not in text
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            assert not line.endswith(":") or following.startswith("- "), line
