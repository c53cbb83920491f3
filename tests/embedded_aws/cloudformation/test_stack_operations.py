"""Stacks created, updated, rolled back and deleted by the API, with the events that tell of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.cloudformation.resources import sqs
from embedded_aws.testing import make_role


def request(name: str, resources: Any) -> dict[str, str]:
    return {"StackName": name, "TemplateBody": json.dumps({"Resources": resources})}


QUEUE = {"Type": "AWS::SQS::Queue"}
# A policy for a role that does not exist stops any deployment when its turn comes.
BROKEN = {
    "Type": "AWS::IAM::Policy",
    "Properties": {
        "PolicyName": "p",
        "Roles": ["no-such-role"],
        "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    },
}


def queue(**properties: Any) -> dict[str, Any]:
    return {**QUEUE, "Properties": properties}


def timeout_of(client: Callable[[str], Any], url: str) -> str:
    sqs = client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    return str(found["Attributes"]["VisibilityTimeout"])


def test_a_created_stack_has_its_resources_and_outputs(stacks: Any, client: Any) -> None:
    outputs = {"Url": {"Value": {"Ref": "Q"}}, "Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}}}
    stack = stacks.create("created", {"Q": queue(VisibilityTimeout="61")}, Outputs=outputs)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    url = stacks.physical_id("created", "Q")
    assert stacks.outputs("created")["Url"] == url
    assert stacks.outputs("created")["Arn"].endswith(f":{url.rsplit('/', 1)[1]}")
    assert timeout_of(client, url) == "61"


def test_events_tell_of_the_creation_in_order(stacks: Any) -> None:
    stacks.create("told", {"A": queue(QueueName={"Fn::Sub": "${B.QueueName}-a"}), "B": QUEUE})
    assert stacks.events("told") == [
        ("told", "CREATE_IN_PROGRESS"),
        ("B", "CREATE_IN_PROGRESS"),
        ("B", "CREATE_IN_PROGRESS"),
        ("B", "CREATE_COMPLETE"),
        ("A", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_COMPLETE"),
        ("told", "CREATE_COMPLETE"),
    ]


def test_no_two_events_share_a_timestamp(stacks: Any) -> None:
    """Sam resumes after the last timestamp that it has seen."""
    stacks.create("stamped", dict.fromkeys("ABCDE", QUEUE))
    events = stacks.cloudformation.describe_stack_events(StackName="stamped")["StackEvents"]
    stamps: list[datetime] = [event["Timestamp"] for event in events]
    assert all(later > earlier for later, earlier in pairwise(stamps))


def test_a_failed_creation_rolls_back(stacks: Any, client: Any) -> None:
    stack = stacks.create("failing", {"A": QUEUE, "B": {**BROKEN, "DependsOn": "A"}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "no-such-role" in stacks.failures("failing")
    assert stacks.events("failing")[-5:] == [
        ("B", "CREATE_FAILED"),
        ("failing", "ROLLBACK_IN_PROGRESS"),
        ("A", "DELETE_IN_PROGRESS"),
        ("A", "DELETE_COMPLETE"),
        ("failing", "ROLLBACK_COMPLETE"),
    ]
    names = [url for url in client("sqs").list_queues().get("QueueUrls", []) if "failing" in url]
    assert names == []


def test_a_failed_creation_can_be_left_as_it_is_and_rolled_back_later(stacks: Any) -> None:
    resources = {"A": QUEUE, "B": {**BROKEN, "DependsOn": "A"}}
    stack = stacks.create("kept", resources, DisableRollback=True)
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert stacks.physical_id("kept", "A")
    stacks.cloudformation.rollback_stack(StackName="kept")
    assert stacks.described("kept")["StackStatus"] == "ROLLBACK_COMPLETE"


def test_a_failed_creation_can_delete_the_stack(stacks: Any) -> None:
    stacks.cloudformation.create_stack(
        StackName="vanishing",
        TemplateBody=json.dumps({"Resources": {"B": BROKEN}}),
        Capabilities=["CAPABILITY_IAM"],
        OnFailure="DELETE",
    )
    with pytest.raises(ClientError, match="Stack with id vanishing does not exist"):
        stacks.described("vanishing")


def test_an_output_that_cannot_be_evaluated_rolls_back(stacks: Any) -> None:
    outputs = {"O": {"Value": {"Fn::Select": [9, {"Fn::Split": ["/", {"Ref": "Q"}]}]}}}
    stack = stacks.create("bad-output", {"Q": QUEUE}, Outputs=outputs)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("bad-output", "ROLLBACK_IN_PROGRESS") in stacks.events("bad-output")


def test_an_output_must_be_text(stacks: Any) -> None:
    outputs = {"O": {"Value": {"Fn::Split": ["/", {"Ref": "Q"}]}}}
    stacks.create("list-output", {"Q": QUEUE}, Outputs=outputs)
    events = stacks.cloudformation.describe_stack_events(StackName="list-output")["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert any("Output O needs a string" in reason for reason in reasons)


def test_while_an_operation_is_under_way_others_are_refused(
    stacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    create = sqs.Queue.create

    def held(*arguments: Any) -> str:
        go_on.wait()
        return create(*arguments)

    monkeypatch.setattr(sqs.Queue, "create", held)
    stacks.cloudformation.create_stack(**request("held", {"Q": QUEUE}))
    try:
        listed = stacks.cloudformation.list_stacks(StackStatusFilter=["CREATE_IN_PROGRESS"])
        assert [item["StackName"] for item in listed["StackSummaries"]] == ["held"]
        with pytest.raises(ClientError, match="is in CREATE_IN_PROGRESS state and can not be"):
            stacks.cloudformation.update_stack(**request("held", {"Q": QUEUE}))
        with pytest.raises(ClientError, match="cannot be deleted while in status CREATE_IN_PROG"):
            stacks.cloudformation.delete_stack(StackName="held")
    finally:
        go_on.set()
    assert stacks.described("held")["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_of_ours_ends_the_operation(stacks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be in progress for ever."""
    monkeypatch.setattr(sqs.Queue, "create", lambda *_: {}["defect"])
    stack = stacks.create("defective", {"Q": QUEUE})
    # The stack has ended a moment before its thread does, whose end no other test shall see.
    for thread in threading.enumerate():
        if thread.name == "cloudformation defective":
            thread.join()
    assert (stack["StackStatus"], stack["StackStatusReason"]) == (
        "CREATE_FAILED",
        "Internal Failure",
    )


def test_a_stack_that_failed_to_create_cannot_be_updated(stacks: Any) -> None:
    stacks.create("dead", {"B": BROKEN})
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        stacks.update("dead", {"Q": QUEUE})


def test_resources_that_retain_survive_a_failed_creation(stacks: Any, client: Any) -> None:
    """RetainExceptOnCreate is the policy for those that shall not."""
    stacks.create(
        "surviving",
        {
            "A": {**queue(QueueName="retained"), "DeletionPolicy": "Retain"},
            "B": {**queue(QueueName="excepted"), "DeletionPolicy": "RetainExceptOnCreate"},
            "C": {**BROKEN, "DependsOn": ["A", "B"]},
        },
    )
    urls = client("sqs").list_queues()["QueueUrls"]
    assert any(url.endswith("/retained") for url in urls)
    assert not any(url.endswith("/excepted") for url in urls)


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


def test_a_deleted_stack_is_found_by_its_id_only(stacks: Any, is_gone: Any, client: Any) -> None:
    stack = stacks.create("deleted", {"Q": queue(QueueName="deleted")})
    assert stacks.delete("deleted") == "DELETE_COMPLETE"
    assert is_gone(lambda: client("sqs").get_queue_url(QueueName="deleted"))
    with pytest.raises(ClientError, match="Stack with id deleted does not exist"):
        stacks.described("deleted")
    assert stacks.described(stack["StackId"])["DeletionTime"] >= stack["CreationTime"]


def test_deleting_what_does_not_exist_succeeds(stacks: Any) -> None:
    assert stacks.cloudformation.delete_stack(StackName="never-was")


def test_resources_that_are_gone_already_do_not_stop_a_deletion(stacks: Any, client: Any) -> None:
    stacks.create("half-gone", {"Q": QUEUE})
    client("sqs").delete_queue(QueueUrl=stacks.physical_id("half-gone", "Q"))
    assert stacks.delete("half-gone") == "DELETE_COMPLETE"


def test_a_resource_that_cannot_be_deleted_can_be_retained(stacks: Any, client: Any) -> None:
    """What the undeletable resource depends on is kept with it; the rest goes."""
    bucket = {"Type": "AWS::S3::Bucket", "DependsOn": "Needed"}
    stacks.create("full", {"Bucket": bucket, "Needed": queue(QueueName="needed"), "Free": QUEUE})
    name = stacks.physical_id("full", "Bucket")
    client("s3").put_object(Bucket=name, Key="k", Body=b"x")
    assert stacks.delete("full") == "DELETE_FAILED"
    left = stacks.cloudformation.list_stack_resources(StackName="full")["StackResourceSummaries"]
    assert {item["LogicalResourceId"] for item in left} == {"Bucket", "Needed"}
    assert stacks.delete("full", RetainResources=["Bucket"]) == "DELETE_COMPLETE"
    assert client("s3").get_object(Bucket=name, Key="k")["Body"].read() == b"x"


def test_resources_cannot_be_retained_at_the_first_attempt(stacks: Any) -> None:
    stacks.create("too-early", {"Q": QUEUE})
    with pytest.raises(ClientError, match="not in DELETE_FAILED"):
        stacks.delete("too-early", RetainResources=["Q"])


def test_a_name_can_be_taken_once(stacks: Any) -> None:
    stacks.create("unique", {"Q": QUEUE})
    with pytest.raises(ClientError, match=r"Stack \[unique\] already exists"):
        stacks.create("unique", {"Q": QUEUE})


def test_a_deleted_name_can_be_taken_again(stacks: Any) -> None:
    first = stacks.create("again", {"Q": QUEUE})["StackId"]
    stacks.delete("again")
    second = stacks.create("again", {"Q": QUEUE})["StackId"]
    assert second != first
    assert stacks.described("again")["StackId"] == second


@pytest.mark.parametrize("name", ["1st", "under_score", "a" * 129])
def test_an_illegal_name_is_refused(stacks: Any, name: str) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        stacks.create(name, {"Q": QUEUE})


@pytest.mark.parametrize(
    ("resources", "complaint"),
    [
        ({"A": {"Type": "AWS::SQS::Cue"}}, "Unrecognized resource types: [AWS::SQS::Cue]"),
        ({"A": {"Type": "AWS::EC2::VPC"}}, "does not support resource type AWS::EC2::VPC"),
        (
            {"A": {"Type": "AWS::S3::Bucket", "Properties": {"WebsiteConfiguration": {}}}},
            "does not support property WebsiteConfiguration of AWS::S3::Bucket (A)",
        ),
        (
            {"A": QUEUE, "B": queue(QueueName={"Fn::GetAtt": ["A", "Length"]})},
            "does not support attribute Length of AWS::SQS::Queue",
        ),
        ({"A": queue(QueueName={"Ref": "X"})}, "Unresolved resource dependencies [X]"),
    ],
)
def test_what_is_not_supported_is_refused_before_anything_is_made(
    stacks: Any, resources: Any, complaint: str
) -> None:
    with pytest.raises(ClientError) as refused:
        stacks.create("refused", resources)
    assert complaint in str(refused.value)
    with pytest.raises(ClientError, match="does not exist"):
        stacks.described("refused")


def test_properties_that_break_the_schema_fail_the_resource(stacks: Any) -> None:
    stack = stacks.create("misfit", {"Q": queue(VisibilityTimeout="soon")})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Properties validation failed for resource Q" in stacks.failures("misfit")


def test_iam_resources_must_be_acknowledged(stacks: Any) -> None:
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_IAM\]"):
        stacks.create("unacknowledged", {"B": BROKEN}, Capabilities=[])


def test_request_parameters_that_are_not_supported_are_refused(stacks: Any) -> None:
    with pytest.raises(ClientError, match=r"does not support the parameters \['NotificationARNs'"):
        stacks.create("noisy", {"Q": QUEUE}, NotificationARNs=["arn:aws:sns:us-east-1:1:t"])


def test_a_template_too_long_for_a_request_is_refused(stacks: Any) -> None:
    with pytest.raises(ClientError, match="less than or equal to 51200"):
        stacks.cloudformation.create_stack(StackName="long", TemplateBody="#" * 51_201)


def test_a_stack_can_be_made_under_a_role(stacks: Any, client: Any) -> None:
    role_arn = make_role(client("iam"), "deployer", "cloudformation")
    stack = stacks.create("under-role", {"Q": QUEUE}, RoleARN=role_arn)
    assert (stack["StackStatus"], stack["RoleARN"]) == ("CREATE_COMPLETE", role_arn)
