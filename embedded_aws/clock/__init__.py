"""Virtual time: real speed while something works, a jump over waits when nothing does."""

from __future__ import annotations

from embedded_aws.clock.agenda import Due, Timer
from embedded_aws.clock.clock import Clock
from embedded_aws.clock.dial import ClockMode
from embedded_aws.clock.errors import ClockClosed, ClockRuns
from embedded_aws.clock.waiting import Signal, Waiter

__all__ = ["Clock", "ClockClosed", "ClockMode", "ClockRuns", "Due", "Signal", "Timer", "Waiter"]
