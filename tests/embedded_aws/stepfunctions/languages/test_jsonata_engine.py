"""What the JSONata engine adds to the library: JSON's null, plain results, bounds, threads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.stepfunctions.errors import QueryFailure
from embedded_aws.stepfunctions.languages.jsonata_engine import (
    Expression,
    JsonataSyntaxError,
    bind,
)
from embedded_aws.stepfunctions.scope import Scope

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def scope(state_input: Any = None, **variables: Any) -> Scope:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Scope(state_input, {}, variables, lambda: at, Random(0))  # noqa: S311  # repeatable


def evaluate(text: str, state_input: Any = None, **variables: Any) -> Any:
    return Expression(text, "Output").evaluate(bind(scope(state_input, **variables)))


@given(json_values)
def test_any_json_passes_through_unchanged(value: Any) -> None:
    assert evaluate("$x", x=value) == value
    assert evaluate("{'v': $states.input}", value) == {"v": value}


def test_results_are_plain_python_values() -> None:
    result = evaluate("$append([1..3], [$states.input.x])", {"x": 2.0})
    assert result == [1, 2, 3, 2]
    assert {type(item) for item in result} == {int}
    assert type(result) is list


def test_an_evaluation_changes_nothing_that_it_sees() -> None:
    value = {"l": [None, {"a": None}]}
    evaluate("$states.input ~> |$|{'b': null}|", value)
    assert value == {"l": [None, {"a": None}]}


def test_an_expression_that_never_ends_is_stopped() -> None:
    with pytest.raises(QueryFailure, match="evaluation: Stack overflow error: "):
        evaluate("($f := function($n) { $f($n + 1) + 1 }; $f(0))")


def test_a_syntax_error_is_told_in_the_words_of_jsonata() -> None:
    with pytest.raises(JsonataSyntaxError, match=r"^Unexpected end of expression$"):
        Expression("$x +", "Output/a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$states.input.a[b = 1].c", []),
        ("$x{kind: $sum(n)}", []),
        ("$x^(>price) ~> |a|{'n': b}|", []),
        ("phone", ["phone"]),
        ("$map($x, function($v) { $v.a + other })", ["other"]),
        ("{'k': a, 'l': [b, c ? d : -e]}", ["a", "b", "c", "d", "e"]),
        ("($y := f; $$.g)", ["f", "$$"]),
    ],
)
def test_names_that_no_context_offers_are_found(text: str, expected: list[str]) -> None:
    assert Expression(text, "Output").context_names == expected


def test_fields_of_states_are_found_wherever_they_are_read() -> None:
    text = "$states.input.a & $string($states.result[0].b) & $exists($states.nonsense)"
    assert sorted(Expression(text, "Output").states_fields) == ["input", "nonsense", "result"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$a + $b", {"a", "b"}),
        ("$states.input.x", set()),
        ("$sum($a)", {"a"}),
        ("$map($a, function($v) { $v + $b })", {"a", "b"}),
        ("($local := $a; $local)", {"a"}),
        ("$a[x = $b].c", {"a", "b"}),
        ("$filter($a, $exists)", {"a", "exists"}),
    ],
)
def test_free_variables_are_those_of_the_machine(text: str, expected: set[str]) -> None:
    assert Expression(text, "Output").free_variables == expected


def test_threads_share_a_compiled_expression() -> None:
    expression = Expression("$string($states.input) & $substringBefore(?, '-')('a-b')", "Output")
    results: dict[int, str] = {}

    def work(number: int) -> None:
        for _ in range(20):
            results[number] = expression.evaluate(bind(scope(number)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: f"{number}a" for number in range(8)}
