"""What a clock refuses, and how it ends those who still wait for it."""

from __future__ import annotations


class ClockClosed(SystemExit):
    """Ends a thread that waits on a closed clock, in silence: there is nothing to report."""


class ClockRuns(RuntimeError):
    """A clock that runs was asked to take a step; pause it first."""
