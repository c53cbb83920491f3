"""Notifications of buckets, which CloudFormation and the S3 API write differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KINDS = {
    "LambdaConfigurations": ("LambdaFunctionConfigurations", "Function", "LambdaFunctionArn"),
    "QueueConfigurations": ("QueueConfigurations", "Queue", "QueueArn"),
    "TopicConfigurations": ("TopicConfigurations", "Topic", "TopicArn"),
}


def notifications(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """A template's NotificationConfiguration as PutBucketNotificationConfiguration takes it."""
    translated: dict[str, Any] = {
        plural: [_notification(each, given, wanted) for each in configuration[name]]
        for name, (plural, given, wanted) in _KINDS.items()
        if name in configuration
    }
    if configuration.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        translated["EventBridgeConfiguration"] = {}
    return translated


def _notification(each: Mapping[str, Any], given: str, wanted: str) -> dict[str, Any]:
    rules = each.get("Filter", {}).get("S3Key", {}).get("Rules")
    filtered = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return {wanted: each[given], "Events": [each["Event"]], **filtered}
