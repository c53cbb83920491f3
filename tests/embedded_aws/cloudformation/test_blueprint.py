"""Templates filled in: which resources there are, what they depend on, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.blueprint import Blueprint, compile_template
from embedded_aws.cloudformation.errors import TemplateError

QUEUE = "AWS::SQS::Queue"


def compiled(resources: dict[str, Any], **sections: Any) -> Blueprint:
    document = {"Resources": resources, **sections}
    return compile_template(document, {"Env": "dev", "AWS::StackName": "s"})


def test_resources_come_in_dependency_order() -> None:
    blueprint = compiled(
        {
            "A": {"Type": QUEUE, "Properties": {"QueueName": {"Fn::Sub": "${B.QueueName}-a"}}},
            "B": {"Type": QUEUE, "DependsOn": "C"},
            "C": {"Type": QUEUE},
        }
    )
    assert list(blueprint.resources) == ["C", "B", "A"]
    assert blueprint.resources["A"].depends_on == {"B"}


def test_parameters_are_no_dependencies() -> None:
    blueprint = compiled({"A": {"Type": QUEUE, "Properties": {"QueueName": {"Ref": "Env"}}}})
    assert blueprint.resources["A"].depends_on == frozenset()


def test_a_resource_whose_condition_is_false_is_left_out() -> None:
    conditions = {"Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}}
    blueprint = compiled(
        {
            "A": {"Type": QUEUE, "DependsOn": ["B"]},
            "B": {"Type": QUEUE, "Condition": "Prod"},
        },
        Conditions=conditions,
        Outputs={"O": {"Value": {"Ref": "B"}, "Condition": "Prod"}},
    )
    assert list(blueprint.resources) == ["A"]
    assert blueprint.resources["A"].depends_on == frozenset()
    assert blueprint.outputs == ()


def test_a_branch_not_taken_is_no_dependency() -> None:
    blueprint = compiled(
        {
            "A": {
                "Type": QUEUE,
                "Properties": {"QueueName": {"Fn::If": ["Never", {"Ref": "B"}, "a"]}},
            },
            "B": {"Type": QUEUE, "Properties": {"QueueName": {"Ref": "A"}}},
        },
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )
    assert list(blueprint.resources) == ["A", "B"]


@pytest.mark.parametrize(
    ("resources", "complaint"),
    [
        ({"A": {"Type": QUEUE, "Properties": {"QueueName": {"Ref": "X"}}}}, "[X] in the Resources"),
        ({"A": {"Type": QUEUE, "DependsOn": "X"}}, "[X] in the Resources block"),
        ({"A": {"Type": QUEUE, "DependsOn": "A"}}, "Circular dependency between resources: [A]"),
        ({"A": {"Properties": {}}}, "takes a Type"),
        ({"A": {"Type": QUEUE, "CreationPolicy": {}}}, "['CreationPolicy'] of A"),
        ({"A": {"Type": QUEUE, "DeletionPolicy": "Snapshot"}}, "DeletionPolicy: Snapshot"),
        ({"A": {"Type": QUEUE, "UpdateReplacePolicy": "Snapshot"}}, "UpdateReplacePolicy: Snap"),
        ({"A": {"Type": QUEUE, "Condition": "X"}}, "Unresolved condition X"),
        ({"A": "text"}, "must be an object"),
    ],
)
def test_a_wrong_resource_is_refused(resources: dict[str, Any], complaint: str) -> None:
    with pytest.raises(TemplateError) as refused:
        compiled(resources)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ({"Value": {"Ref": "X"}}, "[X] in the Outputs block"),
        ({"Value": "v", "Export": {"Name": "n"}}, "does not support Export, which output O has"),
        ({"Description": "d"}, "Output O is missing its Value"),
    ],
)
def test_a_wrong_output_is_refused(output: dict[str, Any], complaint: str) -> None:
    with pytest.raises(TemplateError) as refused:
        compiled({"A": {"Type": QUEUE}}, Outputs={"O": output})
    assert complaint in str(refused.value)


def test_a_condition_cannot_refer_to_a_resource() -> None:
    conditions = {"C": {"Fn::Equals": [{"Ref": "A"}, "x"]}}
    with pytest.raises(TemplateError, match="Cannot reference resources in the Conditions block"):
        compiled({"A": {"Type": QUEUE}}, Conditions=conditions)
