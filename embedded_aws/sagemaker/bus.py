"""EventBridge's default bus as SageMaker writes to it."""

from __future__ import annotations

from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.outbox import Outbox

SOURCE = "aws.sagemaker"
# PutEvents takes no more at once.
_MAX_ENTRIES = 10


class Bus:
    """Sends events in order and in the background: what they tell of does not wait for rules."""

    def __init__(self, environment: Environment, name: str) -> None:
        self._clients = environment.clients
        self._now = environment.clock.now
        self._outbox = Outbox(environment.clock, name, self._put)

    def send(self, detail_type: str, resource_arn: str, detail: str) -> None:
        """Send an event of this instant about a resource; its detail is JSON text."""
        entry = {
            "Source": SOURCE,
            "DetailType": detail_type,
            "Resources": [resource_arn],
            "Time": self._now(),
            "Detail": detail,
        }
        self._outbox.post(entry)

    def _put(self, entries: list[dict[str, Any]]) -> None:
        events = self._clients.as_service("events")
        for start in range(0, len(entries), _MAX_ENTRIES):
            events.put_events(Entries=entries[start : start + _MAX_ENTRIES])
