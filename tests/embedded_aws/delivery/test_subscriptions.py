"""SNS developer guide, seen from subscribed queues and functions."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance


@pytest.fixture
def subscribe(post: Any) -> Any:
    """Subscribe an endpoint to a topic."""

    def subscribed(topic: str, endpoint: str, **attributes: Any) -> str:
        made = post.client("sns").subscribe(
            TopicArn=topic,
            Protocol=endpoint.split(":")[2],
            Endpoint=endpoint,
            Attributes={
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in attributes.items()
            },
        )
        return str(made["SubscriptionArn"])

    return subscribed


def test_a_function_gets_a_record(post: Any, function: Any, subscribe: Any) -> None:
    """Developer guide of Lambda, "Invoking Lambda functions with Amazon SNS notifications"."""
    topic = post.topic()
    function.permit("sns", topic)
    subscription = subscribe(topic, function.arn)

    post.client("sns").publish(
        TopicArn=topic,
        Message="hello",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}},
    )

    (event,) = function.events()
    (record,) = event["Records"]
    assert (record["EventSource"], record["EventSubscriptionArn"]) == ("aws:sns", subscription)
    assert (record["Sns"]["Message"], record["Sns"]["Subject"]) == ("hello", None)
    assert record["Sns"]["MessageAttributes"] == {"kind": {"Type": "String", "Value": "x"}}
    assert {"SigningCertUrl", "UnsubscribeUrl", "Timestamp"} <= record["Sns"].keys()


def test_mail_is_kept_to_be_looked_at_and_sent_nowhere(post: Any, aws: Instance) -> None:
    topic, sns = post.topic(), post.client("sns")
    for protocol in ("email", "email-json"):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=f"{protocol}@example.org")

    sns.publish(TopicArn=topic, Message="one\ntwo", Subject="greeting")
    sns.publish(TopicArn=topic, Message="three")

    with urllib.request.urlopen(f"{aws.url}/_embedded/mail") as answer:  # noqa: S310  # loopback
        mail = json.load(answer)["mail"]
    read = [(it["subject"], it["lines"]) for it in mail if it["to"] == "email@example.org"]
    assert read == [("greeting", ["one", "two"]), ("AWS Notification Message", ["three"])]
    documents = [json.loads(*it["lines"]) for it in mail if it["to"] == "email-json@example.org"]
    assert [it["Message"] for it in documents] == ["one\ntwo", "three"]


def test_a_queue_gets_the_notification(post: Any, subscribe: Any) -> None:
    topic, queue = post.topic(), post.queue()
    subscribe(topic, queue, RawMessageDelivery="false")

    post.client("sns").publish(TopicArn=topic, Message="hello", Subject="greeting")

    (body,) = post.bodies(queue)
    assert (body["Type"], body["Message"], body["Subject"]) == (
        "Notification",
        "hello",
        "greeting",
    )


def test_raw_delivery_keeps_message_and_attributes(post: Any, subscribe: Any) -> None:
    topic, queue = post.topic(), post.queue()
    subscribe(topic, queue, RawMessageDelivery="true")

    post.client("sns").publish(
        TopicArn=topic,
        Message="hello",
        MessageAttributes={"n": {"DataType": "Number", "StringValue": "7"}},
    )

    (message,) = post.received(queue)
    assert message["Body"] == "hello"
    assert message["MessageAttributes"]["n"] == {"StringValue": "7", "DataType": "Number"}


@pytest.mark.parametrize(
    ("scope", "policy"),
    [
        ("MessageAttributes", {"kind": ["wanted"]}),
        ("MessageBody", {"auc": [{"numeric": [">=", 0.94]}]}),
    ],
)
def test_a_filter_policy_lets_some_through(
    scope: str, policy: dict[str, Any], post: Any, subscribe: Any
) -> None:
    topic, queue = post.topic(), post.queue()
    subscribe(topic, queue, FilterPolicyScope=scope, FilterPolicy=policy, RawMessageDelivery="true")

    for kind, auc in (("wanted", 0.95), ("other", 0.5)):
        post.client("sns").publish(
            TopicArn=topic,
            Message=json.dumps({"auc": auc}),
            MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}},
        )

    assert post.bodies(queue) == [{"auc": 0.95}]


def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue(post: Any, subscribe: Any) -> None:
    topic, dead = post.topic(), post.queue()
    gone = "arn:aws:sqs:us-east-1:123456789012:never-made"
    subscribe(topic, gone, RedrivePolicy={"deadLetterTargetArn": dead})

    post.client("sns").publish(TopicArn=topic, Message="hello")

    assert [body["Message"] for body in post.bodies(dead)] == ["hello"]


def test_protocols_that_nothing_is_delivered_by_are_refused(post: Any) -> None:
    with pytest.raises(ClientError, match="protocol https") as refused:
        post.client("sns").subscribe(
            TopicArn=post.topic(), Protocol="https", Endpoint="https://localhost/x"
        )

    assert refused.value.response["Error"]["Code"] == "InvalidParameter"
