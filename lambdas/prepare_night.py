"""PrepareNight: validates the input, snapshots the input objects, stages the job code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from night.document import Execution, Settings, prepare

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="prepare_night")
S3 = boto3.client("s3")


@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return the night document of an execution."""
    night = prepare(
        event["Input"],
        Execution(event["ExecutionArn"], event["StartTime"], event["StateMachineName"]),
        Settings.parse(os.environ["BUCKET"], event["Settings"]),
        S3,
    )
    LOG.info("night prepared", run_id=night["RunId"], dataset=night["Dataset"])
    return night
