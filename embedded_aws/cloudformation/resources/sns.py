"""SNS: topics, their policies and subscriptions."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.absence import exists, tolerating_absence
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)
from embedded_aws.cloudformation.resources.json_text import json_text

_TOPIC_ATTRIBUTES = (
    "ContentBasedDeduplication",
    "DisplayName",
    "FifoTopic",
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
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


class TopicPolicy(Handler):
    """``AWS::SNS::TopicPolicy``."""

    type = "AWS::SNS::TopicPolicy"
    properties = frozenset({"PolicyDocument", "Topics"})
    attributes = frozenset({"Id"})

    def create(self, context: Context, properties: Properties) -> str:
        """Set the policy of its topics."""
        self.update(Resource(context, "", {}), properties)
        return context.generated_name()

    def read(self, resource: Resource) -> dict[str, Any]:
        """The generated id."""
        return {"Id": resource.physical_id}

    def update(self, resource: Resource, new: Properties) -> None:
        """Set the policy of the topics it has now, and give the others the default back."""
        for topic_arn in new["Topics"]:
            _set_policy(resource.context, topic_arn, new["PolicyDocument"])
        for topic_arn in resource.properties.get("Topics", []):
            if topic_arn not in new["Topics"]:
                _set_default_policy(resource.context, topic_arn)

    def delete(self, resource: Resource) -> None:
        """Give its topics the default policy back."""
        for topic_arn in resource.properties["Topics"]:
            _set_default_policy(resource.context, topic_arn)


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


def _set_policy(context: Context, topic_arn: str, document: Any) -> None:  # noqa: ANN401
    context.client("sns").set_topic_attributes(
        TopicArn=topic_arn, AttributeName="Policy", AttributeValue=json_text(document)
    )


def _set_default_policy(context: Context, topic_arn: str) -> None:
    """The policy that CreateTopic gives: the owner may do everything (API_CreateTopic)."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [
            "SNS:GetTopicAttributes",
            "SNS:SetTopicAttributes",
            "SNS:AddPermission",
            "SNS:RemovePermission",
            "SNS:DeleteTopic",
            "SNS:Subscribe",
            "SNS:ListSubscriptionsByTopic",
            "SNS:Publish",
        ],
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": context.account_id}},
    }
    document = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    with tolerating_absence():
        _set_policy(context, topic_arn, document)
