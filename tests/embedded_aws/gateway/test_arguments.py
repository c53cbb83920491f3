from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from embedded_aws.gateway.arguments import NotPlain, arrived
from embedded_aws.gateway.protocol import service_model

WHEN = datetime(2026, 11, 1, 3, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))


def arguments(service: str, operation: str, **given: Any) -> dict[str, Any]:
    return arrived(service_model(service).operation_model(operation), given)


def test_what_a_caller_changes_later_does_not_reach_the_service() -> None:
    tags = [{"Key": "a", "Value": "b"}]
    given = arguments("sagemaker", "AddTags", ResourceArn="arn", Tags=tags)
    tags[0]["Value"] = "changed"
    assert given["Tags"] == [{"Key": "a", "Value": "b"}]


def test_an_instant_arrives_in_whole_seconds_of_utc() -> None:
    given = arguments("sagemaker", "ListActions", CreatedAfter=WHEN)
    assert given == {"CreatedAfter": datetime(2026, 11, 1, 2, tzinfo=UTC)}


@pytest.mark.parametrize("payload", [b"{}", bytearray(b"{}"), "{}", io.BytesIO(b"{}")])
def test_content_arrives_as_bytes(payload: object) -> None:
    given = arguments("lambda", "Invoke", FunctionName="f", Payload=payload)
    assert given["Payload"] == b"{}"


def test_a_token_is_made_up_where_the_model_wants_one() -> None:
    tokens = {
        arguments("sagemaker", "CreateModelPackage", ModelPackageName="p")["ClientToken"]
        for _ in range(2)
    }
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("AddTags", {"ResourceArn": "arn"}),
        ("AddTags", {"ResourceArn": "arn", "Tags": [], "Unknown": 1}),
        ("AddTags", {"ResourceArn": 1, "Tags": []}),
        ("AddTags", {"ResourceArn": None, "Tags": []}),
        ("AddTags", {"ResourceArn": "arn", "Tags": {"a": "b"}}),
        ("ListActions", {"CreatedAfter": WHEN.replace(tzinfo=None)}),
        ("ListActions", {"CreatedAfter": "2026-11-01"}),
        ("ListActions", {"MaxResults": True}),
    ],
)
def test_what_botocore_has_to_look_at_is_left_to_it(operation: str, given: dict[str, Any]) -> None:
    with pytest.raises(NotPlain):
        arguments("sagemaker", operation, **given)
