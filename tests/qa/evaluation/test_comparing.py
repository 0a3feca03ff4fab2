"""Comparisons of made-up scores whose differences, p-values and intervals are known."""

import math

import pytest

from qa.evaluation.comparing import Comparison, compare
from qa.evaluation.datasets import DatasetError


def scores(name: str, values: list[float]) -> dict[str, dict[str, float]]:
    return {f"q{number}": {name: value} for number, value in enumerate(values)}


def compared(a: list[float], b: list[float], name: str = "nDCG@10") -> Comparison:
    return compare(scores(name, a), scores(name, b))


@pytest.mark.parametrize("questions", [2, 5, 10])
def test_if_all_change_alike_only_two_of_all_sign_patterns_are_as_extreme(questions: int) -> None:
    (found,) = compared([0.25] * questions, [0.75] * questions).differences
    assert found.p_value == pytest.approx(2 / 2**questions)
    assert (found.a, found.b, found.difference) == (0.25, 0.75, 0.5)
    assert (found.low, found.high) == pytest.approx((0.5, 0.5))
    assert (found.wins, found.losses, found.ties) == (questions, 0, 0)


def test_the_p_value_of_one_against_the_rest() -> None:
    """Of the 16 sign patterns of 1, 1, 1, -1 those with a sum of 2 or more, or -2 or less: 5 and 5."""
    (found,) = compared([0, 0, 0, 1], [1, 1, 1, 0]).differences
    assert found.p_value == pytest.approx(10 / 16)
    assert (found.wins, found.losses) == (3, 1)


def test_two_equal_runs_differ_by_nothing() -> None:
    comparison = compared([0.1, 0.7, 0.3] * 20, [0.1, 0.7, 0.3] * 20)
    (found,) = comparison.differences
    assert (found.difference, found.low, found.high, found.p_value) == (0, 0, 0, 1)
    assert (found.wins, found.losses, found.ties) == (0, 0, 60)
    assert comparison.changes == ()


def test_the_interval_is_near_that_of_the_normal_distribution() -> None:
    changes = [1.0] * 60 + [0.0] * 40
    (found,) = compared([0.0] * 100, changes).differences
    half = 1.96 * math.sqrt(0.6 * 0.4 / 100)
    assert found.low == pytest.approx(0.6 - half, abs=0.015)
    assert found.high == pytest.approx(0.6 + half, abs=0.015)
    assert found.p_value == pytest.approx(1 / 10_001 * 2), "of many questions 10,000 patterns are drawn"


def test_the_same_two_runs_give_the_same_numbers() -> None:
    a, b = [0.1, 0.5, 0.4, 0.9] * 10, [0.2, 0.4, 0.4, 1.0] * 10
    assert compared(a, b) == compared(a, b)


def test_fewer_false_answers_is_a_win() -> None:
    (found,) = compared([1, 1, 1], [0, 0, 1], "false answers").differences
    assert (found.lower_is_better, found.wins, found.losses, found.ties) == (True, 2, 0, 1)


def test_questions_only_one_run_has_are_left_out() -> None:
    a = {"1": {"found@3": 1.0, "marked right": 1.0}, "2": {"found@3": 0.0}, "3": {"found@3": 0.0}}
    b = {"1": {"found@3": 1.0}, "2": {"found@3": 1.0, "marked right": 0.0}, "4": {"found@3": 1.0}}
    (found,) = compare(a, b).differences
    assert (found.measure, found.questions, found.difference) == ("found@3", 2, 0.5)
    assert [(change.id, change.scores) for change in compare(a, b).changes] == [("2", {"found@3": (0.0, 1.0)})]


def test_the_question_that_changed_most_comes_first() -> None:
    comparison = compared([0.5, 0.5, 0.5, 0.5], [0.6, 0.5, 0.0, 0.7])
    assert [change.id for change in comparison.changes] == ["q2", "q3", "q0"]


def test_runs_with_nothing_in_common_are_refused() -> None:
    with pytest.raises(DatasetError, match="no two questions in common"):
        compare({"1": {"found@3": 1.0}}, {"2": {"found@3": 1.0}})
