"""Access management of one instance, put together: STS, the gate, and the log of calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.control import Answer, Route
from embedded_aws.control_errors import Refused
from embedded_aws.gateway.service import Service
from embedded_aws.iam.authorization import Authorization
from embedded_aws.iam.call_log import FILTERS, CallLog
from embedded_aws.iam.identification import Identification
from embedded_aws.iam.identities import Identities
from embedded_aws.iam.layer import AccessLayer
from embedded_aws.iam.resources import Place
from embedded_aws.iam.sessions import Sessions
from embedded_aws.iam.sts import Sts
from embedded_aws.settings import Settings

if TYPE_CHECKING:
    from werkzeug.wrappers import Request


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

    def routes(self) -> Mapping[tuple[str, str], Route]:
        """``GET /_embedded/calls`` of the control plane, filtered by a record's members.

        ``?principal=<ARN>&action=s3:GetObject&operation=&service=&error_code=&status=``

        ``GET /_embedded/calls/uses`` tells what all of them came to: which statement let whom do
        what, and whether it alone did.
        """
        return {
            ("GET", "/_embedded/calls"): self._told,
            ("GET", "/_embedded/calls/uses"): lambda _: {"uses": self.calls.uses()},
        }

    def _told(self, request: Request) -> Answer:
        wanted = request.args.to_dict()
        unknown = wanted.keys() - FILTERS
        if unknown:
            raise Refused(f"calls are not filtered by {sorted(unknown)} but by {sorted(FILTERS)}")
        return {"calls": [record.as_json() for record in self.calls.matching(**wanted)]}

    def layer(self, services: Iterable[Service]) -> AccessLayer:
        """The gate in front of these services and of moto's."""
        by_name = {service.name: service for service in services}
        authorization = Authorization(
            self._place, self._identities, by_name, self._clients, self._clock
        )
        return AccessLayer(
            self._identification,
            self._identities,
            authorization,
            self.calls,
            self._clock,
            self._clients.forget_sessions,
        )
