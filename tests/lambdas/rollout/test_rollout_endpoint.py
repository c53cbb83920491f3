"""What SageMaker tells of an endpoint, as far as a rollout needs to know it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from rollout.endpoint import Endpoint

SERVERLESS = {"CurrentServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}


@pytest.mark.parametrize(
    ("variants", "is_serverless"),
    [
        ([SERVERLESS], True),
        ([SERVERLESS | {"CurrentInstanceCount": 0}], True),
        ([{"CurrentInstanceCount": 2}], False),
        ([{"CurrentInstanceCount": 0}], None),
        ([{}], None),
        ([], None),
    ],
)
def test_its_kind_is_what_its_variants_tell(
    variants: list[dict[str, Any]], *, is_serverless: bool | None
) -> None:
    described = {
        "EndpointStatus": "InService",
        "EndpointConfigName": "c",
        "LastModifiedTime": datetime(2026, 11, 21, tzinfo=UTC),
        "ProductionVariants": [{"VariantName": "AllTraffic", **each} for each in variants],
    }
    sagemaker = SimpleNamespace(describe_endpoint=lambda **_: described)
    found = Endpoint.find(sagemaker, "fraud")
    assert found is not None
    assert found.is_serverless is is_serverless
