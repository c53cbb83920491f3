"""CreateEndpointConfig and its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.endpoints.named_resources import NamedResources
from embedded_aws.sagemaker.endpoints.records import EndpointConfig, Model
from embedded_aws.sagemaker.tags import Tags, refuse_duplicate_keys
from embedded_aws.sagemaker.unsupported import not_supported, refuse

MEMORY_STEP_MB = 1024

_UNSUPPORTED = (
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
    """Endpoint configurations of one account: production variants, real-time or serverless.

    Not supported: shadow variants, asynchronous inference, inference components, explanations,
    managed scaling.
    """

    def __init__(
        self,
        clock: Clock,
        configs: NamedResources[EndpointConfig],
        models: NamedResources[Model],
        tags: Tags,
    ) -> None:
        self._clock = clock
        self._configs = configs
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
        _check_capture(parameters)
        tags = parameters.pop("Tags", ())
        refuse_duplicate_keys(tags)
        name = parameters.pop("EndpointConfigName")
        config = EndpointConfig(name, self._configs.arn(name), self._clock.now(), parameters)
        self._configs.add(config)
        self._tags.register(config.arn, tags)
        return {"EndpointConfigArn": config.arn}

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._configs.get(parameters["EndpointConfigName"]).described()

    def _delete(self, parameters: Parameters, _: RequestContext) -> None:
        # Endpoints in service go on (API reference of DeleteEndpointConfig).
        self._tags.forget(self._configs.remove(parameters["EndpointConfigName"]).arn)

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._configs.list("EndpointConfigs", parameters)

    def _check_variants(self, variants: list[Mapping[str, Any]]) -> None:
        names = {variant["VariantName"] for variant in variants if "VariantName" in variant}
        if len(names) < len(variants):
            raise _invalid("Production variants need names of their own")
        if 0 < sum("ServerlessConfig" in variant for variant in variants) < len(variants):
            raise _invalid("Serverless variants and variants with instances cannot be mixed")
        for variant in variants:
            self._check_variant(variant)
        if not sum(variant.get("InitialVariantWeight", 1.0) for variant in variants):
            raise _invalid("At least one production variant needs a weight above 0")

    def _check_variant(self, variant: Mapping[str, Any]) -> None:
        refuse(_UNSUPPORTED_OF_VARIANT, variant, "CreateEndpointConfig's variant")
        if "ModelName" not in variant:
            raise not_supported("a variant without ModelName (inference components)")
        model = self._models.get(variant["ModelName"])
        if "ServerlessConfig" in variant:
            _check_serverless(variant)
            _check_network(model)
        elif "InstanceType" not in variant or "InitialInstanceCount" not in variant:
            message = "A variant has InstanceType and InitialInstanceCount, or a ServerlessConfig"
            raise _invalid(message)


def _check_serverless(variant: Mapping[str, Any]) -> None:
    if "InstanceType" in variant or "InitialInstanceCount" in variant:
        message = "A variant with a ServerlessConfig has no InstanceType or InitialInstanceCount"
        raise _invalid(message)
    serverless = variant["ServerlessConfig"]
    if serverless["MemorySizeInMB"] % MEMORY_STEP_MB:
        # "in 1 GB increments" (API reference of ProductionVariantServerlessConfig)
        raise _invalid(f"MemorySizeInMB must be a multiple of {MEMORY_STEP_MB}")
    if serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]:
        raise _invalid("ProvisionedConcurrency must be at most MaxConcurrency")


def _check_network(model: Model) -> None:
    # Guide "Serverless Inference", feature exclusions; the text is not documented.
    if model.members.get("VpcConfig") or model.members.get("EnableNetworkIsolation"):
        message = f"The model {model.name} has a network that serverless endpoints do not support"
        raise _invalid(message)


def _check_capture(parameters: Parameters) -> None:
    capture = parameters.get("DataCaptureConfig")
    if not capture:
        return
    if any("ServerlessConfig" in variant for variant in parameters["ProductionVariants"]):
        # Guide "Serverless Inference", feature exclusions; the text is not documented.
        raise _invalid("Data capture is not supported for serverless endpoints")
    if capture.get("KmsKeyId"):
        raise not_supported("KmsKeyId of CreateEndpointConfig's DataCaptureConfig")
    if not capture["DestinationS3Uri"].startswith("s3://"):
        raise not_supported("a DestinationS3Uri that does not start with s3://")


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
