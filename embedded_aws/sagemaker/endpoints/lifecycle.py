"""How endpoints come into service, change and go, in virtual time.

Nobody waits inside a request for an endpoint, so its timers only guard: a night that starts a
deployment ends without it, and whoever looks again, having let time pass (a Wait state, a
schedule, ``advance_to``), finds the endpoint in service.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from embedded_aws.clock import Timer
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints.deployments import Deployment, DeploymentError
from embedded_aws.sagemaker.endpoints.records import (
    CREATING,
    DELETING,
    FAILED,
    IN_SERVICE,
    UPDATING,
    Endpoint,
    EndpointConfig,
    Model,
)
from embedded_aws.sagemaker.endpoints.shelf import Shelf

# Typical times, not documented ones; a few minutes for instances, less for serverless.
INSTANCE_DEPLOYMENT_SECONDS = 300.0
SERVERLESS_DEPLOYMENT_SECONDS = 120.0
DELETION_SECONDS = 10.0


class Lifecycle:
    """Moves endpoints from state to state; knows what serves behind each."""

    def __init__(self, environment: Environment, shelf: Shelf[Endpoint]) -> None:
        self._environment = environment
        self._clock = environment.clock
        self._shelf = shelf
        self._lock = threading.RLock()
        self._serving: dict[str, Deployment] = {}
        self._deploying: dict[str, Timer] = {}

    def create(self, name: str, config: EndpointConfig, model: Model) -> Endpoint:
        """Begin to create an endpoint.

        Raises:
            ServiceError: ``ValidationException`` when there is one of that name.
        """
        now = self._clock.now()
        image_uri = model.container["Image"]
        endpoint = Endpoint(name, self._shelf.arn(name), now, now, config, image_uri)
        self._shelf.add(endpoint)
        self._deploy_later(endpoint, config, model)
        return endpoint

    def update(self, name: str, config: EndpointConfig, model: Model) -> Endpoint:
        """Begin to bring another configuration to an endpoint in service.

        Raises:
            ServiceError: ``ValidationException`` when the endpoint is not in service, or has
                that configuration already ("you must create a new EndpointConfig", API
                reference of UpdateEndpoint).
        """

        def changed(endpoint: Endpoint) -> Endpoint:
            _refuse_update(endpoint, config)
            now = self._clock.now()
            return replace(endpoint, status=UPDATING, pending=config, modified_at=now)

        endpoint = self._shelf.change(name, changed)
        self._deploy_later(endpoint, config, model)
        return endpoint

    def delete(self, name: str) -> None:
        """Begin to delete an endpoint; it stops serving at once."""
        now = self._clock.now()
        endpoint = self._shelf.change(
            name, lambda old: replace(old, status=DELETING, pending=None, modified_at=now)
        )
        with self._lock:
            timer = self._deploying.pop(endpoint.arn, None)
            if timer is not None:
                self._clock.cancel(timer)
            self._replace(endpoint, None)

        def remove() -> None:
            self._shelf.remove(name)

        self._clock.call_later(DELETION_SECONDS, remove)

    def serving(self, endpoint: Endpoint) -> Deployment | None:
        """What answers an endpoint's requests now."""
        with self._lock:
            return self._serving.get(endpoint.arn)

    def close(self) -> None:
        """End every container."""
        with self._lock:
            for deployment in self._serving.values():
                deployment.close()
            self._serving.clear()

    def _deploy_later(self, endpoint: Endpoint, config: EndpointConfig, model: Model) -> None:
        is_serverless = "ServerlessConfig" in config.variant
        seconds = SERVERLESS_DEPLOYMENT_SECONDS if is_serverless else INSTANCE_DEPLOYMENT_SECONDS

        def deploy() -> None:
            self._deploy(endpoint, config, model)

        with self._lock:
            self._deploying[endpoint.arn] = self._clock.call_later(seconds, deploy)

    def _deploy(self, endpoint: Endpoint, config: EndpointConfig, model: Model) -> None:
        try:
            deployment = Deployment(self._environment, config, model)
        except DeploymentError as failure:
            self._settle(endpoint, partial(_failed, reason=str(failure)))
            return
        if not self._settle(endpoint, partial(_in_service, deployment=deployment), deployment):
            deployment.close()

    def _settle(
        self,
        endpoint: Endpoint,
        settled: Callable[[Endpoint], Endpoint],
        deployment: Deployment | None = None,
    ) -> bool:
        """End a deployment; tell whether the endpoint was still there for it."""
        with self._lock:
            if self._deploying.pop(endpoint.arn, None) is None:
                return False
            if deployment is not None:
                self._replace(endpoint, deployment)
            now = self._clock.now()
            self._shelf.change(endpoint.name, lambda old: replace(settled(old), modified_at=now))
            return True

    def _replace(self, endpoint: Endpoint, deployment: Deployment | None) -> None:
        former = self._serving.pop(endpoint.arn, None)
        if former is not None:
            former.close()
        if deployment is not None:
            self._serving[endpoint.arn] = deployment


def _in_service(endpoint: Endpoint, deployment: Deployment) -> Endpoint:
    return replace(
        endpoint,
        status=IN_SERVICE,
        config=deployment.config,
        image_uri=deployment.image_uri,
        pending=None,
        failure_reason=None,
    )


def _failed(endpoint: Endpoint, reason: str) -> Endpoint:
    # An endpoint that failed to update goes on with what it had.
    status = FAILED if endpoint.status == CREATING else IN_SERVICE
    return replace(endpoint, status=status, pending=None, failure_reason=reason)


def _refuse_update(endpoint: Endpoint, config: EndpointConfig) -> None:
    if endpoint.status in {CREATING, UPDATING, DELETING}:
        message = f'Cannot update in-progress endpoint "{endpoint.arn}".'
        raise ServiceError("ValidationException", message)
    if endpoint.status == FAILED:
        # Undocumented; an endpoint whose creation failed must be deleted and created again.
        message = f'Cannot update failed endpoint "{endpoint.arn}"; delete it first.'
        raise ServiceError("ValidationException", message)
    if endpoint.config.arn == config.arn:
        message = f'Endpoint "{endpoint.arn}" has the configuration {config.name} already.'
        raise ServiceError("ValidationException", message)
