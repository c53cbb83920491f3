"""TriggerDeploy: starts the deployment of a registered package to the candidate endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from lineage.facts import Deployment
from lineage.recorder import record_deployment
from night.deployment import Target, deploy
from night.lineage_clients import lineage_clients

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="trigger_deploy")
CLIENTS = lineage_clients()


@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    """Deploy ``PackageArn`` and record it; return the endpoint's ARN and its new configuration."""
    package_arn = event["PackageArn"]
    target = Target.parse(event["Target"])
    deployed = deploy(CLIENTS.sagemaker, package_arn, target)
    recording = record_deployment(
        CLIENTS,
        event["Night"],
        Deployment(
            id=deployed["EndpointConfigName"],
            package_arn=package_arn,
            endpoint_name=target.endpoint_name,
            endpoint_arn=deployed["EndpointArn"],
            endpoint_config_name=deployed["EndpointConfigName"],
        ),
    )
    LOG.info("deployment started", package_arn=package_arn, record_uri=recording.record.uri)
    return deployed
