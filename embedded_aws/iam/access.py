"""Access management of one instance, put together: STS, the gate, and the log of calls."""

from __future__ import annotations

from collections.abc import Iterable

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Service
from embedded_aws.iam.authorization import Authorization
from embedded_aws.iam.call_log import CallLog
from embedded_aws.iam.identification import Identification
from embedded_aws.iam.identities import Identities
from embedded_aws.iam.layer import AccessLayer
from embedded_aws.iam.resources import Place
from embedded_aws.iam.sessions import Sessions
from embedded_aws.iam.sts import Sts
from embedded_aws.settings import Settings


class Access:
    """Knows who calls and what they may.

    Attributes:
        calls: Every call since the start, or the last 50,000.
        sts: The service that hands out sessions.
    """

    def __init__(self, settings: Settings, clock: Clock, clients: ClientFactory) -> None:
        self._place = Place(settings.account_id, settings.region)
        self._clock = clock
        self._clients = clients
        self._identities = Identities(settings.account_id)
        sessions = Sessions(settings.account_id)
        self._identification = Identification(
            settings.account_id, self._identities, sessions, clock
        )
        self.calls = CallLog()
        self.sts = Sts(self._identities, self._identification, sessions, clock)

    def layer(self, services: Iterable[Service]) -> AccessLayer:
        """The gate in front of these services and of moto's."""
        by_name = {service.name: service for service in services}
        authorization = Authorization(
            self._place, self._identities, by_name, self._clients, self._clock
        )
        return AccessLayer(
            self._identification,
            authorization,
            self.calls,
            self._clock,
            self._clients.forget_sessions,
        )
