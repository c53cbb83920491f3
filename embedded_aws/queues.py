"""Queues by their ARNs, as services know them; GetQueueUrl would be a permission more."""

from __future__ import annotations

from embedded_aws.clients import ClientFactory

_ACCOUNT, _NAME = 4, 5


def queue_url(clients: ClientFactory, queue_arn: str) -> str:
    """The URL of a queue on this instance."""
    parts = queue_arn.split(":")
    return f"{clients.endpoint_url}/{parts[_ACCOUNT]}/{parts[_NAME]}"
