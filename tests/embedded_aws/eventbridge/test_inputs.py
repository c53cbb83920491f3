"""EventBridge user guide: "Amazon EventBridge input transformation"."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedded_aws.eventbridge.inputs import InvalidInput, check_path, target_input

RULE_ARN = "arn:aws:events:us-east-1:123456789012:rule/nightly"
EVENT = {
    "id": "i-1",
    "source": "aws.sagemaker",
    "resources": ["arn:aws:a", "arn:aws:b"],
    "detail": {"name": 'the "best"', "auc": 0.95, "tags": {"k": "v"}},
}


def made(**target: Any) -> Any:
    return json.loads(target_input(target, EVENT, RULE_ARN, "2026-11-01T00:00:00Z"))


def transformed(template: str, **paths: str) -> Any:
    return made(InputTransformer={"InputTemplate": template, "InputPathsMap": paths})


def test_a_target_gets_the_whole_event() -> None:
    assert made() == EVENT


def test_an_input_stands_for_the_event() -> None:
    assert made(Input='{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("$.detail.auc", 0.95),
        ("$.resources[1]", "arn:aws:b"),
        ("$['detail']['tags']", {"k": "v"}),
        ("$.detail.absent", None),
    ],
)
def test_an_input_path_takes_a_part(path: str, part: Any) -> None:
    assert made(InputPath=path) == part


def test_a_template_of_text_is_filled_with_text() -> None:
    text = transformed('"<name> has <auc>"', name="$.detail.name", auc="$.detail.auc")

    assert text == 'the "best" has 0.95'


def test_a_template_of_json_is_filled_with_json() -> None:
    filled = transformed(
        '{"name": <name>, "auc": <auc>, "tags": <tags>, "text": "is <auc>", "none": <none>}',
        name="$.detail.name",
        auc="$.detail.auc",
        tags="$.detail.tags",
        none="$.detail.absent",
    )

    assert filled == {
        "name": 'the "best"',
        "auc": 0.95,
        "tags": {"k": "v"},
        "text": "is 0.95",
        "none": "",
    }


def test_there_are_variables_that_need_no_path() -> None:
    template = (
        '{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", '
        '"at": <aws.events.event.ingestion-time>, "all": <aws.events.event.json>, '
        '"head": <aws.events.event>}'
    )

    assert transformed(template) == {
        "rule": "nightly",
        "arn": RULE_ARN,
        "at": "2026-11-01T00:00:00Z",
        "all": EVENT,
        "head": {name: EVENT[name] for name in ("id", "source", "resources")},
    }


def test_a_template_must_make_json() -> None:
    with pytest.raises(InvalidInput):
        transformed("{<auc>}", auc="$.detail.auc")


@pytest.mark.parametrize("path", ["detail", "$..a", "$.a[*]", "$.a[?(@.b)]"])
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        check_path(path)
