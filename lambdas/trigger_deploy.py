"""TriggerDeploy: starts the deployment of a registered package to the candidate endpoint."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from night.deployment import Target, deploy

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="trigger_deploy")
SAGEMAKER = boto3.client("sagemaker")


@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    """Deploy ``PackageArn``; return the endpoint's ARN and its new configuration."""
    target = Target(
        endpoint_name=os.environ["CANDIDATE_ENDPOINT"],
        role_arn=os.environ["ENDPOINT_ROLE_ARN"],
        memory_size_mb=int(os.environ["ENDPOINT_MEMORY_SIZE_MB"]),
        max_concurrency=int(os.environ["ENDPOINT_MAX_CONCURRENCY"]),
    )
    deployed = deploy(SAGEMAKER, event["PackageArn"], target)
    LOG.info("deployment started", package_arn=event["PackageArn"], deployed=deployed)
    return deployed
