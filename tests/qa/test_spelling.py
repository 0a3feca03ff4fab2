"""What is misspelt is mended; every real word, name and medicine stays as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Article
from index.lexical import words
from index.snapshot import Snapshot
from qa.service import load_articles
from qa.settings import Settings
from qa.spelling import Spelling

REAL = """
    spam grape kettle orchestra photosynthesis guitar mortgage bicycle quarterly umbrella thunder algebra tortilla
    scoliosis tinnitus nystagmus psoriasis asthma migraine eczema gout hypothyroidism pneumonia sciatica vertigo
    """.split()
HURRIED = ["dont", "cant", "wasnt", "wouldnt", "theyre"]
"""Apostrophes are the first thing a thumb leaves out: "i dont want to die" is not "i done want to die"."""
MEDICINES = """
    ibuprofen paracetamol acetaminophen sertraline escitalopram gabapentin pregabalin lisinopril metformin omeprazole
    atorvastatin levothyroxine azithromycin salbutamol semaglutide riluzole edaravone baclofen tizanidine ketamine
    methylphenidate statins bisoprolol olanzapine naproxen
    """.split()
BRANDS = """
    Ozempic Wegovy Mounjaro Abilify Crestor Concerta Moderna Claritin Panadol Lipitor Cialis Seroquel Topamax Effexor
    Neurontin Cymbalta Remeron Tylenol Advil Nurofen Xanax Prozac Zoloft Lyrica Adderall Ritalin Starbucks Fitbit
    Redbull Pfizer
    """.split()
PEOPLE = "Siobhan Svetlana Krzysztof Nguyen Ibrahim Ayesha Muhammad Olivia Parkinson Alzheimer Huntington".split()
SHIPPED, _ = load_articles(Settings())
TYPED = st.text(max_size=60) | st.lists(
    st.sampled_from(
        "facsiculation magnesum twich's eyelidtwitch Ozempic ELECTROMIOGRAFY musle-cramp teh qwertyuiop what causes "
        "don’t naïve 100mg a_b \u0301 👍 , ( ).".split(" ")
    ),
    max_size=8,
).map(" ".join)


@pytest.fixture(scope="module")
def spelling(snapshot: Snapshot) -> Spelling:
    return Spelling(snapshot.vocabulary)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("facsiculation", "fasciculation"),
        ("magnesum deficency", "magnesium deficiency"),
        ("eyelidtwitch", "eyelid twitch"),
        ("electromiografy", "electromyography"),
        ("benign fasiculation sindrome", "benign fasciculation syndrome"),
        ("amyotropic latteral sclorosis", "amyotrophic lateral sclerosis"),
        ("exersise", "exercise"),
        ("anxeity", "anxiety"),
        ("caffiene", "caffeine"),
        ("musle", "muscle"),
        ("nurologist", "neurologist"),
        ("pottasium", "potassium"),
        ("becuase", "because"),
    ],
)
def test_misspelt_words_are_mended(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.correct(typed) == meant


@pytest.mark.parametrize("word", [*REAL, *HURRIED, *MEDICINES, *BRANDS, *PEOPLE])
def test_real_words_and_names_are_left_alone(spelling: Spelling, word: str) -> None:
    for typed in (word, word.lower(), word.capitalize(), f"can {word} cause twitching?"):
        assert spelling.correct(typed) == typed


@pytest.mark.parametrize("article", SHIPPED, ids=lambda article: str(article.id))
def test_every_word_of_an_article_is_left_alone(spelling: Spelling, article: Article) -> None:
    text = f"{article.title}\n{article.text}"
    assert [word for word in words(text) if spelling.correct(word) != word] == []
    assert spelling.correct(text) == text
    assert all(map(spelling.knows, words(text)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  WHY  do my Musles\ttwitch?!", "  WHY  do my muscles\ttwitch?!"),
        ("(facsiculation), “magnesum”…", "(fasciculation), “magnesium”…"),
        ("Is BFS a Musle-Thing?", "Is BFS a muscle-Thing?"),
        ("musle 1musle musle2 a_musle", "muscle 1musle musle2 a_musle"),
        ("facsiculation/facsiculation", "fasciculation/fasciculation"),
    ],
)
def test_everything_around_a_mended_word_is_kept(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.correct(typed) == meant


@pytest.mark.parametrize("typed", ["EMG", "b12", "musle1", "x", "tyr", "1234567", "", "🦵", "asdfghjkl"])
def test_what_is_too_short_or_no_word_stays(spelling: Spelling, typed: str) -> None:
    assert spelling.correct(typed) == typed


@given(TYPED)
def test_correcting_twice_changes_nothing_more(spelling: Spelling, typed: str) -> None:
    once = spelling.correct(typed)
    assert spelling.correct(once) == once


@given(TYPED)
def test_only_words_change(spelling: Spelling, typed: str) -> None:
    """What is left when all words are taken out is the same before and after, but for the space of a parted word."""
    corrected = spelling.correct(typed)
    assert _without_words(corrected) == _without_words(typed)


def test_no_vocabulary_is_no_error() -> None:
    assert Spelling({}).correct("what is a facsiculation") == "what is a facsiculation"


def test_a_mended_word_is_one_of_the_articles_or_of_english(spelling: Spelling) -> None:
    for typed in ("facsiculation", "deficency", "sindrome"):
        assert spelling.knows(spelling.correct(typed))
        assert not spelling.knows(typed)


def _without_words(text: str) -> str:
    for word in words(text):
        text = text.replace(word, "", 1)
    return text.replace(" ", "")


def test_a_slip_that_looks_like_a_rare_plural_is_mended(spelling: Spelling) -> None:
    assert spelling.correct("can strees make my calfs twitch") == "can stress make my calfs twitch"
