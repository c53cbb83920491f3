"""Which calls a fault is about: service, operation, resource, caller and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from embedded_aws.gateway.call import Call

ANY = "*"
AWS_ITSELF = "aws"
"""The caller of what the instance's services do on their own account, such as log delivery."""


@dataclass(frozen=True)
class Match:
    """A pattern of calls; whatever it does not name may be anything.

    Attributes:
        operation: A glob over operation names.
        resource: A glob that one of the call's top-level text parameters has to fit: a name,
            an ARN, a bucket, a key.
        parameters: Globs by parameter; a dot leads into a structure.
        caller: A glob over the ARN of the caller's role, or over a user's access key.
        since: The first instant of virtual time.
        until: The first instant after the last.
    """

    service: str
    operation: str = ANY
    resource: str = ANY
    parameters: Mapping[str, str] = field(default_factory=dict)
    caller: str = ANY
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, call: Call, caller: str, now: datetime) -> bool:
        """Whether a call by somebody at an instant is one of these."""
        return (
            call.service == self.service
            and fnmatchcase(call.operation, self.operation)
            and self._fits_caller(caller)
            and (self.since is None or self.since <= now)
            and (self.until is None or now < self.until)
            and self._fits_resource(call)
            and all(_fits(glob, _at(call.parameters, at)) for at, glob in self.parameters.items())
        )

    def _fits_caller(self, caller: str) -> bool:
        # What AWS does for itself is struck only where the fault says so.
        return self.caller == caller if caller == AWS_ITSELF else fnmatchcase(caller, self.caller)

    def _fits_resource(self, call: Call) -> bool:
        if self.resource == ANY:
            return True
        return any(_fits(self.resource, value) for value in call.parameters.values())


def _fits(glob: str, value: object) -> bool:
    return isinstance(value, str) and fnmatchcase(value, glob)


def _at(parameters: Mapping[str, object], path: str) -> object:
    value: object = parameters
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
