"""Data capture: what an endpoint was asked and answered, as JSON Lines in S3.

SageMaker guide, "Capture data from real-time endpoint" and "View captured data". AWS gathers
several requests in a file; here each has its own.
"""

from __future__ import annotations

import base64
import json
import threading
import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from embedded_aws.delivery.attempts import BRIEFLY, Courier, Delivery
from embedded_aws.environment import Environment
from embedded_aws.sagemaker.endpoints.models import SESSION_NAME
from embedded_aws.sagemaker.execution_role import assumer

_MODES = {
    "Input": {"Input"},
    "Output": {"Output"},
    "InputAndOutput": {"Input", "Output"},
}


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    endpoint_name: str
    variant_name: str
    role_arn: str
    request: tuple[str | None, bytes]
    response: tuple[str, bytes]
    inference_id: str | None = None
    custom_attributes: str | None = None


class DataCapture:
    """Writes to S3 as the model's role, in the background."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._clock = environment.clock
        self._courier = Courier(environment.clock, "data-capture")
        self._lock = threading.Lock()
        self._percent: Counter[str] = Counter()

    def observe(self, exchange: Exchange, config: Mapping[str, Any] | None) -> None:
        """Capture an exchange if it is its turn by the sampling percentage."""
        if config and config.get("EnableCapture", True) and self._is_sampled(exchange, config):
            event_id, now = str(uuid.uuid4()), self._clock.now()
            location = urlsplit(config["DestinationS3Uri"])
            key = f"{location.path.strip('/')}/{_key(exchange, event_id, now)}".lstrip("/")
            line = json.dumps(_event(exchange, config, event_id, now)) + "\n"

            self._courier.post(
                Delivery(
                    name=f"data capture to s3://{location.netloc}/{key}",
                    send=lambda _attempt: self._write(
                        exchange.role_arn, location.netloc, key, line
                    ),
                    bury=lambda _failure: None,
                    policy=BRIEFLY,
                    created_at=now,
                )
            )

    def _is_sampled(self, exchange: Exchange, config: Mapping[str, Any]) -> bool:
        # In turns, where AWS draws at random: a quarter is every fourth.
        with self._lock:
            self._percent[exchange.endpoint_name] += config["InitialSamplingPercentage"]
            sampled = self._percent[exchange.endpoint_name] >= 100  # noqa: PLR2004  # percent
            self._percent[exchange.endpoint_name] %= 100
            return sampled

    def _write(self, role_arn: str, bucket: str, key: str, line: str) -> None:
        s3: Any = self._clients.as_role("s3", role_arn, SESSION_NAME, assumer())
        s3.put_object(Bucket=bucket, Key=key, Body=line.encode())


def _key(exchange: Exchange, event_id: str, now: datetime) -> str:
    name = f"{now:%M-%S}-{now.microsecond // 1000:03d}-{event_id}.jsonl"
    return f"{exchange.endpoint_name}/{exchange.variant_name}/{now:%Y/%m/%d/%H}/{name}"


def _event(
    exchange: Exchange, config: Mapping[str, Any], event_id: str, now: datetime
) -> dict[str, Any]:
    modes = {mode for option in config["CaptureOptions"] for mode in _MODES[option["CaptureMode"]]}
    headers = config.get("CaptureContentTypeHeader", {})
    sides = {"Input": exchange.request, "Output": exchange.response}
    metadata = {
        "eventId": event_id,
        "customAttributes": [exchange.custom_attributes] if exchange.custom_attributes else None,
        "inferenceId": exchange.inference_id,
        "inferenceTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
    }
    return {
        "captureData": {
            f"endpoint{side}": _payload(side.upper(), sides[side], headers)
            for side in ("Input", "Output")
            if side in modes
        },
        "eventMetadata": {name: value for name, value in metadata.items() if value},
        "eventVersion": "0",
    }


def _payload(
    mode: str, payload: tuple[str | None, bytes], headers: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    content_type, body = payload
    media_type = (content_type or "").partition(";")[0].strip().lower()
    encoding = "BASE64"
    for known, name in (("CsvContentTypes", "CSV"), ("JsonContentTypes", "JSON")):
        if media_type in headers.get(known, ()):
            encoding = name
    text = base64.b64encode(body) if encoding == "BASE64" else body
    return {
        "observedContentType": content_type,
        "mode": mode,
        "data": text.decode(),
        "encoding": encoding,
    }
