"""What DescribeStacks and its like say."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

QUEUE = {"Type": "AWS::SQS::Queue", "Metadata": {"Owner": "me"}}


@pytest.fixture(scope="module")
def described(stacks: Any) -> Any:
    return stacks.create(
        "described",
        {"Q": QUEUE},
        Declared={
            "Secret": {"Type": "String", "Default": "hush", "NoEcho": "true"},
            "Open": {"Type": "String", "Default": "loud"},
        },
        Outputs={"Url": {"Value": {"Ref": "Q"}, "Description": "where"}},
        Tags=[{"Key": "k", "Value": "v"}],
    )


def test_a_stack_is_described_with_what_it_was_given(described: Any, stacks: Any) -> None:
    assert described["Parameters"] == [
        {"ParameterKey": "Secret", "ParameterValue": "****"},
        {"ParameterKey": "Open", "ParameterValue": "loud"},
    ]
    assert described["Tags"] == [{"Key": "k", "Value": "v"}]
    assert described["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert described["EnableTerminationProtection"] is False
    url = stacks.physical_id("described", "Q")
    assert described["Outputs"] == [
        {"OutputKey": "Url", "OutputValue": url, "Description": "where"}
    ]


def test_a_resource_is_described_with_its_metadata(described: Any, stacks: Any) -> None:
    found = stacks.cloudformation.describe_stack_resource(
        StackName=described["StackId"], LogicalResourceId="Q"
    )["StackResourceDetail"]
    assert (found["ResourceType"], found["ResourceStatus"]) == (
        "AWS::SQS::Queue",
        "CREATE_COMPLETE",
    )
    assert json.loads(found["Metadata"]) == {"Owner": "me"}


def test_a_resource_that_does_not_exist_is_named(described: Any, stacks: Any) -> None:
    with pytest.raises(ClientError, match="Resource X does not exist for stack described"):
        stacks.cloudformation.describe_stack_resource(
            StackName=described["StackName"], LogicalResourceId="X"
        )


def test_resources_are_found_by_their_physical_id(described: Any, stacks: Any) -> None:
    url = stacks.physical_id("described", "Q")
    found = stacks.cloudformation.describe_stack_resources(PhysicalResourceId=url)
    assert found["StackResources"][0]["StackId"] == described["StackId"]
    with pytest.raises(ClientError, match="Stack for nothing does not exist"):
        stacks.cloudformation.describe_stack_resources(PhysicalResourceId="nothing")


def test_all_resources_are_described(described: Any, stacks: Any) -> None:
    found = stacks.cloudformation.describe_stack_resources(StackName=described["StackName"])
    assert [item["LogicalResourceId"] for item in found["StackResources"]] == ["Q"]


@pytest.mark.usefixtures("described")
def test_all_stacks_are_described_except_deleted_ones(stacks: Any) -> None:
    stacks.create("passing", {"Q": QUEUE})
    stacks.delete("passing")
    names = {item["StackName"] for item in stacks.cloudformation.describe_stacks()["Stacks"]}
    assert "described" in names
    assert "passing" not in names


@pytest.mark.usefixtures("described")
def test_stacks_are_listed_by_status(stacks: Any) -> None:
    stacks.create("past", {"Q": QUEUE})
    stacks.delete("past")
    listed = stacks.cloudformation.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])
    names = {item["StackName"] for item in listed["StackSummaries"]}
    assert "past" in names
    assert "described" not in names


def test_events_come_newest_first_and_in_pages(stacks: Any) -> None:
    stacks.create("eventful", {f"Q{index}": QUEUE for index in range(40)})
    first = stacks.cloudformation.describe_stack_events(StackName="eventful")
    assert first["StackEvents"][0]["LogicalResourceId"] == "eventful"
    assert len(first["StackEvents"]) == 100
    second = stacks.cloudformation.describe_stack_events(
        StackName="eventful", NextToken=first["NextToken"]
    )
    assert len(second["StackEvents"]) == 2 + 3 * 40 - 100


def test_timestamps_are_those_of_the_virtual_clock(stacks: Any, aws: Any) -> None:
    stack = stacks.create("dated", {"Q": QUEUE})
    assert aws.environment.clock.now() - stack["CreationTime"] < timedelta(hours=1)


def test_an_unknown_stack_is_named(stacks: Any) -> None:
    with pytest.raises(ClientError, match="Stack with id nobody does not exist"):
        stacks.cloudformation.describe_stack_events(StackName="nobody")


def test_an_operation_that_is_not_supported_says_so(stacks: Any) -> None:
    with pytest.raises(ClientError, match="does not support cloudformation:DetectStackDrift"):
        stacks.cloudformation.detect_stack_drift(StackName="any")
