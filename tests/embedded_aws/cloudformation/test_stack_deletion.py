"""Stacks deleted by the API, and what outlives them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.cloudformation.sample_resources import (
    QUEUE,
    queue,
)


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


def test_a_deleted_name_can_be_taken_again(stacks: Any) -> None:
    first = stacks.create("again", {"Q": QUEUE})["StackId"]
    stacks.delete("again")
    second = stacks.create("again", {"Q": QUEUE})["StackId"]
    assert second != first
    assert stacks.described("again")["StackId"] == second
