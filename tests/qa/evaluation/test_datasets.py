"""Question files and BEIR folders are read whole, or the error names the line."""

import json
from pathlib import Path
from typing import Any

import pytest
from ir_measures import Qrel

from qa.evaluation.beir import load_beir, read_qrels
from qa.evaluation.datasets import DatasetError, load_questions
from tests.qa.evaluation.conftest import write_lines


def line(question_id: object = "a-1", **values: object) -> dict[str, object]:
    return {"id": question_id, "question": "why?", "answerable": False, **values}


def test_a_question_has_its_fields_and_may_leave_some_out(tmp_path: Path) -> None:
    whole = line(7, answerable=True, gold=["Because."], history=["how?"], kind="plain", notices=["personal"])
    first, second = load_questions(write_lines(tmp_path / "q.jsonl", [whole, line(8)]))
    assert (first.id, first.text, first.history, first.gold) == ("7", "why?", ("how?",), ("Because.",))
    assert (first.kind, first.notices) == ("plain", frozenset({"personal"}))
    assert (second.notices, second.gold) == (None, ())


def test_the_number_at_the_end_of_an_id_decides_the_split(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "q.jsonl", [line("a-001"), line("a-002"), line("b-10"), line("b-11")])
    assert [question.id for question in load_questions(file, "tune")] == ["a-002", "b-10"]
    assert [question.id for question in load_questions(file, "report")] == ["a-001", "b-11"]
    assert len(load_questions(file)) == 4


@pytest.mark.parametrize(
    ("records", "split", "said"),
    [
        ([line(), line()], None, "q.jsonl:2: the id a-1 was used before"),
        ([line("a b")], None, "q.jsonl:1: id: "),
        ([line(), {"id": "x", "answerable": False}], None, "q.jsonl:2: question: Field required"),
        ([line(question="")], None, "q.jsonl:1: question: "),
        ([line(notices=["fire"])], None, "q.jsonl:1: notices.*: Input should be 'emergency'"),
        ([line(answerable=True)], None, "q.jsonl:1: answerable, but no gold quote"),
        ([line(gold=["x"])], None, "q.jsonl:1: not answerable, but there is a gold quote"),
        ([line("a")], "tune", "the id a has no number at its end"),
        ([line()], "test", "there is no split test"),
        ([line("a-1")], "tune", "there are no questions in the split tune"),
        ([], None, "there are no questions"),
    ],
)
def test_a_wrong_question_file_is_named_with_its_line(
    tmp_path: Path, records: list[dict[str, Any]], split: str | None, said: str
) -> None:
    file = write_lines(tmp_path / "q.jsonl", records)
    with pytest.raises(DatasetError, match=said.replace("(", r"\(")):
        load_questions(file, split)


def test_a_file_that_is_no_json_or_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text("\n\nnot json\n", "utf-8")
    with pytest.raises(DatasetError, match=r"q\.jsonl:3: Invalid JSON"):
        load_questions(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(DatasetError, match="cannot be read"):
        load_questions(file)


def test_a_beir_folder_gives_the_judged_queries_and_the_grades(beir_folder: Path) -> None:
    found = load_beir(beir_folder)
    assert found.split == "dev"
    assert list(found.queries) == ["q1", "q2", "q3", "q4"]
    assert found.qrels[:2] == (Qrel("q1", "coffee", 2), Qrel("q1", "sleep", 1))
    assert {article.id: article.text for article in found.articles}["bones"] == "Vitamin D keeps bones strong"
    queries, qrels = found.judged(1)
    assert (list(queries), len(qrels)) == (["q1"], 2)


def test_test_is_preferred_to_dev_and_a_split_can_be_named(beir_folder: Path) -> None:
    (beir_folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq2\tsleep\t1\n", "utf-8")
    assert load_beir(beir_folder).split == "test"
    assert load_beir(beir_folder, "dev").split == "dev"
    with pytest.raises(DatasetError, match="there is no split train") as error:
        load_beir(beir_folder, "train")
    assert error.value.advice == "Splits here: dev, test."


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("qrels/dev.tsv", "query-id\tcorpus-id\tscore\nq1\tcoffee\tgood\n", r"dev\.tsv:2: not a judgement"),
        ("qrels/dev.tsv", "query-id\tcorpus-id\tscore\nq1\n", r"dev\.tsv:2: not a judgement"),
        ("qrels/dev.tsv", "query-id\tcorpus-id\tscore\nq9\tcoffee\t1\n", "the query q9 is not in"),
        ("qrels/dev.tsv", "", "there are no judgements"),
        ("corpus.jsonl", json.dumps({"title": "x"}), r"corpus\.jsonl:1: _id: Field required"),
        ("queries.jsonl", json.dumps({"_id": "q1"}), r"queries\.jsonl:1: text: Field required"),
    ],
)
def test_a_wrong_beir_folder_is_named_with_its_line(beir_folder: Path, name: str, text: str, said: str) -> None:
    (beir_folder / name).write_text(text, "utf-8")
    with pytest.raises(DatasetError, match=said):
        load_beir(beir_folder)


def test_a_folder_that_is_none_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no split test or dev") as error:
        load_beir(tmp_path)
    assert error.value.advice == "Splits here: none."


def test_qrels_of_trec_are_read_too(tmp_path: Path) -> None:
    file = tmp_path / "qrels.txt"
    file.write_text("q1 0 a 1\nq1 0 b 0\n", "utf-8")
    assert read_qrels(file) == (Qrel("q1", "a", 1), Qrel("q1", "b", 0))


def test_nobody_need_have_said_whether_a_question_is_answerable(tmp_path: Path) -> None:
    (open_question,) = load_questions(write_lines(tmp_path / "q.jsonl", [line(answerable=None)]))
    assert open_question.answerable is None
    (with_gold,) = load_questions(write_lines(tmp_path / "q.jsonl", [line(answerable=None, gold=["x"])]))
    assert with_gold.answerable
    with pytest.raises(DatasetError, match="not answerable, but there is a gold quote"):
        load_questions(write_lines(tmp_path / "q.jsonl", [line(answerable=False, gold=["x"])]))
