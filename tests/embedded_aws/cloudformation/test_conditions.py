"""The Conditions block, and the branches that it chooses."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.conditions import evaluate_all, prune
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import Scope


def no_resource(name: str, *_: str) -> Any:
    raise TemplateError(f"{name} is a resource")


SCOPE = Scope({"Env": "prod", "Count": "3"}, {}, no_resource, no_resource)
IS_PROD = {"Fn::Equals": [{"Ref": "Env"}, "prod"]}
IS_DEV = {"Fn::Equals": [{"Ref": "Env"}, "dev"]}


@pytest.mark.parametrize(
    ("expression", "truth"),
    [
        (IS_PROD, True),
        ({"Fn::Equals": [{"Ref": "Count"}, 3]}, True),
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Fn::Not": [IS_PROD]}, False),
        ({"Fn::And": [IS_PROD, IS_DEV]}, False),
        ({"Fn::Or": [IS_DEV, IS_PROD]}, True),
        ({"Condition": "Other"}, True),
    ],
)
def test_an_expression_has_its_truth(expression: Any, truth: bool) -> None:  # noqa: FBT001
    block = {"C": expression, "Other": IS_PROD}
    assert evaluate_all(block, SCOPE)["C"] is truth


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"A": {"Condition": "B"}, "B": {"Condition": "A"}}, "Circular dependencies"),
        ({"A": {"Condition": "Missing"}}, "unresolved condition dependency Missing"),
        ({"A": {"Fn::And": [IS_PROD]}}, "at least 2 and at most 10"),
        ({"A": {"Fn::Or": [IS_PROD] * 11}}, "at least 2 and at most 10"),
        ({"A": "yes"}, "Conditions can only be boolean operations"),
        ({"A": {"Fn::Equals": ["one"]}}, "Conditions can only be boolean operations"),
        ({"A": {"Fn::Equals": [{"Ref": "Queue"}, "x"]}}, "Queue is a resource"),
    ],
)
def test_a_wrong_condition_is_refused(block: dict[str, Any], complaint: str) -> None:
    with pytest.raises(TemplateError) as refused:
        evaluate_all(block, SCOPE)
    assert complaint in str(refused.value)


NO_VALUE = {"Ref": "AWS::NoValue"}
CHOICES = {"Yes": True, "No": False}


@pytest.mark.parametrize(
    ("value", "pruned"),
    [
        ({"Fn::If": ["Yes", 1, 2]}, 1),
        ({"Fn::If": ["No", 1, {"Fn::If": ["Yes", "inner", 0]}]}, "inner"),
        ({"A": {"Fn::If": ["No", 1, NO_VALUE]}, "B": 2}, {"B": 2}),
        ([1, {"Fn::If": ["Yes", NO_VALUE, 2]}, 3], [1, 3]),
        (NO_VALUE, None),
        ({"Ref": "Queue"}, {"Ref": "Queue"}),
    ],
)
def test_only_the_chosen_branch_remains(value: Any, pruned: Any) -> None:
    assert prune(value, CHOICES) == pruned


@pytest.mark.parametrize("argument", [["Missing", 1, 2], ["Yes", 1], "Yes"])
def test_a_wrong_branch_is_refused(argument: Any) -> None:
    with pytest.raises(TemplateError):
        prune({"Fn::If": argument}, CHOICES)
