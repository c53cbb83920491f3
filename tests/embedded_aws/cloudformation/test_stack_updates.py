"""Stacks changed by the API: in place, by replacement, and back again."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.cloudformation.sample_resources import (
    BROKEN,
    QUEUE,
    queue,
    timeout_of,
)


def test_an_update_changes_only_what_differs(stacks: Any, client: Any) -> None:
    stacks.create("updated", {"A": QUEUE, "B": queue(VisibilityTimeout=10)})
    before = stacks.physical_id("updated", "B")
    stack = stacks.update("updated", {"A": QUEUE, "B": queue(VisibilityTimeout=20)})
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_id("updated", "B") == before
    assert timeout_of(client, before) == "20"
    assert stacks.events("updated")[-5:] == [
        ("updated", "UPDATE_IN_PROGRESS"),
        ("B", "UPDATE_IN_PROGRESS"),
        ("B", "UPDATE_COMPLETE"),
        ("updated", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("updated", "UPDATE_COMPLETE"),
    ]


def test_a_property_that_cannot_change_replaces_the_resource(stacks: Any, client: Any) -> None:
    dependent = queue(QueueName={"Fn::Sub": "${A.QueueName}-b"})
    stacks.create("replaced", {"A": queue(QueueName="one"), "B": dependent})
    stacks.update("replaced", {"A": queue(QueueName="two"), "B": dependent})
    urls = client("sqs").list_queues()["QueueUrls"]
    names = {url.rsplit("/", 1)[1] for url in urls}
    assert {"two", "two-b"} <= names
    assert not {"one", "one-b"} & names
    assert stacks.events("replaced")[-6:] == [
        ("replaced", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("B", "DELETE_IN_PROGRESS"),
        ("B", "DELETE_COMPLETE"),
        ("A", "DELETE_IN_PROGRESS"),
        ("A", "DELETE_COMPLETE"),
        ("replaced", "UPDATE_COMPLETE"),
    ]


def test_a_resource_with_a_fixed_name_is_not_replaced(stacks: Any) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "fixed",
            "Path": "/a/",
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
        },
    }
    stacks.create("fixed-name", {"R": role})
    moved = {**role, "Properties": {**role["Properties"], "Path": "/b/"}}  # type: ignore[dict-item]
    stack = stacks.update("fixed-name", {"R": moved})
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Rename fixed and update the stack again" in stacks.failures("fixed-name")


def test_removed_and_replaced_resources_can_be_retained(stacks: Any, client: Any) -> None:
    keep = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    stacks.create(
        "retaining",
        {"A": {**queue(QueueName="old"), **keep}, "B": {**queue(QueueName="removed"), **keep}},
    )
    stacks.update("retaining", {"A": {**queue(QueueName="new"), **keep}})
    names = {url.rsplit("/", 1)[1] for url in client("sqs").list_queues()["QueueUrls"]}
    assert {"old", "new", "removed"} <= names
    assert [event for event in stacks.events("retaining") if "SKIPPED" in event[1]] == [
        ("B", "DELETE_SKIPPED"),
        ("A", "DELETE_SKIPPED"),
    ]


def test_a_failed_update_takes_everything_back(stacks: Any, client: Any) -> None:
    """In-place changes get their old values, replacements and additions go."""
    before = {
        "A": queue(VisibilityTimeout=10),
        "B": queue(QueueName="back-b"),
        "D": queue(QueueName="back-d"),
    }
    stacks.create("reverted", before, Outputs={"B": {"Value": {"Ref": "B"}}})
    url, outputs = stacks.physical_id("reverted", "A"), stacks.outputs("reverted")
    replaced = stacks.physical_id("reverted", "B")
    stack = stacks.update(
        "reverted",
        {
            "A": queue(VisibilityTimeout=99),
            "B": queue(QueueName="forth-b"),
            "C": queue(QueueName="added"),
            "Z": {**BROKEN, "DependsOn": ["A", "B", "C"]},
        },
    )
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert timeout_of(client, url) == "10"
    names = {item.rsplit("/", 1)[1] for item in client("sqs").list_queues()["QueueUrls"]}
    assert {"back-b", "back-d"} <= names
    assert not {"forth-b", "added"} & names
    assert stacks.outputs("reverted") == outputs
    listed = stacks.cloudformation.list_stack_resources(StackName="reverted")
    found = {item["LogicalResourceId"] for item in listed["StackResourceSummaries"]}
    assert found == {"A", "B", "D"}
    assert stacks.physical_id("reverted", "B") == replaced


def test_changes_are_taken_back_in_reverse_order(stacks: Any) -> None:
    before = {name: queue(VisibilityTimeout=10) for name in "AB"}
    stacks.create("backwards", before)
    after = {name: queue(VisibilityTimeout=20) for name in "AB"}
    broken = {**BROKEN, "DependsOn": ["A", "B"]}
    stacks.update("backwards", {**after, "C": queue(), "Z": broken})
    events = stacks.events("backwards")
    assert events[events.index(("backwards", "UPDATE_ROLLBACK_IN_PROGRESS")) :] == [
        ("backwards", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("B", "UPDATE_IN_PROGRESS"),
        ("B", "UPDATE_COMPLETE"),
        ("A", "UPDATE_IN_PROGRESS"),
        ("A", "UPDATE_COMPLETE"),
        ("backwards", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("C", "DELETE_IN_PROGRESS"),
        ("C", "DELETE_COMPLETE"),
        ("backwards", "UPDATE_ROLLBACK_COMPLETE"),
    ]


def test_a_deletion_policy_of_a_failed_update_does_not_hold(stacks: Any, client: Any) -> None:
    stacks.create("policy", {"A": queue(QueueName="not-kept")})
    retained = {**queue(QueueName="not-kept"), "DeletionPolicy": "Retain"}
    stacks.update("policy", {"A": retained, "Z": {**BROKEN, "DependsOn": "A"}})
    stacks.delete("policy")
    urls = client("sqs").list_queues().get("QueueUrls", [])
    assert not any(url.endswith("/not-kept") for url in urls)


def test_a_stack_is_as_good_as_before_after_an_update_rolled_back(stacks: Any) -> None:
    stacks.create("resumed", {"A": QUEUE})
    stacks.update("resumed", {"A": queue(VisibilityTimeout=50), "Z": {**BROKEN, "DependsOn": "A"}})
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update("resumed", {"A": QUEUE})
    stack = stacks.update("resumed", {"A": queue(VisibilityTimeout=50)})
    assert stack["StackStatus"] == "UPDATE_COMPLETE"


def test_a_failed_update_can_be_left_as_it_is_and_rolled_back_later(
    stacks: Any, client: Any
) -> None:
    stacks.create("stuck", {"A": queue(VisibilityTimeout=10)})
    broken = {"A": queue(VisibilityTimeout=20), "Z": {**BROKEN, "DependsOn": "A"}}
    stack = stacks.update("stuck", broken, DisableRollback=True)
    assert stack["StackStatus"] == "UPDATE_FAILED"
    url = stacks.physical_id("stuck", "A")
    assert timeout_of(client, url) == "20"
    stacks.cloudformation.rollback_stack(StackName="stuck")
    assert stacks.described("stuck")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert timeout_of(client, url) == "10"


def test_an_update_that_changes_nothing_is_refused(stacks: Any) -> None:
    stacks.create("same", {"Q": QUEUE})
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update("same", {"Q": QUEUE})


def test_an_update_may_change_outputs_alone(stacks: Any) -> None:
    stacks.create("outputs", {"Q": QUEUE})
    stacks.update("outputs", {"Q": QUEUE}, Outputs={"Url": {"Value": {"Ref": "Q"}}})
    assert stacks.outputs("outputs") == {"Url": stacks.physical_id("outputs", "Q")}


def test_previous_template_and_parameters_can_be_used_again(stacks: Any, client: Any) -> None:
    declared = {"Seconds": {"Type": "Number"}, "Name": {"Type": "String"}}
    resources = {"Q": queue(VisibilityTimeout={"Ref": "Seconds"}, QueueName={"Ref": "Name"})}
    given = [
        {"ParameterKey": "Seconds", "ParameterValue": "5"},
        {"ParameterKey": "Name", "ParameterValue": "parametrised"},
    ]
    stacks.create("parametrised", resources, Declared=declared, Parameters=given)
    stacks.cloudformation.update_stack(
        StackName="parametrised",
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": "Seconds", "ParameterValue": "6"},
            {"ParameterKey": "Name", "UsePreviousValue": True},
        ],
    )
    assert stacks.described("parametrised")["StackStatus"] == "UPDATE_COMPLETE"
    assert timeout_of(client, stacks.physical_id("parametrised", "Q")) == "6"


def test_stack_tags_reach_the_resources_except_where_they_have_their_own(
    stacks: Any, client: Any
) -> None:
    tagged = queue(Tags=[{"Key": "own", "Value": "1"}])
    tags = [{"Key": "team", "Value": "fraud"}, {"Key": "own", "Value": "not"}]
    stacks.create("tagged", {"Q": tagged}, Tags=tags)
    url = stacks.physical_id("tagged", "Q")
    assert client("sqs").list_queue_tags(QueueUrl=url)["Tags"] == {"own": "1", "team": "fraud"}
    stacks.update("tagged", {"Q": tagged}, Tags=[{"Key": "team", "Value": "risk"}])
    assert client("sqs").list_queue_tags(QueueUrl=url)["Tags"] == {"own": "1", "team": "risk"}
