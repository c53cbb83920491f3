"""How endpoints come into service, change and go, in virtual time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints.deployment import Deployment, DeploymentRun
from embedded_aws.sagemaker.endpoints.events import EndpointEvents
from embedded_aws.sagemaker.endpoints.fleets import Container
from embedded_aws.sagemaker.endpoints.hosted import Hosted
from embedded_aws.sagemaker.endpoints.named_resources import NamedResources
from embedded_aws.sagemaker.endpoints.records import (
    DELETING,
    FAILED,
    IN_SERVICE,
    UPDATE_ROLLBACK_FAILED,
    UPDATING,
    Endpoint,
    PendingDeployment,
)
from embedded_aws.sagemaker.endpoints.routing import all_of
from embedded_aws.sagemaker.endpoints.scorer import Reply, Scorer
from embedded_aws.sagemaker.endpoints.variants import Variant

# Typical times, not documented ones.
DELETION_SECONDS = 10.0
REWEIGHING_SECONDS = 30.0
RESCALING_SECONDS = 300.0


class Lifecycle:
    """Moves endpoints from state to state; knows what serves behind each."""

    def __init__(
        self, environment: Environment, endpoints: NamedResources[Endpoint], events: EndpointEvents
    ) -> None:
        self._environment = environment
        self._clock = environment.clock
        self._endpoints = endpoints
        self._events = events
        self._scorer = Scorer(environment.settings.job_python)
        self._lock = threading.RLock()
        self._hosted: dict[str, Hosted] = {}

    def create(
        self, name: str, deployment: Deployment, deployment_config: Mapping[str, Any] | None
    ) -> Endpoint:
        """Begin to create an endpoint.

        Raises:
            ServiceError: ``ValidationException`` when there is one of that name.
        """
        now = self._clock.now()
        config = deployment.wanted.config
        endpoint = Endpoint(
            name=name,
            arn=self._endpoints.arn(name),
            created_at=now,
            modified_at=now,
            config=config,
            pending=PendingDeployment(config, deployment.variants, now),
            deployment_config=deployment_config,
        )
        self._endpoints.add(endpoint)
        hosted = Hosted(self._endpoints, endpoint, self._clock, self._events)
        with self._lock:
            self._hosted[endpoint.arn] = hosted
        self._events.changed(None, endpoint)
        self._deploy(hosted, deployment)
        return endpoint

    def update(
        self, name: str, deployment: Deployment, deployment_config: Mapping[str, Any] | None
    ) -> Endpoint:
        """Begin to bring another configuration to an endpoint in service.

        Raises:
            ServiceError: ``ValidationException`` when the endpoint is in progress or failed, has
                that configuration already ("you must create a new EndpointConfig", API reference
                of UpdateEndpoint), or has instances and is to be serverless.
        """
        config = deployment.wanted.config

        def begun(endpoint: Endpoint) -> Endpoint:
            refuse_in_progress(endpoint)
            _refuse_failed(endpoint)
            if endpoint.config.arn == config.arn:
                message = f'Endpoint "{endpoint.arn}" has the configuration {config.name} already.'
                raise ServiceError("ValidationException", message)
            if config.is_serverless and not endpoint.config.is_serverless:
                # "Updating a real-time inference endpoint to either an on-demand serverless
                # endpoint or a serverless endpoint with Provisioned Concurrency is currently not
                # supported" (developer guide, "Update a serverless endpoint"); the text is not
                # documented.
                message = f'Endpoint "{endpoint.arn}" has instances, and cannot become serverless.'
                raise ServiceError("ValidationException", message)
            now = self._clock.now()
            return replace(
                endpoint,
                status=UPDATING,
                pending=PendingDeployment(config, deployment.variants, now),
                failure_reason=None,
                deployment_config=deployment_config,
                modified_at=now,
            )

        endpoint = self._begin(name, begun)
        self._deploy(self._of(endpoint), deployment)
        return endpoint

    def rescale(
        self, name: str, rescaled: Callable[[tuple[Variant, ...]], tuple[Variant, ...]]
    ) -> Endpoint:
        """Begin to change weights and capacities of an endpoint in service.

        Raises:
            ServiceError: ``ValidationException`` when the endpoint is in progress or failed.
        """

        def begun(endpoint: Endpoint) -> Endpoint:
            refuse_in_progress(endpoint)
            _refuse_failed(endpoint)
            variants = rescaled(endpoint.variants)
            return replace(
                endpoint, status=UPDATING, variants=variants, modified_at=self._clock.now()
            )

        endpoint = self._begin(name, begun)
        hosted = self._of(endpoint)
        only_weights = all(
            replace(each.current, weight=each.desired.weight) == each.desired
            for each in endpoint.variants
        )
        seconds = REWEIGHING_SECONDS if only_weights else RESCALING_SECONDS
        self._clock.call_later(seconds, lambda: _settle(hosted))
        return endpoint

    def delete(self, name: str) -> None:
        """Begin to delete an endpoint; it stops serving at once.

        Raises:
            ServiceError: ``ValidationException`` when the endpoint is in progress.
        """

        def begun(endpoint: Endpoint) -> Endpoint:
            refuse_in_progress(endpoint)
            return replace(endpoint, status=DELETING, modified_at=self._clock.now())

        endpoint = self._begin(name, begun)
        with self._lock:
            self._hosted.pop(endpoint.arn).close()

        def remove() -> None:
            self._endpoints.remove(name)
            self._events.deleted(endpoint)

        self._clock.call_later(DELETION_SECONDS, remove)

    def container(self, endpoint: Endpoint, variant_name: str | None) -> Container | None:
        """What answers an endpoint's next request."""
        with self._lock:
            hosted = self._hosted.get(endpoint.arn)
        return hosted.container(variant_name) if hosted else None

    def invoke(
        self, container: Container, body: bytes, content_type: str | None, accept: str | None
    ) -> Reply:
        """Send a request to a container."""
        with container.concurrency.slot():
            return self._scorer.invoke(container.model_folder, body, content_type, accept)

    def close(self) -> None:
        """End every container."""
        self._scorer.close()
        with self._lock:
            for hosted in self._hosted.values():
                hosted.close()
            self._hosted.clear()

    def _begin(self, name: str, begun: Callable[[Endpoint], Endpoint]) -> Endpoint:
        before = self._endpoints.get(name)
        endpoint = self._endpoints.change(name, begun)
        self._events.changed(before, endpoint)
        return endpoint

    def _of(self, endpoint: Endpoint) -> Hosted:
        with self._lock:
            return self._hosted[endpoint.arn]

    def _deploy(self, hosted: Hosted, deployment: Deployment) -> None:
        deploying = DeploymentRun(self._environment, self._scorer, hosted, deployment)
        self._clock.spawn(deploying.run, "endpoint-deployment")


def refuse_in_progress(endpoint: Endpoint) -> None:
    """Refuse to change or delete an endpoint that is changing.

    Raises:
        ServiceError: ``ValidationException``, with these words for DeleteEndpoint, too (ACK's
            sagemaker-controller and public issue threads).
    """
    if endpoint.status not in {IN_SERVICE, FAILED, UPDATE_ROLLBACK_FAILED}:
        message = f'Cannot update in-progress endpoint "{endpoint.arn}".'
        raise ServiceError("ValidationException", message)


def _refuse_failed(endpoint: Endpoint) -> None:
    if endpoint.status == FAILED:
        # "DeleteEndpoint is the only operation that can be performed on a failed endpoint" (API
        # reference of DescribeEndpoint); the text is not documented.
        message = f'Cannot update failed endpoint "{endpoint.arn}"; delete it first.'
        raise ServiceError("ValidationException", message)


def _settle(hosted: Hosted) -> None:
    variants = tuple(
        replace(each, current=each.desired, status=None) for each in hosted.endpoint.variants
    )
    if hosted.fleet is not None:
        for each in variants:
            serverless = each.desired.serverless
            if serverless:
                hosted.fleet.containers[each.name].concurrency.most = serverless["MaxConcurrency"]
        hosted.router = all_of(hosted.fleet, variants)
    hosted.change(status=IN_SERVICE, variants=variants)
