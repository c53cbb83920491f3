"""AWS services as callers: under which access key ids they sign, and whom these stand for."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

SERVICE_ACCESS_KEY_ID = "EMBEDDEDAWSSERVICE"
_PREFIX = "EMBEDDEDAWSPRINCIPAL-"


@dataclass(frozen=True)
class ServicePrincipal:
    """A service in its own name, such as ``events.amazonaws.com``.

    Attributes:
        source_arn: The resource on whose behalf it calls: ``aws:SourceArn`` of its requests.
    """

    name: str
    source_arn: str | None = None

    @property
    def access_key_id(self) -> str:
        """A key id that says all of this; nothing here verifies signatures."""
        told = json.dumps([self.name, self.source_arn]).encode()
        return _PREFIX + base64.urlsafe_b64encode(told).decode().rstrip("=")


def of_key(access_key_id: str) -> ServicePrincipal | None:
    """The service that a key id stands for, if it is one's."""
    if not access_key_id.startswith(_PREFIX):
        return None
    told = access_key_id.removeprefix(_PREFIX)
    name, source_arn = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    return ServicePrincipal(name, source_arn)
