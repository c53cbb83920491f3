"""Hosting as one part of SageMaker: models, endpoint configurations, endpoints."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation
from embedded_aws.sagemaker.endpoints.configs import EndpointConfigs
from embedded_aws.sagemaker.endpoints.endpoints import Endpoints, Resources
from embedded_aws.sagemaker.endpoints.events import EndpointEvents
from embedded_aws.sagemaker.endpoints.lifecycle import Lifecycle
from embedded_aws.sagemaker.endpoints.models import Models
from embedded_aws.sagemaker.endpoints.named_resources import NamedResources
from embedded_aws.sagemaker.endpoints.records import Endpoint, EndpointConfig, Model
from embedded_aws.sagemaker.lineage.automatic import AutomaticLineage
from embedded_aws.sagemaker.registry.catalogue import Catalogue
from embedded_aws.sagemaker.tags import Tags


class Hosting:
    """What one account hosts; ``endpoints`` and ``lifecycle`` are SageMaker Runtime's, too."""

    def __init__(
        self,
        environment: Environment,
        tags: Tags,
        packages: Catalogue,
        lineage: AutomaticLineage,
    ) -> None:
        settings = environment.settings
        models = NamedResources[Model](settings, "model", "model")
        configs = NamedResources[EndpointConfig](
            settings, "endpoint configuration", "endpoint-config"
        )
        self.endpoints = NamedResources[Endpoint](settings, "endpoint", "endpoint")
        events = EndpointEvents(environment, tags)
        self.lifecycle = Lifecycle(environment, self.endpoints, events)
        self._families = (
            Models(environment, models, packages, tags),
            EndpointConfigs(environment.clock, configs, models, tags),
            Endpoints(
                environment=environment,
                resources=Resources(models, configs, self.endpoints),
                lifecycle=self.lifecycle,
                tags=tags,
                lineage=lineage,
            ),
        )

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {name: call for each in self._families for name, call in each.operations().items()}

    def close(self) -> None:
        """End every container that serves."""
        self.lifecycle.close()
