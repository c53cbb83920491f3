"""The values of hosting: models, endpoint configurations, endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CREATING, UPDATING, DELETING = "Creating", "Updating", "Deleting"
IN_SERVICE, FAILED = "InService", "Failed"


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
    """An endpoint configuration with one production variant."""

    name: str
    arn: str
    created_at: datetime
    members: Mapping[str, Any]

    @property
    def variant(self) -> Mapping[str, Any]:
        """Its only production variant."""
        variant: Mapping[str, Any] = self.members["ProductionVariants"][0]
        return variant

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
class Endpoint:
    """An endpoint: the configuration that it has, and the one that it is to get."""

    name: str
    arn: str
    created_at: datetime
    modified_at: datetime
    config: EndpointConfig
    image_uri: str
    status: str = CREATING
    pending: EndpointConfig | None = None
    failure_reason: str | None = None

    def described(self) -> dict[str, Any]:
        """The output of DescribeEndpoint."""
        return {
            **self.summarised(),
            "EndpointConfigName": self.config.name,
            **({"FailureReason": self.failure_reason} if self.failure_reason else {}),
            **({"ProductionVariants": [self._variant()]} if self._serves else {}),
            **({"PendingDeploymentSummary": _pending(self.pending)} if self.pending else {}),
        }

    def summarised(self) -> dict[str, Any]:
        """An entry of ListEndpoints."""
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "EndpointStatus": self.status,
            "CreationTime": self.created_at,
            "LastModifiedTime": self.modified_at,
        }

    @property
    def _serves(self) -> bool:
        return self.status in {IN_SERVICE, UPDATING}

    def _variant(self) -> dict[str, Any]:
        images = [{"SpecifiedImage": self.image_uri, "ResolvedImage": self.image_uri}]
        weight = self.config.variant.get("InitialVariantWeight", 1.0)
        return {
            "VariantName": self.config.variant["VariantName"],
            "DeployedImages": images,
            "CurrentWeight": weight,
            "DesiredWeight": weight,
            **_capacity(self.config.variant),
        }


def _capacity(variant: Mapping[str, Any]) -> dict[str, Any]:
    serverless = variant.get("ServerlessConfig")
    if serverless:
        return {"CurrentServerlessConfig": serverless, "DesiredServerlessConfig": serverless}
    count = variant["InitialInstanceCount"]
    return {"CurrentInstanceCount": count, "DesiredInstanceCount": count}


def _pending(config: EndpointConfig) -> dict[str, Any]:
    return {
        "EndpointConfigName": config.name,
        "ProductionVariants": [{"VariantName": config.variant["VariantName"]}],
    }
