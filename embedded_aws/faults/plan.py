"""The faults that an instance is under: counted call by call, changed at any time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from embedded_aws.clock import Clock
from embedded_aws.faults.fault import Fault, Firing
from embedded_aws.gateway.call import Call


class DuplicateFault(ValueError):
    """A fault has the name of one that is in the plan already."""


@dataclass(eq=False)
class Armed:
    """A fault in a plan.

    Attributes:
        since: How many firings there were before it; one of its name may be among them.
        calls: How many calls it has matched so far.
    """

    fault: Fault
    since: int
    calls: int = 0


class FaultPlan:
    """Which faults there are, and which of them have struck; thread-safe."""

    def __init__(self, clock: Clock, faults: Sequence[Fault] = ()) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._armed: tuple[Armed, ...] = ()
        self._firings: list[Firing] = []
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        """Add faults behind those that are there; each counts from its own first call.

        Raises:
            DuplicateFault: one has the name of another; none is added.
        """
        with self._lock:
            names = [armed.fault.name for armed in self._armed]
            for fault in faults:
                if fault.name in names:
                    raise DuplicateFault(f"there is a fault called {fault.name!r} already")
                names.append(fault.name)
            self._armed += tuple(Armed(fault, len(self._firings)) for fault in faults)

    def clear(self, name: str | None = None) -> bool:
        """Take one fault out, or all; tell whether there was any. Firings are kept."""
        with self._lock:
            kept = tuple(it for it in self._armed if name is not None and it.fault.name != name)
            changed = kept != self._armed
            self._armed = kept
        return changed

    @property
    def armed(self) -> tuple[Armed, ...]:
        """The faults, in the order in which a call meets them."""
        return self._armed

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, as they were given."""
        return tuple(armed.fault for armed in self._armed)

    @property
    def firings(self) -> tuple[Firing, ...]:
        """What has struck so far, in order."""
        with self._lock:
            return tuple(self._firings)

    @property
    def unused(self) -> tuple[Fault, ...]:
        """The faults that never struck: a test with one of these proves less than it says."""
        struck = [firing.fault for firing in self.firings]
        return tuple(it.fault for it in self.armed if it.fault.name not in struck[it.since :])

    def meet(self, armed: Armed, call: Call, caller: str) -> Firing | None:
        """Count a call that a fault matches; what to note if it strikes this one."""
        fault, now = armed.fault, self._clock.now()
        if not fault.match.fits(call, caller, now):
            return None
        with self._lock:
            armed.calls += 1
            number = armed.calls
        if not fault.occasion.includes(number):
            return None
        return Firing(
            fault=fault.name,
            at=now,
            service=call.service,
            operation=call.operation,
            number=number,
            caller=caller,
            resource=_resource(call),
            request_id=call.context.request_id,
        )

    def note(self, firing: Firing) -> None:
        """Keep that a fault struck."""
        with self._lock:
            self._firings.append(firing)


def _resource(call: Call) -> str:
    texts = [value for value in call.parameters.values() if isinstance(value, str)]
    return " ".join(texts)[:200]
