"""The values of hosting: models, endpoint configurations, endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.sagemaker.endpoints.variants import Capacity, Variant

CREATING, UPDATING, DELETING = "Creating", "Updating", "Deleting"
IN_SERVICE, FAILED = "InService", "Failed"
ROLLING_BACK, UPDATE_ROLLBACK_FAILED = "RollingBack", "UpdateRollbackFailed"


@dataclass(frozen=True)
class Model:
    """A model.

    Attributes:
        members: The request's, verbatim.
        container: What it runs, whether given itself or by a model package.
    """

    name: str
    arn: str
    created_at: datetime
    members: Mapping[str, Any]
    container: Mapping[str, Any]

    @property
    def role_arn(self) -> str:
        """The role that reads the model data."""
        arn: str = self.members["ExecutionRoleArn"]
        return arn

    def described(self) -> dict[str, Any]:
        """The output of DescribeModel."""
        isolated = {"EnableNetworkIsolation": False}
        return {**isolated, **self.summarised(), **self.members}

    def summarised(self) -> dict[str, Any]:
        """An entry of ListModels."""
        return {"ModelName": self.name, "ModelArn": self.arn, "CreationTime": self.created_at}


@dataclass(frozen=True)
class EndpointConfig:
    """An endpoint configuration."""

    name: str
    arn: str
    created_at: datetime
    members: Mapping[str, Any]

    @property
    def variants(self) -> Sequence[Mapping[str, Any]]:
        """Its production variants, as they were requested."""
        variants: Sequence[Mapping[str, Any]] = self.members["ProductionVariants"]
        return variants

    @property
    def is_serverless(self) -> bool:
        """Whether any variant is serverless."""
        return any("ServerlessConfig" in variant for variant in self.variants)

    def described(self) -> dict[str, Any]:
        """The output of DescribeEndpointConfig."""
        return {**self.summarised(), **self.members}

    def summarised(self) -> dict[str, Any]:
        """An entry of ListEndpointConfigs."""
        return {
            "EndpointConfigName": self.name,
            "EndpointConfigArn": self.arn,
            "CreationTime": self.created_at,
        }


@dataclass(frozen=True)
class Wanted:
    """What is to be deployed: a configuration, and the models of its variants by variant name."""

    config: EndpointConfig
    models: Mapping[str, Model]

    def variants(self) -> tuple[Variant, ...]:
        """The variants as the configuration asks for them, with nothing running yet."""
        return tuple(
            Variant(
                name=members["VariantName"],
                image_uri=self.models[members["VariantName"]].container["Image"],
                current=Capacity(0.0, None if "ServerlessConfig" in members else 0),
                desired=Capacity.of(members),
                instance_type=members.get("InstanceType"),
            )
            for members in self.config.variants
        )


@dataclass(frozen=True)
class PendingDeployment:
    """A deployment in progress: the configuration that is to come, and how far it is."""

    config: EndpointConfig
    variants: tuple[Variant, ...]
    started_at: datetime

    def described(self) -> dict[str, Any]:
        """A PendingDeploymentSummary."""
        return {
            "EndpointConfigName": self.config.name,
            "ProductionVariants": [variant.pending() for variant in self.variants],
            "StartTime": self.started_at,
        }


@dataclass(frozen=True)
class Endpoint:
    """An endpoint: the configuration that it has, and the deployment of another.

    Attributes:
        variants: Those that serve; none before the endpoint first comes into service.
        deployment_config: The DeploymentConfig of its last deployment.
    """

    name: str
    arn: str
    created_at: datetime
    modified_at: datetime
    config: EndpointConfig
    variants: tuple[Variant, ...] = ()
    status: str = CREATING
    pending: PendingDeployment | None = None
    failure_reason: str | None = None
    deployment_config: Mapping[str, Any] | None = None

    def described(self) -> dict[str, Any]:
        """The output of DescribeEndpoint."""
        capture = self.config.members.get("DataCaptureConfig")
        members = {
            "EndpointConfigName": self.config.name,
            "FailureReason": self.failure_reason,
            "ProductionVariants": [variant.described() for variant in self.variants],
            "PendingDeploymentSummary": self.pending.described() if self.pending else None,
            "LastDeploymentConfig": self.deployment_config,
            "DataCaptureConfig": _active_capture(capture) if capture else None,
        }
        return self.summarised() | {name: value for name, value in members.items() if value}

    def summarised(self) -> dict[str, Any]:
        """An entry of ListEndpoints."""
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "EndpointStatus": self.status,
            "CreationTime": self.created_at,
            "LastModifiedTime": self.modified_at,
        }


def _active_capture(config: Mapping[str, Any]) -> dict[str, Any]:
    enabled = config.get("EnableCapture", True)
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }
