"""TriggerDeploy: starts the rollout that a night, an approval or an operator asks for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from lineage.outages import outages_named
from rollout.start import Request, Starter

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="trigger_deploy")
STARTER = Starter(
    sagemaker=boto3.client("sagemaker"),
    stepfunctions=boto3.client("stepfunctions"),
    state_machine_arn=os.environ["STATE_MACHINE_ARN"],
    candidate=os.environ["CANDIDATE_ENDPOINT"],
    production=os.environ["PRODUCTION_ENDPOINT"],
)


@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Start a rollout; nobody waits for it here, and one that was started before is no error.

    LineageUnavailable while AWS is out.
    """
    with outages_named():
        rollout = STARTER.start(Request.parse(event))
    LOG.info("rollout", rollout=rollout)
    return rollout
