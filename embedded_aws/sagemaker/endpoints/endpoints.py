"""CreateEndpoint and its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.endpoints import capacities, guardrails
from embedded_aws.sagemaker.endpoints.alarms import Alarms
from embedded_aws.sagemaker.endpoints.deployment import Deployment
from embedded_aws.sagemaker.endpoints.lifecycle import Lifecycle, refuse_in_progress
from embedded_aws.sagemaker.endpoints.named_resources import NamedResources
from embedded_aws.sagemaker.endpoints.records import Endpoint, EndpointConfig, Model, Wanted
from embedded_aws.sagemaker.endpoints.variants import Variant
from embedded_aws.sagemaker.jobs import images
from embedded_aws.sagemaker.lineage.automatic import AutomaticLineage
from embedded_aws.sagemaker.tags import Tags, refuse_duplicate_keys
from embedded_aws.sagemaker.unsupported import not_supported

DeploymentConfig = Mapping[str, Any]


@dataclass(frozen=True)
class Resources:
    """All that can be hosted, and what is."""

    models: NamedResources[Model]
    configs: NamedResources[EndpointConfig]
    endpoints: NamedResources[Endpoint]


class Endpoints:
    """Endpoints of one account; images that have no local stand-in are not supported."""

    def __init__(
        self,
        *,
        environment: Environment,
        resources: Resources,
        lifecycle: Lifecycle,
        tags: Tags,
        lineage: AutomaticLineage,
    ) -> None:
        self._environment = environment
        self._endpoints = resources.endpoints
        self._configs = resources.configs
        self._models = resources.models
        self._lifecycle = lifecycle
        self._tags = tags
        self._lineage = lineage

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "CreateEndpoint": self._create,
            "UpdateEndpoint": self._update,
            "UpdateEndpointWeightsAndCapacities": self._rescale,
            "DescribeEndpoint": self._describe,
            "DeleteEndpoint": self._delete,
            "ListEndpoints": self._list,
        }

    def _create(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        tags = parameters.get("Tags", ())
        refuse_duplicate_keys(tags)
        wanted = self._wanted(parameters)
        given = parameters.get("DeploymentConfig")
        deployment = self._deployment(wanted, wanted.variants(), given)
        endpoint = self._lifecycle.create(parameters["EndpointName"], deployment, given)
        self._tags.register(endpoint.arn, tags)
        containers = [model.container for model in wanted.models.values()]
        self._lineage.endpoint_created(endpoint.described(), containers)
        return {"EndpointArn": endpoint.arn}

    def _update(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        endpoint = self._endpoints.get(parameters["EndpointName"])
        refuse_in_progress(endpoint)
        wanted = self._wanted(parameters)
        given = _deployment_config(parameters, endpoint)
        variants = _variants(parameters, wanted, endpoint)
        if given:
            _check_names(variants, endpoint)
        deployment = self._deployment(wanted, variants, given)
        updated = self._lifecycle.update(endpoint.name, deployment, given)
        return {"EndpointArn": updated.arn}

    def _rescale(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        changes = parameters["DesiredWeightsAndCapacities"]
        now = self._environment.clock.now()
        endpoint = self._lifecycle.rescale(
            parameters["EndpointName"],
            lambda variants: capacities.rescaled(variants, changes, now),
        )
        return {"EndpointArn": endpoint.arn}

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._endpoints.get(parameters["EndpointName"]).described()

    def _delete(self, parameters: Parameters, _: RequestContext) -> None:
        self._lifecycle.delete(parameters["EndpointName"])
        self._tags.forget(self._endpoints.arn(parameters["EndpointName"]))

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._endpoints.list("Endpoints", parameters)

    def _wanted(self, parameters: Parameters) -> Wanted:
        config = self._configs.get(parameters["EndpointConfigName"])
        models = {
            variant["VariantName"]: self._models.get(variant["ModelName"])
            for variant in config.variants
        }
        for model in models.values():
            if not images.is_known(model.container["Image"]):
                raise not_supported(f"serving with the image {model.container['Image']}")
        return Wanted(config, models)

    def _deployment(
        self, wanted: Wanted, variants: tuple[Variant, ...], given: DeploymentConfig | None
    ) -> Deployment:
        plan = guardrails.plan(given or {}, wanted.config)
        role_arn = next(iter(wanted.models.values())).role_arn
        alarms = Alarms(self._environment.clients, role_arn, plan.alarm_names)
        alarms.check()
        return Deployment(wanted, variants, plan, alarms)


def _deployment_config(parameters: Parameters, endpoint: Endpoint) -> DeploymentConfig | None:
    given: DeploymentConfig | None = parameters.get("DeploymentConfig")
    if not parameters.get("RetainDeploymentConfig"):
        return given
    if given:
        # What AWS does with both is not documented.
        message = "Specify either DeploymentConfig or RetainDeploymentConfig"
        raise ServiceError("ValidationException", message)
    return endpoint.deployment_config


def _variants(parameters: Parameters, wanted: Wanted, endpoint: Endpoint) -> tuple[Variant, ...]:
    variants = wanted.variants()
    if not parameters.get("RetainAllVariantProperties"):
        return variants
    excluded = {
        each["VariantPropertyType"]
        for each in parameters.get("ExcludeRetainedVariantProperties", ())
    }
    captures = [each.members.get("DataCaptureConfig") for each in (endpoint.config, wanted.config)]
    if "DataCaptureConfig" not in excluded and captures[0] != captures[1]:
        raise not_supported("RetainAllVariantProperties over another DataCaptureConfig")
    return capacities.retained(variants, endpoint.variants, excluded)


def _check_names(variants: tuple[Variant, ...], endpoint: Endpoint) -> None:
    wanted, serving = ({each.name for each in some} for some in (variants, endpoint.variants))
    if wanted != serving:
        # Guide "Exclusions"; the text is not documented.
        message = (
            f"The new endpoint configuration must have the variants {sorted(serving)} of the "
            f"old one, not {sorted(wanted)}."
        )
        raise ServiceError("ValidationException", message)
