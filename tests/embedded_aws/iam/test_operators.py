from __future__ import annotations

from collections.abc import Sequence

import pytest

from embedded_aws.iam.operators import operator


@pytest.mark.parametrize(
    ("name", "given", "wanted", "expected"),
    [
        ("StringEquals", ["a"], ["b", "a"], True),
        ("StringEquals", ["A"], ["a"], False),
        ("StringEquals", ["ab"], ["a*"], False),
        ("StringEquals", None, ["a"], False),
        ("StringNotEquals", ["a"], ["a", "b"], False),
        ("StringNotEquals", ["c"], ["a", "b"], True),
        ("StringNotEquals", None, ["a"], True),
        ("StringEqualsIgnoreCase", ["A"], ["a"], True),
        ("StringNotEqualsIgnoreCase", ["A"], ["a"], False),
        ("StringLike", ["labelled/dt"], ["labelled/*"], True),
        ("StringNotLike", ["labelled/dt"], ["labelled/*"], False),
        ("StringEqualsIfExists", None, ["a"], True),
        ("StringEqualsIfExists", ["b"], ["a"], False),
        ("NumericLessThanEquals", ["10"], ["10"], True),
        ("NumericLessThan", ["10"], ["10"], False),
        ("NumericGreaterThan", ["10.5"], ["10"], True),
        ("NumericNotEquals", ["1"], ["2"], True),
        ("NumericEquals", ["ten"], ["10"], False),
        ("DateLessThan", ["2026-11-01T00:00:00Z"], ["2026-11-02T00:00:00Z"], True),
        ("DateGreaterThanEquals", ["2026-11-01T00:00:00Z"], ["1793491200"], True),
        ("Bool", ["true"], ["false"], False),
        ("Bool", ["true"], ["True"], True),
        ("BinaryEquals", ["AQI="], ["AQI="], True),
        ("BinaryEquals", ["AQI="], ["AQM="], False),
        ("IpAddress", ["127.0.0.1"], ["127.0.0.0/8"], True),
        ("NotIpAddress", ["127.0.0.1"], ["127.0.0.0/8"], False),
        ("IpAddress", ["127.0.0.1"], ["::1"], False),
        ("ArnLike", ["arn:aws:s3:::a"], ["arn:aws:s3:::*"], True),
        ("ArnEquals", ["arn:aws:s3:::a"], ["arn:aws:s3:::*"], True),
        ("ArnNotLike", ["arn:aws:s3:::a"], ["arn:aws:s3:::*"], False),
        ("Null", None, ["true"], True),
        ("Null", ["a"], ["true"], False),
        ("Null", ["a"], ["false"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b", "c"], True),
        ("ForAllValues:StringEquals", ["a", "d"], ["a", "b", "c"], False),
        ("ForAllValues:StringEquals", None, ["a"], True),
        ("ForAnyValue:StringEquals", ["a", "d"], ["a"], True),
        ("ForAnyValue:StringEquals", None, ["a"], False),
        ("ForAnyValue:StringEqualsIfExists", None, ["a"], True),
        ("ForAllValues:StringNotLike", ["x", "y"], ["a*"], True),
    ],
)
def test_an_operator_holds_as_aws_documents_it(
    name: str, given: Sequence[str] | None, wanted: Sequence[str], *, expected: bool
) -> None:
    known = operator(name)
    assert known is not None
    assert expected == known.holds(given, wanted)


@pytest.mark.parametrize(
    "name",
    [
        "StringMatches",
        "NullIfExists",
        "BoolNot",
        "NotBool",
        "NotStringEquals",
        "StringEqualsNot",
        "IpNotAddress",
        "NumericNotLessThan",
        "Some:Bool",
    ],
)
def test_an_operator_that_aws_does_not_have_is_none(name: str) -> None:
    assert operator(name) is None
