"""Intrinsic functions in property values."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import UNKNOWN, Scope, evaluate

ATTRIBUTES = {"Queue": {"Arn": "arn:queue", "New": UNKNOWN}}


def reference(name: str) -> Any:
    return {"Queue": "queue-url", "Fresh": UNKNOWN}[name]


SCOPE = Scope(
    parameters={"Env": "dev", "Names": ["a", "b"], "AWS::Region": "us-east-1"},
    mappings={"Sizes": {"dev": {"memory": 128}}},
    reference=reference,
    attribute=lambda name, attribute: ATTRIBUTES[name][attribute],
)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({"Ref": "Env"}, "dev"),
        ({"Ref": "Names"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "Queue"}, "queue-url"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::GetAtt": "Queue.Arn"}, "arn:queue"),
        ({"Fn::Sub": "${Env}-${Queue}-${Queue.Arn}"}, "dev-queue-url-arn:queue"),
        ({"Fn::Sub": "${!Env} costs $5"}, "${Env} costs $5"),
        ({"Fn::Sub": ["${x}${Env}", {"x": {"Ref": "Env"}}]}, "devdev"),
        ({"Fn::Join": ["-", ["a", 1, True, {"Ref": "Env"}]]}, "a-1-true-dev"),
        ({"Fn::Join": [",", {"Ref": "Names"}]}, "a,b"),
        ({"Fn::Split": ["-", "a-b"]}, ["a", "b"]),
        ({"Fn::Select": ["1", {"Ref": "Names"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": [":", {"Fn::GetAtt": ["Queue", "Arn"]}]}]}, "arn"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "memory"]}, 128),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ({"Deep": [{"Ref": "Env"}, {"Plain": 1}]}, {"Deep": ["dev", {"Plain": 1}]}),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
)
def test_a_function_evaluates_to_its_result(value: Any, result: Any) -> None:
    assert evaluate(value, SCOPE) == result


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Fresh"},
        {"Fn::GetAtt": ["Queue", "New"]},
        {"Fn::Sub": "x-${Fresh}"},
        {"Fn::Join": ["-", ["x", {"Ref": "Fresh"}]]},
        {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Fresh"}]}]},
        {"Fn::Base64": {"Fn::Sub": "${Queue.New}"}},
    ],
)
def test_a_function_of_something_unknown_is_unknown(value: Any) -> None:
    assert evaluate(value, SCOPE) == UNKNOWN


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"Fn::GetAtt": ["Queue"]}, "requires two non-empty parameters"),
        ({"Fn::Sub": ["text"]}, "Fn::Sub intrinsic functions don't specify expected arguments"),
        ({"Fn::Join": ["-", "text"]}, "Fn::Join takes a delimiter and a list"),
        ({"Fn::Join": ["-", [["nested"]]]}, "Fn::Join needs a string"),
        ({"Fn::Select": [2, ["a"]]}, "cannot select nonexistent value at index 2"),
        ({"Fn::Select": [-1, ["a"]]}, "Fn::Select takes an index and a list"),
        ({"Fn::FindInMap": ["Sizes", "prod", "memory"]}, "mapping for Sizes::prod::memory"),
        ({"Fn::ImportValue": "x"}, "does not support Fn::ImportValue"),
        ({"Fn::GetAZs": ""}, "does not support Fn::GetAZs"),
        ({"Fn::Transform": {}}, "does not support Fn::Transform"),
        ("{{resolve:ssm:/a/b:1}}", "does not support dynamic references"),
    ],
)
def test_a_wrong_function_is_refused_by_name(value: Any, complaint: str) -> None:
    with pytest.raises(TemplateError) as refused:
        evaluate(value, SCOPE)
    assert complaint in str(refused.value)
