"""S3 user guide, "Amazon S3 Event Notifications", seen from the destinations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def bucket(post: Any) -> str:
    name = str(post.name("bucket"))
    post.client("s3").create_bucket(Bucket=name)
    return name


def configure(post: Any, bucket: str, **configuration: Any) -> None:
    post.client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration=configuration
    )


def to_queue(arn: str, *events: str, prefix: str = "all/") -> list[dict[str, Any]]:
    rules = [{"Name": "prefix", "Value": prefix}]
    return [
        {
            "Id": "c",
            "QueueArn": arn,
            "Events": list(events),
            "Filter": {"Key": {"FilterRules": rules}},
        }
    ]


def test_a_queue_is_tested_and_told(post: Any, bucket: str) -> None:
    queue, s3 = post.queue(), post.client("s3")
    configure(post, bucket, QueueConfigurations=to_queue(queue, "s3:ObjectCreated:*", prefix="in/"))

    for key in ("in/a b.csv", "out/c.csv"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"123")

    test, told = post.bodies(queue)
    assert (test["Event"], test["Bucket"]) == ("s3:TestEvent", bucket)
    (record,) = told["Records"]
    assert (record["eventName"], record["awsRegion"]) == ("ObjectCreated:Put", "us-east-1")
    assert record["s3"]["configurationId"] == "c"
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("in/a+b.csv", 3)


def test_a_function_is_told(post: Any, bucket: str, function: Any) -> None:
    function.permit("s3", f"arn:aws:s3:::{bucket}")
    configuration = {"LambdaFunctionArn": function.arn, "Events": ["s3:ObjectCreated:Put"]}
    configure(post, bucket, LambdaFunctionConfigurations=[configuration])

    post.client("s3").put_object(Bucket=bucket, Key="k", Body=b"")

    (event,) = function.events()
    assert event["Records"][0]["s3"]["bucket"]["name"] == bucket


def test_a_topic_is_told(post: Any, bucket: str) -> None:
    topic, queue = post.topic(), post.queue()
    post.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue,
        Attributes={"RawMessageDelivery": "true"},
    )
    configuration = {"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}
    configure(post, bucket, TopicConfigurations=[configuration])

    post.client("s3").put_object(Bucket=bucket, Key="k", Body=b"")

    _test, told = post.bodies(queue)
    assert told["Records"][0]["s3"]["object"]["key"] == "k"


def test_eventbridge_gets_what_rules_want(post: Any, bucket: str) -> None:
    """User guide "EventBridge event message structure"."""
    queue, events = post.queue(), post.client("events")
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}
    events.put_rule(Name=bucket, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=bucket, Targets=[{"Id": "q", "Arn": queue}])
    configure(post, bucket, EventBridgeConfiguration={})

    s3 = post.client("s3")
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"1234")
    s3.delete_object(Bucket=bucket, Key="a/b")

    created, deleted = post.bodies(queue)
    assert created["detail-type"] == "Object Created"
    assert created["resources"] == [f"arn:aws:s3:::{bucket}"]
    assert created["detail"]["object"]["size"] == 4
    assert created["detail"]["reason"] == "PutObject"
    assert deleted["detail-type"] == "Object Deleted"
    assert deleted["detail"]["deletion-type"] == "Permanently Deleted"
    assert created["detail"]["object"]["sequencer"] < deleted["detail"]["object"]["sequencer"]


def test_removals_from_a_versioned_bucket_are_told_apart(post: Any, bucket: str) -> None:
    queue, s3 = post.queue(), post.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    configure(post, bucket, QueueConfigurations=to_queue(queue, "s3:ObjectRemoved:*"))
    version = s3.put_object(Bucket=bucket, Key="all/k", Body=b"1")["VersionId"]
    s3.put_object(Bucket=bucket, Key="all/k", Body=b"2")

    s3.delete_object(Bucket=bucket, Key="all/k")
    s3.delete_object(Bucket=bucket, Key="all/k", VersionId=version)

    _test, marker, gone = (body.get("Records", [{}])[0] for body in post.bodies(queue))
    assert marker["eventName"] == "ObjectRemoved:DeleteMarkerCreated"
    assert gone["eventName"] == "ObjectRemoved:Delete"
    assert gone["s3"]["object"]["versionId"] == version


def test_a_destination_that_cannot_be_reached_is_refused(post: Any, bucket: str) -> None:
    """User guide "Granting permissions to publish event notification messages"."""
    gone = "arn:aws:sqs:us-east-1:123456789012:never-made"

    with pytest.raises(ClientError, match="Unable to validate") as refused:
        configure(post, bucket, QueueConfigurations=to_queue(gone, "s3:ObjectCreated:*"))

    assert refused.value.response["Error"]["Code"] == "InvalidArgument"
    found = post.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    assert "QueueConfigurations" not in found


def test_other_events_are_refused_by_name(post: Any, bucket: str) -> None:
    with pytest.raises(ClientError, match="s3:ObjectTagging:Put"):
        configure(post, bucket, QueueConfigurations=to_queue(post.queue(), "s3:ObjectTagging:Put"))
