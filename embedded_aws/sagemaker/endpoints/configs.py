"""CreateEndpointConfig and its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.endpoints.records import EndpointConfig, Model
from embedded_aws.sagemaker.endpoints.shelf import Shelf
from embedded_aws.sagemaker.tags import Tags, refuse_duplicate_keys
from embedded_aws.sagemaker.unsupported import not_supported, refuse

MEMORY_STEP_MB = 1024

_UNSUPPORTED = (
    "DataCaptureConfig",
    "AsyncInferenceConfig",
    "ExplainerConfig",
    "ShadowProductionVariants",
    "ExecutionRoleArn",
    "VpcConfig",
    "EnableNetworkIsolation",
    "MetricsConfig",
    "CrossRegionTrafficConfig",
)
_UNSUPPORTED_OF_VARIANT = (
    "InstancePools",
    "VariantInstanceProvisionTimeoutInSeconds",
    "AcceleratorType",
    "CoreDumpConfig",
    "EnableSSMAccess",
    "ManagedInstanceScaling",
    "RoutingConfig",
    "InferenceAmiVersion",
    "CapacityReservationConfig",
    "AcceleratorPartitionLayouts",
)


class EndpointConfigs:
    """Endpoint configurations of one account: one production variant, real-time or serverless.

    Not supported: several variants, shadow variants, data capture, asynchronous inference,
    inference components, explanations, managed scaling.
    """

    def __init__(
        self, clock: Clock, shelf: Shelf[EndpointConfig], models: Shelf[Model], tags: Tags
    ) -> None:
        self._clock = clock
        self._shelf = shelf
        self._models = models
        self._tags = tags

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "CreateEndpointConfig": self._create,
            "DescribeEndpointConfig": self._describe,
            "DeleteEndpointConfig": self._delete,
            "ListEndpointConfigs": self._list,
        }

    def _create(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        refuse(_UNSUPPORTED, parameters, "CreateEndpointConfig")
        self._check_variants(parameters["ProductionVariants"])
        tags = parameters.pop("Tags", ())
        refuse_duplicate_keys(tags)
        name = parameters.pop("EndpointConfigName")
        config = EndpointConfig(name, self._shelf.arn(name), self._clock.now(), parameters)
        self._shelf.add(config)
        self._tags.register(config.arn, tags)
        return {"EndpointConfigArn": config.arn}

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._shelf.get(parameters["EndpointConfigName"]).described()

    def _delete(self, parameters: Parameters, _: RequestContext) -> None:
        # Endpoints in service go on (API reference of DeleteEndpointConfig).
        self._tags.forget(self._shelf.remove(parameters["EndpointConfigName"]).arn)

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._shelf.list("EndpointConfigs", parameters)

    def _check_variants(self, variants: list[Mapping[str, Any]]) -> None:
        if len(variants) > 1:
            raise not_supported("several ProductionVariants of CreateEndpointConfig")
        (variant,) = variants
        refuse(_UNSUPPORTED_OF_VARIANT, variant, "CreateEndpointConfig's variant")
        if "ModelName" not in variant:
            raise not_supported("a variant without ModelName (inference components)")
        self._models.get(variant["ModelName"])
        if "ServerlessConfig" in variant:
            _check_serverless(variant)
        elif "InstanceType" not in variant or "InitialInstanceCount" not in variant:
            message = "A variant has InstanceType and InitialInstanceCount, or a ServerlessConfig"
            raise ServiceError("ValidationException", message)


def _check_serverless(variant: Mapping[str, Any]) -> None:
    if "InstanceType" in variant or "InitialInstanceCount" in variant:
        message = "A variant with a ServerlessConfig has no InstanceType or InitialInstanceCount"
        raise ServiceError("ValidationException", message)
    serverless = variant["ServerlessConfig"]
    if serverless["MemorySizeInMB"] % MEMORY_STEP_MB:
        # "in 1 GB increments" (API reference of ProductionVariantServerlessConfig)
        message = f"MemorySizeInMB must be a multiple of {MEMORY_STEP_MB}"
        raise ServiceError("ValidationException", message)
    if serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]:
        message = "ProvisionedConcurrency must be at most MaxConcurrency"
        raise ServiceError("ValidationException", message)
