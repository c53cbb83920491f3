"""FailNight: ends a night under its failure's own name, and resumes the job in a redrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from night.job_failure import as_error
from night.job_metrics import measure_failed_job

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="fail_night")
STEP_FUNCTIONS = boto3.client("stepfunctions")


@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    """Raise the failure, unless the execution has been redriven since it happened.

    A redrive begins at the state that failed, which is this one, whereas it is the job that is to
    run again: its step is returned then.
    """
    failure = event["Failure"]
    execution = STEP_FUNCTIONS.describe_execution(executionArn=event["ExecutionArn"])
    if execution.get("redriveCount", 0) > failure["RedriveCount"]:
        LOG.info("redriven", step=failure["Step"], redrive_count=execution["redriveCount"])
        return {"Step": failure["Step"]}
    measure_failed_job(failure["Step"], failure["Tries"])
    raise as_error(failure)
