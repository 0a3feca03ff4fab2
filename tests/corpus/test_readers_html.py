"""A page in, its article out: structure and every word kept, what stands around it left out and listed."""

import json
import re
from datetime import date
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ArticleError
from corpus.models import Article
from corpus.readers import read_bytes
from corpus.readers.body import compose
from corpus.readers.page import blocks, left_out
from corpus.readers.page_metadata import day
from corpus.readers.page_source import parse, parse_text
from corpus.readers.reading import Reading

PROSE = (
    "An eyelid that twitches is a common complaint, and it nearly always goes away without any treatment within a few"
    " days or weeks. It comes from a tired muscle, and it says nothing about the nerves."
)
FAQ = [
    {
        "@type": "Question",
        "name": "Is it dangerous?",
        "acceptedAnswer": {"@type": "Answer", "text": "<p>Not at all.</p>"},
    }
]


def page(body: str, head: str = "<title>Eyelids</title>", attributes: str = 'lang="en"') -> bytes:
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>".encode()


def read(data: bytes, content_type: str | None = None) -> Reading:
    (reading,) = read_bytes(data, "a.html", "a.html", content_type)
    assert isinstance(reading, Reading)
    return reading


def article(body: str, head: str = "<title>Eyelids</title>", attributes: str = 'lang="en"') -> Article:
    return read(page(body, head, attributes)).article


def refusal(data: bytes) -> ArticleError:
    (error,) = read_bytes(data, "a.html", "a.html")
    assert isinstance(error, ArticleError)
    return error


def body_of(html: str) -> str:
    return compose(block.piece for block in blocks(parse_text(f"<body>{html}</body>", "a.html")))


WHOLE = f"""
<header><a href="/">Home</a></header>
<nav><ul><li><a href="/a">Conditions</a></li><li><a href="/b">News</a></li></ul></nav>
<main><article><h1>Eyelids</h1><p>By Jane Doe</p><p>{PROSE}</p>
<h2>Causes</h2><p>These make it more likely:</p><ul><li>Coffee</li><li>Too little <b>sleep</b></li></ul>
<table><tr><th>Cause</th><th>What helps</th></tr><tr><td>Tired eyes</td><td>Rest</td></tr></table>
<h2>What helps?</h2><p>{PROSE.replace("An eyelid", "A lid")}</p>
<h2>Related articles</h2><ul><li><a href="/c">Leg cramps</a></li></ul>
<h2>References</h2><ol><li>Doe J. (2017). Eyelids. J Eye 3(4):12.</li></ol></article></main>
<section><h2>Questions</h2><div><button aria-expanded="false">Is it dangerous?</button>
<div style="display:none"><p>Not at all.</p></div></div></section>
<aside class="ad"><p>Buy our drops today, now with a discount for everyone who orders two or more bottles.</p></aside>
<footer><p>Copyright 2024 Eye Clinic</p></footer>
<script type="application/ld+json">{json.dumps({"@type": "FAQPage", "mainEntity": FAQ})}</script>
"""


def test_the_article_is_kept_with_its_structure() -> None:
    assert article(WHOLE).text == (
        f"{PROSE}\n\n## Causes\n\nThese make it more likely:\n\n- Coffee\n- Too little sleep\n"
        "- Cause: Tired eyes; What helps: Rest\n\n## What helps?\n\n"
        f"{PROSE.replace('An eyelid', 'A lid')}\n\n## Questions\n\n### Is it dangerous?\n\nNot at all."
    )


def test_what_is_left_out_is_listed_with_its_kind() -> None:
    dropped = {block.kind: block.text for block in read(page(WHOLE)).dropped}
    assert dropped["page header"] == "Home"
    assert dropped["navigation"] == "Conditions\nNews"
    assert dropped["by-line"] == "By Jane Doe"
    assert "Buy our drops" in dropped["aside"]
    assert dropped["footer"] == "Copyright 2024 Eye Clinic"
    assert dropped["related links"].startswith("Related articles")
    assert dropped["reference list"].startswith("References")


def test_a_short_page_is_read() -> None:
    found = article("<nav><a href='/'>Home</a></nav><p>Cramps pass by themselves, and soon.</p>")
    assert found.text == "Cramps pass by themselves, and soon."


@pytest.mark.parametrize("around", ["<form id=aspnetForm>{}</form>", "<div><form>{}</form></div>"])
def test_a_page_that_is_one_form_is_read(around: str) -> None:
    inside = f"<h1>Eyelids</h1><p>{PROSE}</p><h2>Causes</h2><ul><li>Coffee</li></ul><p>{PROSE}</p>"
    found = article(around.format(inside), "<title>Eyelids</title>", 'lang="en"')
    assert found.text == f"{PROSE}\n\n## Causes\n\n- Coffee\n\n{PROSE}"


def test_what_the_whole_page_is_called_sets_nothing_aside() -> None:
    html = page("<h1>Eyelids</h1><h2>Pain</h2><p>Cramps pass by themselves, and soon.</p>")
    named = html.replace(b"<body>", b"<body class='no-sidebar with-navigation search-open'>")
    assert read(named).article.text == "## Pain\n\nCramps pass by themselves, and soon."


def test_a_question_that_opens_its_answer_is_kept_above_it() -> None:
    entries = "".join(
        f"<div><button>{question}</button><div hidden><p>{answer}</p></div></div>"
        for question, answer in (("Is it dangerous?", PROSE), ("Will it pass?", PROSE.replace("An eyelid", "A lid")))
    )
    assert article(f"<main><h1>Eyelids</h1><p>{PROSE}</p>{entries}</main>").text == (
        f"{PROSE}\n\n### Is it dangerous?\n\n{PROSE}\n\n### Will it pass?\n\n{PROSE.replace('An eyelid', 'A lid')}"
    )


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("<p>One<br>line</p>", "One line"),
        ("One<br><br>Two", "One\n\nTwo"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("<p>Call <a href='tel:1'>999</a>, <em>no</em>w.</p>", "Call 999, now."),
        ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>", "- a\n- b\n- c\n\nd"),
        ("<ul><li></li><li>a</li></ul><p>b</p>", "- a\n\nb"),
        ("<dl><dt>Why?</dt><dd>So.</dd><dt>Term</dt><dd>Meaning.</dd></dl>", "### Why?\n\nSo.\n\nTerm\n\nMeaning."),
        ("<details><summary>Why?</summary>So.</details>", "### Why?\n\nSo."),
        ("<h3><button>How?</button></h3><div hidden>So.</div>", "### How?\n\nSo."),
        ("<div role=heading aria-level=4>How</div>So.", "#### How\n\nSo."),
        ("<h2>A <span>b</span></h2>c", "## A b\n\nc"),
        ("a<script>b</script> c<style>d</style><svg><text>e</text></svg>", "a c"),
        (
            "10<sup>6</sup> per m<sup>2</sup>, 10<sup>-3</sup>, H<sub>2</sub>O, 1<sup>st</sup>",
            "10⁶ per m², 10⁻³, H2O, 1st",
        ),
        ("Safe.<sup><a href='#r1'>1</a></sup> <a href='#r2'><sup>2</sup></a>So.", "Safe. So."),
        ("<ol><li id=note-1>See there. <a href='#ref-1'>↑</a></li></ol>", "- See there."),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "- a; b"),
        ("<table><thead><tr><td>A</td><td>B</td></tr></thead><tr><td>a</td><td></td></tr></table>", "- A: a"),
        ("<table><tr><th>A</th><th>B:</th></tr><tr><th>a</th><td><p>b</p><p>c</p></td></tr></table>", "- A: a; B: b c"),
        ("<table><tr><td><b>A</b></td><td><b>B</b></td></tr><tr><td>a</td><td>b</td></tr></table>", "- A: a; B: b"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td colspan=2>both</td></tr></table>", "- both"),
        ("<table><tr><th>A</th><th>B</th></tr></table>", "- A; B"),
        ("<table><tr><td><p>Laid</p><p>out</p></td></tr></table>", "Laid\n\nout"),
        ("<p># 1 doctor</p>", "#\N{NO-BREAK SPACE}1 doctor"),
    ],
)
def test_blocks_become_lines(html: str, body: str) -> None:
    assert body_of(html) == body


def test_marks_of_notes_are_listed() -> None:
    found = list(blocks(parse_text("<p>Safe.<sup><a href='#r1'>1</a></sup></p>", "a.html")))
    assert [(block.kind, block.text) for block in left_out(found)] == [("note mark", "1")]


_WORDS = st.text(st.sampled_from("abcxyzäß'5"), min_size=1, max_size=8)
_INLINE = st.sampled_from(
    ["{}", "<b>{}</b>", "<a href='/x'>{}</a>", "<span><i>{}</i></span>", "{}<br>", "<code>{}</code>"]
)
_RUNS = st.lists(st.tuples(_INLINE, _WORDS), min_size=1, max_size=6).map(
    lambda run: " ".join(inline.format(escape(word)) for inline, word in run)
)
_BLOCKS = st.sampled_from(
    ["<p>{}</p>", "<h2>{}</h2>", "<div>{}</div>", "<ul><li>{}</li></ul>", "<blockquote>{}</blockquote>", "<dd>{}</dd>"]
)
_PAGES = st.recursive(
    st.tuples(_BLOCKS, _RUNS).map(lambda made: made[0].format(made[1])),
    lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"<section>{''.join(parts)}</section>"),
)


@given(_PAGES)
def test_every_word_of_a_page_stays_in_its_order(html: str) -> None:
    # An "x" is put where a tag was, so that words which only a tag parts are told apart as the page tells them apart.
    inline = re.sub(r"</?(?:b|a|span|i|code)\b[^>]*>", "", html)
    words = re.sub(r"<[^>]*>", " ", inline).replace("&#x27;", "'").split()
    body = re.sub(r"^(?:#+|-) ", "", body_of(html), flags=re.MULTILINE)
    assert body.split() == words


@settings(max_examples=30)
@given(st.lists(_PAGES, min_size=1, max_size=4))
def test_the_words_that_are_kept_are_in_the_order_of_the_page(parts: list[str]) -> None:
    top = "<nav><a href='/'>Home</a></nav>"
    html = f"{top}<article><h1>Eyelids</h1><p>{PROSE}</p>{''.join(parts)}<p>{PROSE}</p></article>"
    body = re.sub(r"^(?:#+|-) ", "", article(html).text, flags=re.MULTILINE)
    words = iter(
        re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:b|a|span|i|code)\b[^>]*>", "", html)).replace("&#x27;", "'").split()
    )
    assert all(word in words for word in body.split())


def test_metadata_is_read_from_json_ld() -> None:
    data = {
        "@graph": [
            {
                "@type": "MedicalWebPage",
                "headline": "Twitching eyelids",
                "author": [{"@type": "Person", "name": "Jane Doe"}, {"name": "Jo Roe"}],
                "publisher": {"@type": "Organization", "name": "Eye Clinic"},
                "datePublished": "2020-01-02T10:00:00Z",
                "dateModified": "2024-06-07",
                "lastReviewed": "2024-05-06",
                "inLanguage": "en-GB",
                "about": {"@type": "MedicalCondition", "alternateName": ["Eyelid myokymia", "Lid twitch"]},
            },
            {"@type": "Organization", "name": "Another"},
        ]
    }
    link = "<link rel=canonical href='https://eye.example/a'>"
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script>{link}"
    found = article(f"<p>{PROSE}</p>", head, "")
    assert (found.id, found.title) == ("twitching-eyelids", "Twitching eyelids")
    assert (found.authors, found.publisher) == (("Jane Doe", "Jo Roe"), "Eye Clinic")
    assert (found.published, found.updated, found.reviewed) == (date(2020, 1, 2), date(2024, 6, 7), date(2024, 5, 6))
    assert (found.url, found.language) == ("https://eye.example/a", "en-GB")
    assert found.also_called == ("Eyelid myokymia", "Lid twitch")


def test_metadata_is_read_from_open_graph_and_dublin_core() -> None:
    tags = {
        "og:title": "Twitching eyelids",
        "og:site_name": "Eye Clinic",
        "og:url": "https://eye.example/a",
        "og:locale": "en_GB",
        "article:published_time": "2020-01-02T10:00:00+01:00",
        "DCTERMS.modified": "2024-06-07",
        "DC.creator": "Jane Doe",
    }
    head = "".join(f'<meta property="{name}" content="{content}">' for name, content in tags.items())
    found = article(f"<p>{PROSE}</p>", head, "")
    assert (found.title, found.publisher, found.authors) == ("Twitching eyelids", "Eye Clinic", ("Jane Doe",))
    assert (found.published, found.updated) == (date(2020, 1, 2), date(2024, 6, 7))
    assert (found.url, found.language) == ("https://eye.example/a", "en-GB")


def test_a_date_that_is_only_shown_is_read() -> None:
    found = article(
        f"<p>{PROSE}</p><footer><p>Last reviewed: 6 May 2024</p><p>Page last updated June 7, 2024</p></footer>"
    )
    assert (found.reviewed, found.updated) == (date(2024, 5, 6), date(2024, 6, 7))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-06T01:02:03Z", date(2024, 5, 6)),
        ("2024/5/6", date(2024, 5, 6)),
        ("6 May 2024", date(2024, 5, 6)),
        ("Sept. 6, 2024", date(2024, 9, 6)),
        ("6th September 2024", date(2024, 9, 6)),
        ("05/06/2024", None),
        ("2024-13-01", None),
        ("0001-01-01", None),
        ("2024", None),
        ("", None),
        (7, None),
    ],
)
def test_only_dates_with_one_meaning_are_read(text: object, expected: date | None) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    "head",
    [
        "<script type='application/ld+json'>{broken</script>",
        f"<script type='application/ld+json'>{'[' * 5000}</script>",
        '<script type=\'application/ld+json\'>{"@type": "Article", "headline": 5, "author": {"name": null}}</script>',
        "<link rel=canonical href='/relative'><link rel=canonical href='javascript:x'>",
        "<meta name=author content=''><meta property='article:published_time' content='soon'>",
    ],
)
def test_broken_metadata_tells_nothing(head: str) -> None:
    found = article(f"<p>{PROSE}</p>", f"<title>Eyelids</title>{head}")
    assert (found.title, found.authors, found.published, found.url) == ("Eyelids", (), None, None)


def test_the_title_is_without_the_name_of_the_site() -> None:
    found = article(f"<h1>Eyelids</h1><p>{PROSE}</p>", "<title>Eyelids | Eye Clinic</title>")
    assert found.title == "Eyelids"
    assert "Eyelids" not in found.text


def test_the_language_is_told_by_the_words_where_the_page_does_not_say() -> None:
    spanish = "Los calambres son contracciones involuntarias de un músculo. " * 6
    assert article(f"<p>{PROSE}</p>", "", "").language == "en"
    assert article(f"<p>{spanish}</p>", "", "").language == "und"
    assert article(f"<p>{PROSE}</p>", "", 'lang="es"').language == "es"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (page("<p>Blässe</p>"), None),
        (b"\xef\xbb\xbf" + page("<p>Blässe</p>"), None),
        (page("<p>Blässe</p>").decode().encode("utf-16"), None),
        (page("<p>Blässe</p>", "<meta charset=iso-8859-1>").decode().encode("latin-1"), None),
        (page("<p>Blässe</p>").decode().encode("cp1252"), None),
        (page("<p>Blässe</p>", "<meta charset=utf-8>").decode().encode("latin-1"), None),
        (page("<p>Blässe</p>").decode().encode("cp1250"), "text/html; charset=windows-1250"),
    ],
)
def test_a_page_is_decoded_as_it_says(data: bytes, content_type: str | None) -> None:
    reading = read(data.replace(b"<p>", b"<p>One two three four five "), content_type) if b"\0" not in data else None
    if reading:
        assert reading.article.text.endswith("Blässe")
    else:
        assert compose(block.piece for block in blocks(parse(data, "a.html"))) == "Blässe"


def test_the_source_is_what_came() -> None:
    data = page(f"<p>{PROSE} Blässe.</p>").decode().encode("cp1252")
    assert read(data, "text/html; charset=windows-1252").source == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" ", "the page is empty"),
        (page("<div id=root></div><script>draw()</script>"), "there is no article in the page"),
        (page("<nav><a href='/'>Home</a> <a href='/b'>About the clinic and its team</a></nav>"), "there is no article"),
        (page(bytes(range(128, 256)).decode("latin-1") * 50).decode().encode("latin-1") + b"\x81" * 500, "not text"),
    ],
)
def test_a_page_without_an_article_is_refused(data: bytes, reason: str) -> None:
    error = refusal(data)
    assert str(error).startswith(f"a.html: {reason}")
    assert error.advice


def test_text_nested_deep_is_read_whole() -> None:
    assert (
        article(f"{'<div>' * 1000}<p>{PROSE}</p>{'</div>' * 1000}<p>After that.</p>").text == f"{PROSE}\n\nAfter that."
    )


def test_text_nested_too_deep_to_be_kept_is_refused() -> None:
    assert "nested more than 2000 deep" in str(refusal(page(f"{'<div>' * 5000}<p>{PROSE}</p>")))
