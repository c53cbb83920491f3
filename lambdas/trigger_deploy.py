"""TriggerDeploy: starts the deployment of a registered package to the candidate endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from lineage.facts import Deployment
from lineage.recorder import record_deployment
from night.deployment import Deployed, Target, deploy
from night.lineage_clients import lineage_clients

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="trigger_deploy")
CLIENTS = lineage_clients()


@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Deploy ``PackageArn`` and record it, unless the endpoint has a newer version already."""
    package_arn = event["PackageArn"]
    target = Target.parse(event["Target"])
    deployed = deploy(CLIENTS.sagemaker, package_arn, target)
    if deployed.is_superseded:
        LOG.warning("a newer version stays", served=deployed.endpoint_config_name)
    else:
        _record(event["Night"], package_arn, target, deployed)
    return {
        "EndpointArn": deployed.endpoint_arn,
        "EndpointConfigName": deployed.endpoint_config_name,
        "Superseded": deployed.is_superseded,
    }


def _record(night: dict[str, Any], package_arn: str, target: Target, deployed: Deployed) -> None:
    recording = record_deployment(
        CLIENTS,
        night,
        Deployment(
            id=deployed.endpoint_config_name,
            package_arn=package_arn,
            endpoint_name=target.endpoint_name,
            endpoint_arn=deployed.endpoint_arn,
            endpoint_config_name=deployed.endpoint_config_name,
        ),
    )
    LOG.info("deployment started", package_arn=package_arn, record_uri=recording.record.uri)
