"""English goes in; another language is refused by name unless it is asked for."""

import json
from pathlib import Path

import pytest

from corpus.errors import ArticleError
from corpus.language import check, code, declare, told_by
from corpus.models import Article

ENGLISH = "Most people who have cramps at night do not need a medicine. Stretching the calf helps many of them."
OTHERS = [
    "Los calambres son contracciones involuntarias de un músculo. Casi siempre pasan solos, y estirar la pierna ayuda a"
    " muchas personas. Consulte a su médico si son muy frecuentes.",
    "Muskelzuckungen sind meist harmlos. Wer viel Kaffee trinkt oder wenig schläft, bemerkt sie an den Augen und in den"
    " Waden, und oft hört das Zucken nach einigen Tagen von selbst auf.",
    "Les crampes sont des contractions douloureuses. Elles surviennent surtout la nuit et passent en quelques minutes."
    " On peut étirer le mollet, boire un peu d'eau et se reposer.",
    "De spieren trekken samen en dat is meestal onschuldig. In de nacht is het vaak erger, en koffie of stress kan de"
    " klachten sterker maken. Ga naar de huisarts als het aanhoudt.",
    "As cãibras são comuns à noite e passam em poucos minutos. O corpo precisa de água e de descanso para se recuperar,"
    " e alongar a perna ajuda muitas pessoas.",
    "Судороги мышц чаще всего безвредны и проходят сами за несколько минут, особенно если потянуть ногу и отдохнуть.",
    "肌肉抽筋通常是无害的,大多数人在几分钟内会自行好转。拉伸小腿可以缓解疼痛,如果经常发生请咨询医生。",
]


@pytest.mark.parametrize("text", OTHERS, ids=lambda text: str(text)[:12])
def test_other_languages_are_told_from_english(text: str) -> None:
    assert told_by(text) == "und"


@pytest.mark.parametrize("text", [ENGLISH, "Leg cramps", "Café, naïve, façade", ""])
def test_english_and_what_is_too_short_to_tell_are_english(text: str) -> None:
    assert told_by(text) == "en"


def test_real_articles_are_english(shared: Path) -> None:
    lines = (shared / "data" / "medlineplus" / "articles.jsonl").read_text("utf-8").splitlines()
    assert {told_by(json.loads(line)["text"]) for line in lines} == {"en"}


@pytest.mark.parametrize(("named", "expected"), [("English", "en"), ("en_US", "en-US"), ("es", "es"), (" en ", "en")])
def test_a_language_is_written_as_its_code(named: str, expected: str) -> None:
    assert code(named) == expected
    assert declare({"language": named}, OTHERS[0])["language"] == expected


@pytest.mark.parametrize("language", ["en", "en-GB", "EN"])
def test_english_passes(language: str) -> None:
    check(Article("a", "A", ENGLISH, language=language), None, "a.txt")


@pytest.mark.parametrize(("language", "named"), [("es", "the language 'es'"), ("und", "another language")])
def test_another_language_is_refused_unless_asked_for(language: str, named: str) -> None:
    article = Article("a", "Calambres", OTHERS[0], language=language)
    with pytest.raises(ArticleError, match=rf"^a\.html: 'Calambres' is in {named}, not in English") as caught:
        check(article, None, "a.html")
    assert "--language" in caught.value.advice
    check(article, "es-MX", "a.html")


def test_what_is_asked_for_goes_before_what_a_page_wrongly_says() -> None:
    check(Article("a", "Calambres", OTHERS[0], language="en"), "es", "a.html")


def test_the_english_article_of_a_mixed_set_is_not_taken_for_the_language_asked_for() -> None:
    with pytest.raises(ArticleError, match="'Cramps' is in English, and 'es' was asked for"):
        check(Article("a", "Cramps", ENGLISH, language="en"), "es", "a.xml")


def test_a_text_that_declares_nothing_can_be_called_english() -> None:
    check(Article("a", "Latin names", OTHERS[0], language="und"), "en", "a.txt")
