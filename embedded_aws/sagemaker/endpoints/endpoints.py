"""CreateEndpoint and its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext
from embedded_aws.sagemaker.endpoints.lifecycle import Lifecycle
from embedded_aws.sagemaker.endpoints.records import Endpoint, EndpointConfig, Model
from embedded_aws.sagemaker.endpoints.shelf import Shelf
from embedded_aws.sagemaker.jobs import images
from embedded_aws.sagemaker.lineage.automatic import AutomaticLineage
from embedded_aws.sagemaker.tags import Tags, refuse_duplicate_keys
from embedded_aws.sagemaker.unsupported import not_supported, refuse

_UNSUPPORTED_OF_UPDATE = (
    "DeploymentConfig",
    "RetainAllVariantProperties",
    "ExcludeRetainedVariantProperties",
    "RetainDeploymentConfig",
)


class Endpoints:
    """Endpoints of one account.

    Not supported: traffic shifting and roll-back on alarms, retained variant properties, and
    images that have no local stand-in.
    """

    def __init__(
        self,
        *,
        endpoints: Shelf[Endpoint],
        configs: Shelf[EndpointConfig],
        models: Shelf[Model],
        lifecycle: Lifecycle,
        tags: Tags,
        lineage: AutomaticLineage,
    ) -> None:
        self._endpoints = endpoints
        self._configs = configs
        self._models = models
        self._lifecycle = lifecycle
        self._tags = tags
        self._lineage = lineage

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "CreateEndpoint": self._create,
            "UpdateEndpoint": self._update,
            "DescribeEndpoint": self._describe,
            "DeleteEndpoint": self._delete,
            "ListEndpoints": self._list,
        }

    def _create(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        refuse(("DeploymentConfig",), parameters, "CreateEndpoint")
        tags = parameters.get("Tags", ())
        refuse_duplicate_keys(tags)
        config, model = self._wanted(parameters)
        endpoint = self._lifecycle.create(parameters["EndpointName"], config, model)
        self._tags.register(endpoint.arn, tags)
        self._lineage.endpoint_created(endpoint.described(), [model.container])
        return {"EndpointArn": endpoint.arn}

    def _update(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        refuse(_UNSUPPORTED_OF_UPDATE, parameters, "UpdateEndpoint")
        config, model = self._wanted(parameters)
        endpoint = self._lifecycle.update(parameters["EndpointName"], config, model)
        return {"EndpointArn": endpoint.arn}

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._endpoints.get(parameters["EndpointName"]).described()

    def _delete(self, parameters: Parameters, _: RequestContext) -> None:
        self._lifecycle.delete(parameters["EndpointName"])
        self._tags.forget(self._endpoints.arn(parameters["EndpointName"]))

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._endpoints.list("Endpoints", parameters)

    def _wanted(self, parameters: Parameters) -> tuple[EndpointConfig, Model]:
        config = self._configs.get(parameters["EndpointConfigName"])
        model = self._models.get(config.variant["ModelName"])
        if not images.is_known(model.container["Image"]):
            raise not_supported(f"serving with the image {model.container['Image']}")
        return config, model
