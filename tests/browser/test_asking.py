"""Asking on the page: quotations, their place, follow-ups, honesty, notices, copying."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from qa.answering import Answerer
from tests.browser.driving import QUESTION, Chat


def quotations(turn: Locator) -> list[str | None]:
    return [quotation.text_content() for quotation in turn.locator("blockquote").all()]


def marks(within: Locator) -> str:
    return "".join(within.locator("mark").all_text_contents())


def test_an_answer_is_quoted_word_for_word_with_its_source(chat: Chat, answerer: Answerer) -> None:
    turn = chat.ask(QUESTION)
    passages = answerer.answer(QUESTION).passages
    assert quotations(turn) == [passage.text for passage in passages]
    for passage, card in zip(passages, turn.locator(".card").all(), strict=True):
        assert marks(card) == "".join(passage.text[start:end] for start, end in passage.highlights)
        expect(card).to_contain_text(passage.article.title)
        expect(card).to_contain_text(passage.article.review_status)
        expect(card).to_contain_text(passage.why)
    expect(chat.box).to_have_value("")
    expect(turn.get_by_text("Good match")).to_be_visible()


def test_the_article_opens_at_the_passage(chat: Chat, context: BrowserContext, answerer: Answerer) -> None:
    turn = chat.ask(QUESTION)
    with context.expect_page() as opened:
        turn.locator(".title a").first.click()
    passage = answerer.answer(QUESTION).passages[0]
    parts = opened.value.locator(f"#p{passage.start}-{passage.end}, .part.selected")
    expect(parts.first).to_be_in_viewport()
    shown = "".join(parts.all_text_contents())
    assert "".join(shown.split()) == "".join(passage.text.split())


def test_every_passage_has_its_place_in_its_article(page: Page, answerer: Answerer) -> None:
    snapshot = answerer.snapshot()
    assert snapshot
    for article in snapshot.articles.values():
        page.goto(f"/articles/{article.id}")
        for passage in snapshot.passages_of(article.id):
            assert page.locator(f"#p{passage.start}-{passage.end}").text_content() == passage.text
        assert page.locator(".text").text_content() == article.text


def test_joined_passages_are_outlined_together(page: Page, answerer: Answerer) -> None:
    snapshot = answerer.snapshot()
    assert snapshot
    first, second = snapshot.passages_of("what-are-fasciculations")[:2]
    page.goto(f"/articles/what-are-fasciculations#p{first.start}-{second.end}")
    expect(page.locator(".part.selected")).to_have_count(2)
    expect(page.locator(".part.selected").first).to_be_in_viewport()


def test_the_panel_shows_the_chosen_passage_in_its_article(chat: Chat, answerer: Answerer) -> None:
    turn = chat.ask(QUESTION)
    passages = answerer.answer(QUESTION).passages
    assert len(passages) > 1
    for index, passage in enumerate(passages):
        if index:
            turn.get_by_role("button", name="Show in article").nth(index).click()
        selected = chat.panel.locator("#selected")
        expect(selected).to_have_text(passage.text, use_inner_text=False)
        expect(selected).to_be_in_viewport()
        assert selected.text_content() == passage.text
        assert marks(selected) == "".join(passage.text[start:end] for start, end in passage.highlights)
        expect(chat.panel.get_by_role("heading", name=passage.article.title, exact=True)).to_be_visible()
        expect(turn.locator('[aria-pressed="true"]')).to_have_count(1)


def test_a_follow_up_is_searched_with_what_it_refers_to(chat: Chat) -> None:
    chat.ask("What is benign fasciculation syndrome?")
    turn = chat.ask("how is it diagnosed?")
    expect(turn.locator(".searched")).to_contain_text("benign fasciculation syndrome")
    expect(turn.locator("blockquote").first).to_contain_text("diagnos")


def test_a_new_conversation_forgets_the_one_before(chat: Chat) -> None:
    chat.ask("What is benign fasciculation syndrome?")
    chat.page.get_by_role("button", name="New conversation").click()
    expect(chat.turns).to_have_count(0)
    expect(chat.panel).to_be_hidden()
    expect(chat.page.get_by_role("heading", name="Ask a health question")).to_be_visible()
    turn = chat.ask("how is it diagnosed?")
    expect(turn).not_to_contain_text("Searched for “how is benign")


def test_what_was_typed_can_be_searched_exactly(chat: Chat) -> None:
    chat.ask("how do docters diagnos bfs")
    chat.page.get_by_role("button", name="Search exactly what I typed instead").click()
    turn = chat.answered(2)
    expect(turn.locator(".question")).to_contain_text("how do docters diagnos bfs")
    expect(turn.locator(".searched")).to_have_count(0)


def test_an_example_asks_its_question(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Can stress cause muscle twitching?").click()
    expect(chat.answered(1).locator("blockquote").first).to_contain_text("stress")
    expect(chat.page.get_by_role("heading", name="Try one of these")).to_be_hidden()


def test_what_the_articles_do_not_answer_is_declined_with_topics_to_press(
    chat: Chat, answerer: Answerer, unanswerable: str
) -> None:
    topics = answerer.answer(unanswerable).nearest
    turn = chat.ask(unanswerable)
    expect(turn.get_by_role("heading", name="The articles do not answer this")).to_be_visible()
    expect(turn.locator("blockquote")).to_have_count(0)
    expect(turn.get_by_role("link", name="See all articles")).to_be_visible()
    turn.get_by_role("button", name=topics[0].title).click()
    expect(chat.answered(2).locator(".question")).to_contain_text(topics[0].title)


def test_an_emergency_is_named_above_the_answer(chat: Chat) -> None:
    turn = chat.ask("I have crushing chest pain and cannot breathe")
    notice = turn.get_by_role("alert").first
    expect(notice).to_contain_text("Emergency")
    expect(notice).to_be_in_viewport()
    assert turn.locator("> *").nth(1).get_attribute("class") == "notice notice-emergency"


def test_in_a_crisis_the_notice_is_seen_and_stands_alone(chat: Chat) -> None:
    chat.ask(QUESTION)
    expect(chat.panel).to_be_visible()
    turn = chat.ask("i want to kill myself")
    expect(turn.get_by_role("alert").first).to_be_in_viewport()
    expect(turn.locator("blockquote, .declined")).to_have_count(0)
    expect(chat.panel).to_be_hidden()


def test_an_empty_question_asks_nothing(chat: Chat) -> None:
    chat.box.fill("   ")
    chat.box.press("Enter")
    chat.page.get_by_role("button", name="Send").click()
    expect(chat.turns).to_have_count(0)
    expect(chat.page.get_by_role("heading", name="Try one of these")).to_be_visible()


def test_a_question_can_be_sent_with_the_button(chat: Chat) -> None:
    chat.box.fill(QUESTION)
    chat.page.get_by_role("button", name="Send").click()
    expect(chat.answered(1).locator("blockquote").first).to_be_visible()


def test_copying_takes_the_quotation_and_its_citation(
    chat: Chat, context: BrowserContext, answerer: Answerer, base_url: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = chat.ask(QUESTION)
    turn.get_by_role("button", name="Copy with citation").first.click()
    expect(chat.page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    passage = answerer.answer(QUESTION).passages[0]
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"“{passage.text}”\n{passage.article.title}, {passage.article.publisher}, published ")
    assert copied.strip().endswith(f"{base_url}{passage.article_link}")


def test_copying_works_where_the_clipboard_is_refused(chat: Chat, context: BrowserContext) -> None:
    chat.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    turn = chat.ask(QUESTION)
    turn.get_by_role("button", name="Copy with citation").first.click()
    expect(turn.get_by_text("Copied", exact=True)).to_be_visible()
    chat.page.evaluate("() => { document.execCommand = () => false }")
    turn.get_by_role("button", name="Copy with citation").first.click()
    expect(turn.get_by_text("Copying was refused")).to_be_visible()
    assert chat.page.evaluate("getSelection().toString()").startswith(
        turn.locator("blockquote mark").first.inner_text()
    )


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror=\"document.title='pwned'\"> twitching?",
        "</template></article></script><script>document.title='pwned'</script> twitching",
        "{{7*7}} ${7*7} $$x$$ **bold** `code` twitching?",
        '__i18n__{"key":"x"} " \' twitching',
        "- twitching?\t  tab",
    ],
)
def test_a_hostile_question_is_shown_as_typed(chat: Chat, question: str) -> None:
    turn = chat.ask(question)
    assert turn.locator(".question").text_content() == f"You asked: {question}"
    assert chat.page.title().startswith("Well Quoted")
    assert turn.locator("img, script").count() == 0


def test_a_hostile_article_is_shown_as_written(chat: Chat, answerer: Answerer) -> None:
    question = "Zebra fever is written with what tab and leading spaces"
    turn = chat.ask(question)
    passage = answerer.answer(question).passages[0]
    assert passage.article.id == "hostile"
    assert quotations(turn)[0] == passage.text
    expect(turn.locator(".title").first).to_contain_text(passage.article.title)
    expect(chat.panel.locator("#selected")).to_have_text(passage.text, use_inner_text=False)
    chat.page.goto("/articles/hostile")
    expect(chat.page.get_by_role("heading", level=1)).to_have_text(passage.article.title)
    assert chat.page.title().startswith("Zebra fever <img")
