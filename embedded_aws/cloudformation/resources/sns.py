"""SNS: topics, their policies and subscriptions."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.absence import exists
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)
from embedded_aws.cloudformation.resources.json_text import json_text
from embedded_aws.cloudformation.resources.shared_policy import SharedPolicy

_TOPIC_ATTRIBUTES = (
    "ContentBasedDeduplication",
    "DisplayName",
    "FifoTopic",
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
)
_OWNERS_ACTIONS = (
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
)
_SUBSCRIPTION_ATTRIBUTES = (
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
)


class Topic(Handler):
    """``AWS::SNS::Topic`` without inline subscriptions (use ``AWS::SNS::Subscription``)."""

    type = "AWS::SNS::Topic"
    properties = frozenset({"Tags", "TopicName", *_TOPIC_ATTRIBUTES})
    attributes = frozenset({"TopicArn", "TopicName"})

    def is_taken(self, context: Context, properties: Properties) -> bool:
        """CreateTopic returns a topic that has the same name."""
        name = properties.get("TopicName")
        arn, sns = context.arn("sns", str(name)), context.client("sns")
        return name is not None and exists(lambda: sns.get_topic_attributes(TopicArn=arn))

    def create(self, context: Context, properties: Properties) -> str:
        """Create the topic with its attributes."""
        suffix = ".fifo" if properties.get("FifoTopic") else ""
        created = context.client("sns").create_topic(
            Name=properties.get("TopicName") or context.generated_name(251) + suffix,
            Attributes=_texts(subset(properties, _TOPIC_ATTRIBUTES)),
            Tags=properties.get("Tags", []),
        )
        return str(created["TopicArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """ARN and name."""
        return {
            "TopicArn": resource.physical_id,
            "TopicName": resource.physical_id.rsplit(":", 1)[1],
        }

    def update(self, resource: Resource, new: Properties) -> None:
        """Set the attributes that differ, and the tags."""
        sns = resource.client("sns")
        before, after = (
            _texts(subset(item, _TOPIC_ATTRIBUTES)) for item in (resource.properties, new)
        )
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                sns.set_topic_attributes(
                    TopicArn=resource.physical_id,
                    AttributeName=name,
                    AttributeValue=after.get(name, ""),
                )
        change = tags.change(resource.properties, new)
        if change.removed:
            sns.untag_resource(ResourceArn=resource.physical_id, TagKeys=change.removed)
        if change.added:
            sns.tag_resource(ResourceArn=resource.physical_id, Tags=tags.as_list(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the topic."""
        resource.client("sns").delete_topic(TopicArn=resource.physical_id)


class TopicPolicy(SharedPolicy):
    """``AWS::SNS::TopicPolicy``."""

    type = "AWS::SNS::TopicPolicy"
    properties = frozenset({"PolicyDocument", "Topics"})
    listing = "Topics"

    def put(self, context: Context, owner: str, policy: str) -> None:
        """Set the policy of a topic."""
        context.client("sns").set_topic_attributes(
            TopicArn=owner, AttributeName="Policy", AttributeValue=policy
        )

    def policy_without(self, context: Context, owner: str) -> str:
        """What CreateTopic gives: the owner may do everything (API_CreateTopic)."""
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [f"SNS:{action}" for action in _OWNERS_ACTIONS],
            "Resource": owner,
            "Condition": {"StringEquals": {"AWS:SourceOwner": context.account_id}},
        }
        return json_text(
            {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
        )


class Subscription(Handler):
    """``AWS::SNS::Subscription``."""

    type = "AWS::SNS::Subscription"
    properties = frozenset({"Endpoint", "Protocol", "TopicArn", *_SUBSCRIPTION_ATTRIBUTES})
    attributes = frozenset({"Arn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Subscribe the endpoint."""
        created = context.client("sns").subscribe(
            **subset(properties, ("Endpoint", "Protocol", "TopicArn")),
            Attributes=_texts(subset(properties, _SUBSCRIPTION_ATTRIBUTES)),
            ReturnSubscriptionArn=True,
        )
        return str(created["SubscriptionArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": resource.physical_id}

    def update(self, resource: Resource, new: Properties) -> None:
        """Set the attributes that differ; one that is dropped is set to an empty policy."""
        before, after = (
            _texts(subset(item, _SUBSCRIPTION_ATTRIBUTES)) for item in (resource.properties, new)
        )
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                resource.client("sns").set_subscription_attributes(
                    SubscriptionArn=resource.physical_id,
                    AttributeName=name,
                    AttributeValue=after.get(name, "{}"),
                )

    def delete(self, resource: Resource) -> None:
        """Unsubscribe."""
        resource.client("sns").unsubscribe(SubscriptionArn=resource.physical_id)


def _texts(attributes: dict[str, Any]) -> dict[str, str]:
    return {name: json_text(value) for name, value in attributes.items()}
