"""SmokeTest: whether an endpoint returns the scores that the model was evaluated with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from rollout.smoke_test import differences

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="smoke_test")
RUNTIME, S3 = boto3.client("sagemaker-runtime"), boto3.client("s3")
_MOST_NAMED = 3


@LOG.inject_lambda_context
def handler(event: dict[str, str], _context: LambdaContext) -> dict[str, Any]:
    """Return whether ``EndpointName`` scores the rows of ``SampleUri`` alike, and what differs."""
    found = differences(RUNTIME, S3, event["EndpointName"], event["SampleUri"])
    LOG.info("smoke test", endpoint_name=event["EndpointName"], differences=found)
    more = len(found) - _MOST_NAMED
    named = "; ".join(found[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
    return {"Passed": not found, "Differences": named}
