"""Messages and events sent by tasks, with shapes as recorded on AWS for LocalStack's tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


def task(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    resource = f"arn:aws:states:::{resource}"
    return {"T": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}}


def test_an_object_is_sent_as_a_message_of_its_json(
    machines: Any, jsonata: Any, open_queue: Callable[[str], str], client: Callable[[str], Any]
) -> None:
    """Recording: test_send_message."""
    queue_url = open_queue("messages")
    arguments = {"QueueUrl": queue_url, "MessageBody": {"n": [1, None]}}
    outcome = machines.run(jsonata(task("sqs:sendMessage", arguments)))
    assert set(outcome.output) == {
        "MD5OfMessageBody",
        "MessageId",
        "SdkHttpMetadata",
        "SdkResponseMetadata",
    }
    (message,) = client("sqs").receive_message(QueueUrl=queue_url)["Messages"]
    assert message["Body"] == '{"n":[1,null]}'
    scheduled = outcome.events[2]["taskScheduledEventDetails"]
    assert (scheduled["resourceType"], scheduled["resource"]) == ("sqs", "sendMessage")


def test_errors_of_a_queue_have_its_prefix(machines: Any, jsonata: Any) -> None:
    """Recording of the form: test_send_message_empty_body."""
    arguments = {"QueueUrl": "https://queue/123456789012/none", "MessageBody": "x"}
    record = machines.run(jsonata(task("sqs:sendMessage", arguments))).record
    assert record["error"].startswith("SQS.")
    assert "Service: AmazonSQS; Status Code: 400;" in record["cause"]


def test_a_notification_is_published(
    machines: Any, jsonata: Any, client: Callable[[str], Any]
) -> None:
    """Recording: test_publish_base."""
    topic = client("sns").create_topic(Name="optimised")["TopicArn"]
    arguments = {"TopicArn": topic, "Message": {"a": 1}, "Subject": "s"}
    output = machines.run(jsonata(task("sns:publish", arguments))).output
    assert set(output) == {"MessageId", "SdkHttpMetadata", "SdkResponseMetadata"}
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200


def test_an_event_names_the_execution_that_put_it(
    machines: Any, jsonata: Any, open_queue: Callable[[str], str], client: Callable[[str], Any]
) -> None:
    """Recording: test_put_events_base."""
    queue_url = open_queue("events")
    events = client("events")
    events.put_rule(Name="optimised", EventPattern=json.dumps({"source": ["this.test"]}))
    arn = "arn:aws:sqs:us-east-1:123456789012:events"
    events.put_targets(Rule="optimised", Targets=[{"Id": "queue", "Arn": arn}])
    entry = {"Detail": {"n": 1}, "DetailType": "d", "Source": "this.test", "Resources": ["r"]}
    outcome = machines.run(jsonata(task("events:putEvents", {"Entries": [entry]})))
    output = outcome.output
    assert (set(output), output["FailedEntryCount"]) == ({"Entries", "FailedEntryCount"}, 0)
    (message,) = client("sqs").receive_message(QueueUrl=queue_url)["Messages"]
    event = json.loads(message["Body"])
    machine = outcome.record["stateMachineArn"]
    assert (event["detail"], event["resources"]) == ({"n": 1}, ["r", machine, outcome.arn])


def test_an_event_that_is_refused_fails_the_task(machines: Any, jsonata: Any) -> None:
    """Recording: test_put_events_no_source."""
    entries = [
        {"Detail": {}, "DetailType": "d", "Source": "some.source"},
        {"Detail": {}, "DetailType": "d"},
    ]
    record = machines.run(jsonata(task("events:putEvents", {"Entries": entries}))).record
    assert record["error"] == "EventBridge.FailedEntry"
    cause = json.loads(record["cause"])
    assert cause["FailedEntryCount"] == 1
    assert cause["Entries"][1]["ErrorCode"] == "InvalidArgument"


def test_what_the_service_does_not_know_is_refused(machines: Any, jsonata: Any) -> None:
    arguments = {"QueueUrl": "q", "MessageBody": "x", "Priority": 1}
    client = machines.client
    with pytest.raises(client.exceptions.InvalidDefinition, match="'Priority' is not supported"):
        machines.create(jsonata(task("sqs:sendMessage", arguments)))
