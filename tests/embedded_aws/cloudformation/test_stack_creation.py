"""Stacks made by the API, and what is left of those that fail, with the events that tell of it."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.cloudformation.resources import sqs
from embedded_aws.testing import make_role
from tests.embedded_aws.cloudformation.sample_resources import (
    BROKEN,
    QUEUE,
    queue,
    request,
    timeout_of,
)


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


def test_a_stack_can_be_made_under_a_role(stacks: Any, client: Any) -> None:
    role_arn = make_role(client("iam"), "deployer", "cloudformation")
    stack = stacks.create("under-role", {"Q": QUEUE}, RoleARN=role_arn)
    assert (stack["StackStatus"], stack["RoleARN"]) == ("CREATE_COMPLETE", role_arn)
