"""The JSON of an answer has the agreed keys, in the agreed order, and values of the agreed types."""

import json
from typing import Any

import pytest

from qa.answering import Answerer
from qa.models import Answer, CitedArticle, CitedPassage, Confidence, Notice, Topic, as_json

AGREED = """
{"question": "how is it diagnosed?", "searched": "how is benign fasciculation syndrome diagnosed",
 "status": "answered", "reason": null, "confidence": {"level": "high", "probability": 0.93},
 "notices": [{"kind": "emergency", "text": "..."}],
 "passages": [{"number": 1, "id": "bfs-diagnosis:1204-1688", "text": "...", "start": 1204, "end": 1688,
   "highlights": [[0, 96]], "score": 0.87, "why": "matches \\"diagnosed\\", \\"BFS\\"; close in meaning",
   "article": {"id": "bfs-diagnosis", "title": "...", "url": "...", "publisher": "...", "published": "2017-12-21",
               "reviewed": null, "review_status": "...", "section": ["Diagnosis"]},
   "source_link": "https://...#:~:text=...", "article_link": "/articles/bfs-diagnosis#p1204-1688",
   "also_in": []}],
 "nearest": [], "snapshot": "...", "took_ms": 14.2}
"""
ARTICLE = CitedArticle("bfs-diagnosis", "...", "...", "...", "2017-12-21", None, "...", ("Diagnosis",))
WHY = 'matches "diagnosed", "BFS"; close in meaning'
LINKS = ("https://...#:~:text=...", "/articles/bfs-diagnosis#p1204-1688")
ANSWER = Answer(
    "how is it diagnosed?",
    "how is benign fasciculation syndrome diagnosed",
    "answered",
    None,
    Confidence("high", 0.93),
    (Notice("emergency", "..."),),
    (CitedPassage(1, "bfs-diagnosis:1204-1688", "...", 1204, 1688, ((0, 96),), 0.87, WHY, ARTICLE, *LINKS),),
    (),
    "...",
    14.2,
)


def keys(value: Any) -> Any:
    """The keys of all objects in a JSON value, in order; objects of one list must agree."""
    if isinstance(value, dict):
        return [(key, keys(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        found = [keys(inner) for inner in value if isinstance(inner, dict)]
        assert all(one == found[0] for one in found)
        return found[:1]
    return None


def test_the_agreed_example_comes_out_letter_for_letter() -> None:
    assert json.loads(json.dumps(as_json(ANSWER))) == json.loads(AGREED)
    assert keys(json.loads(json.dumps(as_json(ANSWER)))) == keys(json.loads(AGREED))


def test_a_real_answer_has_the_agreed_keys(answerer: Answerer) -> None:
    given = json.loads(json.dumps(as_json(answerer.answer("what is BFS?"))))
    agreed = json.loads(AGREED)
    assert list(given) == list(agreed)
    assert keys(given["confidence"]) == keys(agreed["confidence"])
    assert keys(given["passages"]) == keys(agreed["passages"])


@pytest.mark.parametrize(
    "question", ["what is BFS?", "who won the world cup in 1998?", "hi", "chest pain, cannot breathe"]
)
def test_a_real_answer_has_the_agreed_types(answerer: Answerer, question: str) -> None:
    given = json.loads(json.dumps(as_json(answerer.answer(question))))
    assert given["status"] == ("no_answer" if given["reason"] else "answered")
    assert bool(given["passages"]) == (given["status"] == "answered")
    assert given["confidence"]["level"] in ("high", "medium", "low")
    assert 0 <= given["confidence"]["probability"] <= 1
    assert all(set(notice) == {"kind", "text"} and notice["text"] for notice in given["notices"])
    assert isinstance(given["took_ms"], float)


def test_a_near_topic_has_its_keys() -> None:
    assert list(as_json(ANSWER)) == list(json.loads(AGREED))
    declined = Answer(
        "", "", "no_answer", "not_covered", Confidence("low", 0), (), (), (Topic("A", "b", "c"),), None, 0
    )
    assert json.loads(json.dumps(as_json(declined)))["nearest"] == [
        {"title": "A", "article_id": "b", "article_link": "c"}
    ]
