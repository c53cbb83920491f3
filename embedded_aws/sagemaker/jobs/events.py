"""Tells EventBridge about jobs: every change of status, and of a training job's secondary one.

SageMaker guide, "Events that Amazon SageMaker sends to Amazon EventBridge": the detail is what
Describe answers, with instants as epoch milliseconds and tags as a map.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.sagemaker.bus import Bus
from embedded_aws.sagemaker.tags import Tags

# The guide's sample of a processing job has these in upper case, one of them without underscores.
_SHOUTED = {"S3DataType", "S3InputMode", "S3UploadMode", "S3CompressionType"}
_SHOUTED_WHOLE = "S3DataDistributionType"
_WITH_SHOUTED = {"ProcessingInputs", "ProcessingOutputConfig"}


class JobEvents:
    """Sends one event for each change of one kind of job."""

    def __init__(self, environment: Environment, tags: Tags, noun: str) -> None:
        self._bus = Bus(environment, f"{noun.lower()}-job-events")
        self._tags = tags
        self._noun = noun

    def changed(self, described: Mapping[str, Any]) -> None:
        """Send a job's description as it is now."""
        arn = described[f"{self._noun}JobArn"]
        tags = {tag["Key"]: tag["Value"] for tag in self._tags.of(arn)}
        shown = {
            name: _shouted(value) if name in _WITH_SHOUTED else value
            for name, value in described.items()
        }
        detail = json.dumps({**shown, "Tags": tags}, default=_epoch_milliseconds)
        self._bus.send(f"SageMaker {self._noun} Job State Change", arn, detail)


def _shouted(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, list):
        return [_shouted(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _shout(name, item) for name, item in value.items()}
    return value


def _shout(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in _SHOUTED:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", value).upper()
    return value.upper() if name == _SHOUTED_WHOLE else _shouted(value)


def _epoch_milliseconds(value: object) -> int:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    message = f"an event cannot hold {type(value).__name__}"
    raise TypeError(message)
