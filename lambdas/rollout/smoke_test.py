"""Asks an endpoint for scores that are known: it must serve the model that was evaluated."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from night.store import Location
from rollout.errors import EndpointNotAnswering

TOLERANCE = 1e-6
# Errors of InvokeEndpoint that are not the request's own fault (runtime API reference).
_MAY_PASS = {
    "InternalDependencyException",
    "InternalFailure",
    "ModelError",
    "ModelNotReadyException",
    "ServiceUnavailable",
    "ThrottlingException",
}


def differences(runtime: Any, s3: Any, endpoint_name: str, sample_uri: str) -> list[str]:  # noqa: ANN401  # boto3 clients
    """In what an endpoint's scores of the sample's rows differ from the sample's; [] if nowhere.

    The container scores with all trees, as the evaluation job does (``serve_utils.py`` of
    sagemaker-xgboost-container, branch release-3.0.5).

    Raises:
        EndpointNotAnswering: it answered with an error.
    """
    location = Location.parse(sample_uri)
    body = s3.get_object(Bucket=location.bucket, Key=location.key)["Body"].read()
    sample = json.loads(body)
    answer = _invoke(runtime, endpoint_name, "\n".join(sample["rows"]), sample["content_type"])
    return compare(sample["scores"], answer)


def compare(expected: Sequence[float], answer: str) -> list[str]:
    """What is wrong with an answer of one score a line."""
    try:
        given = [float(score) for score in answer.replace(",", "\n").split()]
    except ValueError as unreadable:
        return [f"the answer has something that is no score: {unreadable}"]
    if len(given) != len(expected):
        return [f"{len(given)} scores for {len(expected)} rows"]
    return [
        f"row {row}: {score!r}, evaluated as {wanted!r}"
        for row, (score, wanted) in enumerate(zip(given, expected, strict=True))
        if not math.isclose(score, wanted, rel_tol=0, abs_tol=TOLERANCE)
    ]


def _invoke(runtime: Any, endpoint_name: str, rows: str, content_type: str) -> str:  # noqa: ANN401
    try:
        answer = runtime.invoke_endpoint(
            EndpointName=endpoint_name, ContentType=content_type, Accept="text/csv", Body=rows
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in _MAY_PASS:
            raise
        raise EndpointNotAnswering(f"{endpoint_name}: {refused}") from refused
    text: str = answer["Body"].read().decode()
    return text
