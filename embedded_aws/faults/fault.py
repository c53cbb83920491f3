"""A fault: what happens to which calls, and which of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from embedded_aws.faults.effects import Effect
from embedded_aws.faults.match import Match
from embedded_aws.faults.occasions import Always, Occasion


@dataclass(frozen=True)
class Fault:
    """A scripted fault, told by its name."""

    name: str
    match: Match
    effect: Effect
    occasion: Occasion = field(default_factory=Always)


@dataclass(frozen=True)
class Firing:
    """A fault that struck.

    Attributes:
        at: When, in virtual time.
        number: Which of the calls that the fault matches it was.
        resource: The call's parameters that are text, to tell it by.
        request_id: The id of the request that it struck.
    """

    fault: str
    at: datetime
    service: str
    operation: str
    number: int
    caller: str
    resource: str
    request_id: str
