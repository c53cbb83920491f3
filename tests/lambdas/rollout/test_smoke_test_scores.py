from __future__ import annotations

import math

import pytest

from rollout.smoke_test import TOLERANCE, compare


@pytest.mark.parametrize("answer", ["0.25\n0.5\n", "0.25\n0.5", "0.25,0.5", "0.25\r\n0.5\r\n"])
def test_the_same_scores_in_order_are_alike_however_they_are_separated(answer: str) -> None:
    assert compare([0.25, 0.5], answer) == []


def test_scores_in_another_order_differ_row_by_row() -> None:
    found = compare([0.25, 0.5], "0.5\n0.25")
    assert [it.partition(":")[0] for it in found] == ["row 0", "row 1"]


def test_a_millionth_is_alike_and_more_is_not() -> None:
    assert compare([0.5], f"{0.5 + TOLERANCE / 2}") == []
    assert compare([0.5], f"{0.5 + TOLERANCE * 2}") != []


@pytest.mark.parametrize("score", ["nan", "inf"])
def test_what_is_no_number_is_not_alike(score: str) -> None:
    assert not math.isfinite(float(score))
    assert compare([0.5], score) != []


@pytest.mark.parametrize("answer", ["", "0.5", "0.5\n0.5\n0.5"])
def test_another_number_of_scores_is_told(answer: str) -> None:
    assert compare([0.5, 0.5], answer) == [f"{len(answer.split())} scores for 2 rows"]


def test_an_answer_that_is_no_list_of_scores_is_told() -> None:
    assert "no score" in compare([0.5], "<html>")[0]
