"""PrepareRollout: looks at the package and at the endpoint before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from lineage.outages import outages_named
from rollout.document import Attempt, Clients, prepare

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="prepare_rollout")
CLIENTS = Clients(
    sagemaker=boto3.client("sagemaker"),
    stepfunctions=boto3.client("stepfunctions"),
    s3=boto3.client("s3"),
)


@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return the rollout document of an execution; LineageUnavailable while AWS is out."""
    attempt = Attempt(event["ExecutionArn"], event["StartTime"], is_last=event["LastAttempt"])
    with outages_named():
        rollout = prepare(event["Input"], attempt, event["Settings"], CLIENTS)
    LOG.info("rollout prepared", rollout=rollout)
    return rollout
