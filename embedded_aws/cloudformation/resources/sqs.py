"""SQS: queues and their policies."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.absence import exists
from embedded_aws.cloudformation.resources.handler import Context, Handler, Properties, Resource
from embedded_aws.cloudformation.resources.json_text import json_text
from embedded_aws.cloudformation.resources.shared_policy import SharedPolicy

_LONGEST_NAME = 80
_ATTRIBUTES = frozenset(
    {
        "ContentBasedDeduplication",
        "DeduplicationScope",
        "DelaySeconds",
        "FifoQueue",
        "FifoThroughputLimit",
        "KmsDataKeyReusePeriodSeconds",
        "KmsMasterKeyId",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "VisibilityTimeout",
    }
)
# What a queue falls back to when a template drops a property (API_SetQueueAttributes).
_DEFAULTS = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "DelaySeconds": "0",
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "262144",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}


class Queue(Handler):
    """``AWS::SQS::Queue``."""

    type = "AWS::SQS::Queue"
    properties = frozenset({"QueueName", "Tags", *_ATTRIBUTES})
    attributes = frozenset({"Arn", "QueueName", "QueueUrl"})

    def is_taken(self, context: Context, properties: Properties) -> bool:
        """CreateQueue returns a queue that has the same name and attributes."""
        sqs, name = context.client("sqs"), properties.get("QueueName")
        return name is not None and exists(lambda: sqs.get_queue_url(QueueName=name))

    def create(self, context: Context, properties: Properties) -> str:
        """Create the queue with all its attributes."""
        suffix = ".fifo" if properties.get("FifoQueue") else ""
        name = properties.get("QueueName") or context.generated_name(_LONGEST_NAME - 5) + suffix
        created = context.client("sqs").create_queue(
            QueueName=name,
            Attributes=_attributes(properties),
            tags=tags.as_map(properties.get("Tags")),
        )
        return str(created["QueueUrl"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """ARN, name and URL."""
        name = resource.physical_id.rsplit("/", 1)[1]
        return {
            "Arn": resource.context.arn("sqs", name),
            "QueueName": name,
            "QueueUrl": resource.physical_id,
        }

    def update(self, resource: Resource, new: Properties) -> None:
        """Set the attributes that differ, and the tags."""
        sqs = resource.client("sqs")
        before, after = _attributes(resource.properties), _attributes(new)
        dropped = {name: _DEFAULTS[name] for name in before.keys() - after.keys()}
        wanted = {name: value for name, value in after.items() if before.get(name) != value}
        if dropped or wanted:
            sqs.set_queue_attributes(
                QueueUrl=resource.physical_id, Attributes={**dropped, **wanted}
            )
        change = tags.change(resource.properties, new)
        if change.removed:
            sqs.untag_queue(QueueUrl=resource.physical_id, TagKeys=change.removed)
        if change.added:
            sqs.tag_queue(QueueUrl=resource.physical_id, Tags=dict(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the queue with its messages."""
        resource.client("sqs").delete_queue(QueueUrl=resource.physical_id)


class QueuePolicy(SharedPolicy):
    """``AWS::SQS::QueuePolicy``."""

    type = "AWS::SQS::QueuePolicy"
    properties = frozenset({"PolicyDocument", "Queues"})
    listing = "Queues"

    def put(self, context: Context, owner: str, policy: str) -> None:
        """Set the policy of a queue."""
        attributes = {"Policy": policy}
        context.client("sqs").set_queue_attributes(QueueUrl=owner, Attributes=attributes)

    def policy_without(self, context: Context, owner: str) -> str:  # noqa: ARG002  # of any queue
        """None."""
        return ""


def _attributes(properties: Properties) -> dict[str, str]:
    return {name: json_text(properties[name]) for name in sorted(_ATTRIBUTES) if name in properties}
