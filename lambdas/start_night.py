"""StartNight: turns the schedule's instant into the night of a data date, at most once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from night.start import data_date, start

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="start_night")
STEP_FUNCTIONS = boto3.client("stepfunctions")


@LOG.inject_lambda_context
def handler(event: dict[str, str], _context: LambdaContext) -> dict[str, Any]:
    """Start the night of ``{"ScheduledTime": <ISO 8601>, "TimeZone": <IANA name>}``."""
    date = data_date(event["ScheduledTime"], event["TimeZone"])
    night = start(STEP_FUNCTIONS, os.environ["STATE_MACHINE_ARN"], date)
    LOG.info("night", night=night)
    return night
