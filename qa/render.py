"""Answer -> HTML for the page and text for the terminal. Pure functions; the words both show stand here."""

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from corpus.models import Article
from corpus.structure import Span
from qa.citing import article_page
from qa.models import AlsoIn, Answer, CitedArticle, CitedPassage, Level, NoticeKind, Reason, in_danger
from qa.verbatim import Part, as_html, characters

ASSETS = Path(__file__).parent / "assets"

CONFIDENCE: dict[Level, tuple[str, str]] = {
    "high": ("Good match", "What is quoted here is about what you asked. Read whether it answers it."),
    "medium": ("Partial match", "What is quoted here is close to the question, and may answer only part of it."),
    "low": ("Weak match", "What is quoted here may be about something else. Check that it fits your question."),
}

REASONS: dict[Reason, tuple[str, str]] = {
    "not_covered": (
        "The articles do not answer this",
        "No passage was found that answers it, so none is shown. Other words may find more. "
        "For anything about your own health, ask a doctor or pharmacist.",
    ),
    "unclear": (
        "It is not clear what to look for",
        "Ask a whole question, and name the symptom, the test or the condition you want to read about.",
    ),
    "not_a_question": (
        "This does not look like a health question",
        "Ask about a symptom, a condition, a test or a treatment, in your own words.",
    ),
    "empty_index": (
        "There are no articles to search yet",
        "Whoever runs this site has to add some first. Your question is fine; please come back later.",
    ),
}

NOTICES: dict[NoticeKind, str] = {
    "emergency": "Emergency",
    "crisis": "Help now",
    "personal": "About your own health",
}

NEAREST = "Nearest topics in the articles"


def answer_html(answer: Answer, turn: str, *, feedback: bool = False) -> str:
    """One turn of the conversation: the question and its answer.

    Args:
        turn: a name for it, unique on the page; letters, digits and `-`.
        feedback: the reader may say whether an answer helped. Nobody in danger is asked.
    """
    asked_back = feedback and answer.status == "answered" and not in_danger(answer.notices)
    values = {"answer": answer, "turn": turn, "changed": changed(answer), "feedback": asked_back}
    return _one_line(_template("answer.html", **values))


def panel_html(article: Article, span: Span, highlights: tuple[Span, ...]) -> str:
    """The article around the passage at `span`. `highlights` are spans of the article."""
    selected = Part(span, Markup('id="selected" tabindex="-1"'))
    body = as_html(article.text, [selected], highlights, heading_level=3)
    return _template(
        "panel.html", article=article, body=body, link=f"{article_page(article.id)}#p{span.start}-{span.end}"
    )


def page_html(name: str, **values: object) -> str:
    """A whole page from the template `name`."""
    return _template(name, **values)


def as_text(answer: Answer) -> str:
    """The answer for a terminal. Quotations keep their lines; what answers most directly stands between » and «."""
    return "\n\n".join(chain(_text_above(answer), _text_passages(answer), _text_nearest(answer)))


def changed(answer: Answer) -> bool:
    """Whether something else was searched than what was typed."""
    return _words(answer.searched) != _words(answer.question)


def crisis_alone(answer: Answer) -> bool:
    """Whether the crisis notice stands alone."""
    return answer.status != "answered" and any(notice.kind == "crisis" for notice in answer.notices)


def told(answer: Answer) -> tuple[str, str]:
    """How the passages match, or why there are none, and what that means; nobody in danger is to ask again."""
    heading, meaning = REASONS[answer.reason] if answer.reason else CONFIDENCE[answer.confidence.level]
    return heading, "" if answer.reason and in_danger(answer.notices) else meaning


def citation(passage: CitedPassage) -> str:
    """Title, publisher and date of every article with these words, as one line."""
    return "; also in ".join(map(_cited, [passage.article, *(other.article for other in passage.also_in)]))


def _cited(article: CitedArticle) -> str:
    dated = article.published and f"published {day(article.published)}"
    return ", ".join(part for part in (article.title, article.publisher, dated) if part)


def day(iso: str | date | None) -> str:
    """`2017-12-21` as "21 December 2017"; what is no date, as it stands."""
    try:
        found = date.fromisoformat(str(iso))
    except ValueError:
        return str(iso or "")
    return f"{found.day} {found:%B %Y}"


def safe_url(url: str | None) -> str | None:
    """`url` where it may be followed: another site over http(s), or a page here."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    here = not parts.scheme and not parts.netloc and url.startswith("/") and "\\" not in url
    return url if here or (parts.scheme in {"http", "https"} and parts.netloc) else None


def source_url(passage: CitedPassage | AlsoIn) -> str | None:
    """The link to the source, when that is another page than the article here."""
    url = safe_url(passage.source_link)
    return url if url and not url.startswith("/") else None


def quote(passage: CitedPassage) -> Markup:
    """The passage as HTML with its highlights."""
    return as_html(passage.text, marks=[Span(*highlight) for highlight in passage.highlights], heading_level=4)


def panel_link(passage: CitedPassage) -> str:
    """Where the article around the passage is served, see `qa.pages`."""
    marks = ",".join(f"{passage.start + start}-{passage.start + end}" for start, end in passage.highlights)
    return f"{article_page(passage.article.id)}/passage?start={passage.start}&end={passage.end}&marks={marks}"


@cache
def asset(name: str) -> str:
    """The address of a file of the pages; it changes with the content, so that browsers may keep the file."""
    return f"/site/{name}?v={hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:16]}"


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _one_line(html: str) -> str:
    """Gradio's Markdown leaves HTML alone up to a blank line. New lines of quotations are character references."""
    return html.strip().replace("\n", " ")


def _template(name: str, **values: object) -> str:
    return _ENVIRONMENT.get_template(name).render(**values)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=day, characters=characters, safe_url=safe_url, source_url=source_url, quote=quote, citation=citation
    )
    environment.filters.update(panel_link=panel_link, crisis_alone=crisis_alone, told=told)
    environment.filters.update(asset=asset, article_page=article_page)
    environment.globals.update(CONFIDENCE=CONFIDENCE, REASONS=REASONS, NOTICES=NOTICES, NEAREST=NEAREST)
    return environment


_ENVIRONMENT = _environment()


def _text_above(answer: Answer) -> Iterator[str]:
    for notice in answer.notices:
        yield f"{NOTICES[notice.kind].upper()}: {notice.text}"
    if crisis_alone(answer):
        return
    if changed(answer) and answer.searched:
        yield f"Searched for: {answer.searched}"
    yield ". ".join(filter(None, told(answer)))


def _text_passages(answer: Answer) -> Iterator[str]:
    for passage in answer.passages:
        yield "\n".join([f"[{passage.number}]", _marked(passage), *_text_source(passage)])


def _text_source(passage: CitedPassage) -> Iterator[str]:
    article = passage.article
    yield f"    {_cited(article)}"
    if article.section:
        yield f"    Section: {' > '.join(article.section)}"
    reviewed = f"reviewed {day(article.reviewed)}" if article.reviewed else article.review_status
    yield f"    Review: {reviewed}"
    yield f"    Why: {passage.why}"
    if source := source_url(passage):
        yield f"    Source: {source}"
    yield f"    Article: {passage.article_link}"
    for other in passage.also_in:
        yield f"    Also in: {_cited(other.article)} ({source_url(other) or other.article_link})"


def _marked(passage: CitedPassage) -> str:
    text = passage.text
    for start, end in sorted(passage.highlights, reverse=True):
        text = f"{text[:start]}»{text[start:end]}«{text[end:]}"
    return text


def _text_nearest(answer: Answer) -> Iterator[str]:
    if answer.nearest:
        yield "\n".join([f"{NEAREST}:", *(f"  - {topic.title}  {topic.article_link}" for topic in answer.nearest)])
