"""AWS::SQS, AWS::SNS and AWS::Events resources."""

from __future__ import annotations

import json
from typing import Any

import pytest


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def allow(principal: str, action: str, resource: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": action,
        "Resource": resource,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def attributes(client: Any, url: str) -> Any:
    found = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return found["Attributes"]


def test_a_queue_has_its_attributes_and_loses_what_is_dropped(stacks: Any, client: Any) -> None:
    dead = {"Type": "AWS::SQS::Queue"}
    redrive = {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": "3"}
    rich = queue(
        DelaySeconds=5, VisibilityTimeout=45, RedrivePolicy=redrive, SqsManagedSseEnabled=False
    )
    stacks.create("queues", {"Dead": dead, "Q": rich})
    url = stacks.physical_id("queues", "Q")
    found = attributes(client, url)
    assert (found["DelaySeconds"], found["VisibilityTimeout"]) == ("5", "45")
    assert json.loads(found["RedrivePolicy"])["maxReceiveCount"] in {3, "3"}
    stacks.update("queues", {"Dead": dead, "Q": queue(VisibilityTimeout=46)})
    found = attributes(client, url)
    assert (found["DelaySeconds"], found["VisibilityTimeout"]) == ("0", "46")
    assert "RedrivePolicy" not in found
    assert found["SqsManagedSseEnabled"] == "true"


def test_a_fifo_queue_is_named_so(stacks: Any) -> None:
    stacks.create("fifo", {"Q": queue(FifoQueue=True)})
    assert stacks.physical_id("fifo", "Q").endswith(".fifo")


def test_a_queue_policy_comes_and_goes(stacks: Any, client: Any) -> None:
    policy = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{"Ref": "Q"}],
            "PolicyDocument": allow(
                "events.amazonaws.com", "sqs:SendMessage", {"Fn::GetAtt": ["Q", "Arn"]}
            ),
        },
    }
    stacks.create("queue-policy", {"Q": queue(), "P": policy})
    url = stacks.physical_id("queue-policy", "Q")
    assert "events.amazonaws.com" in attributes(client, url)["Policy"]
    stacks.update("queue-policy", {"Q": queue()})
    assert not attributes(client, url).get("Policy")


def test_a_topic_delivers_to_the_queue_that_subscribes(stacks: Any, client: Any) -> None:
    resources = {
        "T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "nights"}},
        "Q": queue(),
        "S": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "T"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Q", "Arn"]},
                "RawMessageDelivery": True,
            },
        },
        "P": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Q"}],
                "PolicyDocument": allow(
                    "sns.amazonaws.com", "sqs:SendMessage", {"Fn::GetAtt": ["Q", "Arn"]}
                ),
            },
        },
    }
    stacks.create("subscribed", resources)
    topic = stacks.physical_id("subscribed", "T")
    client("sns").publish(TopicArn=topic, Message="hello")
    url = stacks.physical_id("subscribed", "Q")
    received = client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)
    assert [message["Body"] for message in received["Messages"]] == ["hello"]
    stacks.update("subscribed", {name: resources[name] for name in "TQ"})
    listed = client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed == []


def test_a_subscription_changes_in_place(stacks: Any, client: Any) -> None:
    def resources(**properties: Any) -> dict[str, Any]:
        subscription = {
            "TopicArn": {"Ref": "T"},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": ["Q", "Arn"]},
            **properties,
        }
        return {
            "T": {"Type": "AWS::SNS::Topic"},
            "Q": queue(),
            "S": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
        }

    stacks.create("filtered", resources())
    arn = stacks.physical_id("filtered", "S")
    stacks.update("filtered", resources(FilterPolicy={"kind": ["failed"]}))
    found = client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert json.loads(found["FilterPolicy"]) == {"kind": ["failed"]}


def test_a_topic_gets_its_default_policy_back(stacks: Any, client: Any) -> None:
    topic = {"T": {"Type": "AWS::SNS::Topic"}}
    policy = {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{"Ref": "T"}],
            "PolicyDocument": allow("events.amazonaws.com", "sns:Publish", {"Ref": "T"}),
        },
    }
    stacks.create("topic-policy", {**topic, "P": policy})
    sns, arn = client("sns"), stacks.physical_id("topic-policy", "T")
    assert "events.amazonaws.com" in sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    stacks.update("topic-policy", topic)
    assert "__default_policy_ID" in sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]


def test_a_topic_changes_its_name_to_display_and_its_tags(stacks: Any, client: Any) -> None:
    def topic(**properties: Any) -> dict[str, Any]:
        return {"T": {"Type": "AWS::SNS::Topic", "Properties": properties}}

    stacks.create("topics", topic(DisplayName="old", Tags=[{"Key": "a", "Value": "1"}]))
    sns, arn = client("sns"), stacks.physical_id("topics", "T")
    stacks.update("topics", topic(DisplayName="new", Tags=[{"Key": "b", "Value": "2"}]))
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] == "new"
    assert sns.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_rule_and_its_targets_follow_the_template(stacks: Any, client: Any, is_gone: Any) -> None:
    def rule(state: str, *targets: str) -> dict[str, Any]:
        properties = {
            "EventPattern": {"source": ["aws.states"]},
            "State": state,
            "Targets": [{"Id": target, "Arn": {"Fn::GetAtt": ["Q", "Arn"]}} for target in targets],
        }
        return {"Q": queue(), "R": {"Type": "AWS::Events::Rule", "Properties": properties}}

    stacks.create("ruled", rule("ENABLED", "a", "b"))
    events, name = client("events"), stacks.physical_id("ruled", "R")
    found = events.describe_rule(Name=name)
    assert json.loads(found["EventPattern"]) == {"source": ["aws.states"]}
    stacks.update("ruled", rule("DISABLED", "b", "c"))
    assert events.describe_rule(Name=name)["State"] == "DISABLED"
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    assert {target["Id"] for target in targets} == {"b", "c"}
    assert stacks.delete("ruled") == "DELETE_COMPLETE"
    assert is_gone(lambda: events.describe_rule(Name=name))


@pytest.mark.parametrize(
    ("resource", "identifier"),
    [
        (queue(QueueName="taken"), "AWS::SQS::Queue"),
        ({"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "taken"}}, "AWS::SNS::Topic"),
        (
            {
                "Type": "AWS::Events::Rule",
                "Properties": {"Name": "taken", "EventPattern": {"source": ["mine"]}},
            },
            "AWS::Events::Rule",
        ),
    ],
)
def test_what_exists_is_not_taken_over(
    stacks: Any, client: Any, resource: dict[str, Any], identifier: str
) -> None:
    client("sqs").create_queue(QueueName="taken")
    client("sns").create_topic(Name="taken")
    client("events").put_rule(Name="taken", EventPattern='{"source": ["mine"]}')
    name = f"greedy-{identifier.split('::')[1]}"
    stacks.create(name, {"X": resource})
    assert f"Resource of type '{identifier}'" in stacks.failures(name)
    assert "already exists." in stacks.failures(name)
