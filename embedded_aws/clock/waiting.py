"""What threads wait for in virtual time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from embedded_aws.clock.agenda import Due


@dataclass(eq=False)
class Waiter:
    """A thread that waits.

    Attributes:
        condition: Told to this thread alone: a night has hundreds of wakings, of dozens of threads.
        tokens: How much of ``work()`` it gave up for it.
        excused: How much of others' work waits for this thread in its turn; see ``stall``.
    """

    condition: threading.Condition
    tokens: int
    excused: int = 0
    woken: bool = False


@dataclass(eq=False)
class Signal:
    """A one-shot event in virtual time: see ``Clock.wait`` and ``Clock.set``."""

    is_set: bool = False
    waiters: list[Waiter] = field(default_factory=list)


@dataclass(eq=False)
class Step:
    """Collects the timers that fire while a clock that stands takes a step."""

    fired: list[Due] = field(default_factory=list)
