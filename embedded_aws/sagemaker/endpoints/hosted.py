"""The live side of one endpoint: its record, the fleet that serves, the traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.sagemaker.endpoints.events import EndpointEvents
from embedded_aws.sagemaker.endpoints.fleets import Container, Fleet
from embedded_aws.sagemaker.endpoints.named_resources import NamedResources
from embedded_aws.sagemaker.endpoints.records import Endpoint
from embedded_aws.sagemaker.endpoints.routing import Router


class Hosted:
    """One endpoint; while it is in progress, only its deployment changes it."""

    def __init__(
        self,
        endpoints: NamedResources[Endpoint],
        endpoint: Endpoint,
        clock: Clock,
        events: EndpointEvents,
    ) -> None:
        self._endpoints = endpoints
        self._name = endpoint.name
        self._clock = clock
        self._events = events
        self.router = Router(())
        self._fleets: list[Fleet] = []

    @property
    def fleet(self) -> Fleet | None:
        """The fleet of the configuration that the endpoint has."""
        return self._fleets[0] if self._fleets else None

    @property
    def endpoint(self) -> Endpoint:
        """The record as it is now."""
        return self._endpoints.get(self._name)

    def change(self, **members: Any) -> Endpoint:  # noqa: ANN401  # members of the record
        """Replace members of the record, and tell EventBridge."""
        before = self.endpoint
        now = self._clock.now()
        after = self._endpoints.change(
            self._name, lambda old: replace(old, modified_at=now, **members)
        )
        self._events.changed(before, after)
        return after

    def container(self, variant_name: str | None) -> Container | None:
        """What answers the next request."""
        return self.router.next(variant_name)

    def add(self, fleet: Fleet) -> None:
        """Keep another fleet, beside the one that serves."""
        self._fleets.append(fleet)

    def serve_from(self, fleet: Fleet, router: Router) -> Sequence[Fleet]:
        """Send all traffic to a fleet; return the others, for the caller to close."""
        self.router = router
        idle = [other for other in self._fleets if other is not fleet]
        self._fleets = [fleet]
        return idle

    def close(self) -> None:
        """Serve nothing any more."""
        self.router = Router(())
        for fleet in self._fleets:
            fleet.close()
        self._fleets = []
