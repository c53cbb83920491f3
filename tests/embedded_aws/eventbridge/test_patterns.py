"""EventBridge user guide: "Comparison operators for use in event patterns"."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedded_aws.eventbridge.patterns import EventPattern, InvalidPattern

EVENT = {
    "source": "aws.sagemaker",
    "resources": ["arn:aws:a", "arn:aws:b"],
    "detail": {
        "name": "Fraud-nightly",
        "status": "Failed",
        "auc": 0.95,
        "count": 300,
        "empty": "",
        "nothing": None,
        "is-final": True,
        "ip": "10.0.0.7",
        "steps": [{"name": "train", "ok": True}, {"name": "deploy", "ok": False}],
    },
}


def matches(pattern: dict[str, Any]) -> bool:
    return EventPattern(json.dumps(pattern)).matches(EVENT)


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": ["Stopped", "Failed"]},
        {"status": [{"prefix": "Fai"}]},
        {"status": [{"suffix": "led"}]},
        {"status": [{"prefix": {"equals-ignore-case": "FAI"}}]},
        {"status": [{"suffix": {"equals-ignore-case": "LED"}}]},
        {"status": [{"equals-ignore-case": "failed"}]},
        {"name": [{"wildcard": "Fraud*"}]},
        {"name": [{"wildcard": "F*d-*ly"}]},
        {"status": [{"anything-but": "Completed"}]},
        {"status": [{"anything-but": ["Completed", "Stopped"]}]},
        {"status": [{"anything-but": {"prefix": "Comp"}}]},
        {"status": [{"anything-but": {"suffix": ["ed ", "ing"]}}]},
        {"status": [{"anything-but": {"equals-ignore-case": "completed"}}]},
        {"name": [{"anything-but": {"wildcard": "*-weekly"}}]},
        {"auc": [{"numeric": [">=", 0.94]}]},
        {"count": [{"numeric": [">", 0, "<=", 300]}]},
        {"count": [{"numeric": ["=", 300]}]},
        {"count": [300]},
        {"status": [{"exists": True}]},
        {"absent": [{"exists": False}]},
        {"empty": [""]},
        {"nothing": [None]},
        {"is-final": [True]},
        {"ip": [{"cidr": "10.0.0.0/24"}]},
        {"steps": {"name": ["train"], "ok": [True]}},
        {"$or": [{"status": ["Completed"]}, {"auc": [{"numeric": [">", 0.9]}]}]},
    ],
    ids=str,
)
def test_what_is_wanted_matches(wanted: dict[str, Any]) -> None:
    assert matches({"detail": wanted})


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": ["failed"]},
        {"status": [{"prefix": "fai"}]},
        {"name": [{"wildcard": "Fraud"}]},
        {"status": [{"anything-but": "Failed"}]},
        {"absent": [{"anything-but": "Failed"}]},
        {"status": [{"anything-but": {"prefix": ["Comp", "Fa"]}}]},
        {"auc": [{"numeric": [">", 0.95]}]},
        {"status": [{"numeric": [">", 0]}]},
        {"count": [300.0]},
        {"is-final": [1]},
        {"status": [{"exists": False}]},
        {"absent": [{"exists": True}]},
        {"empty": [None]},
        {"nothing": [""]},
        {"ip": [{"cidr": "10.0.1.0/24"}]},
        {"steps": {"name": ["train"], "ok": [False]}},
        {"$or": [{"status": ["Completed"]}, {"auc": [{"numeric": ["<", 0.9]}]}]},
        {"status": ["Failed"], "auc": [{"numeric": ["<", 0.9]}]},
    ],
    ids=str,
)
def test_what_is_not_wanted_does_not(wanted: dict[str, Any]) -> None:
    assert not matches({"detail": wanted})


def test_one_element_of_an_array_is_enough() -> None:
    assert matches({"resources": ["arn:aws:b", "arn:aws:c"]})
    assert matches({"resources": [{"prefix": "arn:aws:a"}]})
    assert not matches({"resources": ["arn:aws:c"]})


@pytest.mark.parametrize(
    "pattern",
    [
        "no json",
        "[]",
        "{}",
        '{"source": "aws.s3"}',
        '{"source": []}',
        '{"detail": {}}',
        '{"source": [{"like": "x"}]}',
        '{"source": [{"prefix": "a", "suffix": "b"}]}',
        '{"source": [{"prefix": 1}]}',
        '{"source": [{"exists": "yes"}]}',
        '{"source": [{"numeric": [">"]}]}',
        '{"source": [{"numeric": ["~", 1]}]}',
        '{"source": [{"anything-but": {"exists": true}}]}',
        '{"source": [{"wildcard": "a**b"}]}',
        '{"source": [{"cidr": "ten"}]}',
        '{"$or": [{"source": ["a"]}]}',
    ],
)
def test_a_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        EventPattern(pattern)
