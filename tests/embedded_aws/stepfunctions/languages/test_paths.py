"""JSONPath: what a path yields, and which ones are refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from embedded_aws.stepfunctions.languages.paths import PathNotFoundError, parse_path
from embedded_aws.stepfunctions.scope import Scope

DOCUMENT = {"a": {"b": [10, 20, {"c": 1}]}, "odd name": 1, "n": None, "x": [{"c": 2}, {"d": 3}]}
SCOPE = Scope(
    None,
    {"State": {"Name": "S"}},
    {"v": {"w": 5}},
    lambda: datetime(2026, 11, 1, tzinfo=UTC),
    Random(0),  # noqa: S311  # repeatable
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$", DOCUMENT),
        ("$.a.b[0]", 10),
        ("$.a.b[-1].c", 1),
        ("$['odd name']", 1),
        ("$.n", None),
        ("$.a.b[*]", [10, 20, {"c": 1}]),
        ("$.a.b[0:2]", [10, 20]),
        ("$.x[*].c", [2]),
        ("$..c", [1, 2]),
        ("$.a.b[0,2]", [10, {"c": 1}]),
        ("$['n','odd name']", {"n": None, "odd name": 1}),
        ("$.x[?(@.c == 2)]", [{"c": 2}]),
        ("$.[?(@.n == null)].x[?(@.d)].d", [3]),
        ("$.x[?(@.c < 9 || !(@.d != 3))]", [{"c": 2}, {"d": 3}]),
        ("$..[?(@.c)].c", [1, 2]),
        ("$.missing[?(@.c)]", []),
        ("$.missing[*]", []),
        ("$$.State.Name", "S"),
        ("$v.w", 5),
    ],
)
def test_a_path_yields(text: str, expected: Any) -> None:
    assert parse_path(text).read(DOCUMENT, SCOPE) == expected


@pytest.mark.parametrize("text", ["$.missing", "$.a.b[3]", "$.n.x", "$unknown", "$v.missing"])
def test_a_definite_path_that_leads_nowhere_is_an_error(text: str) -> None:
    with pytest.raises(PathNotFoundError):
        parse_path(text).read(DOCUMENT, SCOPE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("$.no.b", r"^Missing property in path \$\['no'\]$"),
        ("$.a.no", r"^No results for path: \$\['a'\]\['no'\]$"),
        ("$.a.b[9]", r"^No results for path: \$\['a'\]\['b'\]\[9\]$"),
        ("$.a[1:]", r"can only be applied to arrays$"),
        ("$['a','n'].b", r"^Multi properties can only be used as path leafs: \$\['a','n'\]$"),
    ],
)
def test_a_path_says_where_it_ended(text: str, reason: str) -> None:
    with pytest.raises(PathNotFoundError) as missing:
        parse_path(text).read(DOCUMENT, SCOPE)
    assert re.search(reason, missing.value.reason)


@pytest.mark.parametrize(
    "text",
    ["a.b", "$.", "$.a[", "$.x[?(@.c]", "$.x[?(@.c ~ 1)]", "$.a.b.length()", "$.a b(c)"],
)
def test_what_is_no_path_or_not_supported_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="JSONPath"):
        parse_path(text)
