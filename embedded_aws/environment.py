"""What every native service is given: settings, time, and clients to reach the other services."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.settings import Settings


@dataclass(frozen=True)
class Environment:
    """The surroundings of a service within one instance."""

    settings: Settings
    clock: Clock
    clients: ClientFactory
