"""What time it is, and whether time passes: an instant that runs with the machine's, or stands."""

from __future__ import annotations

import time
from datetime import datetime
from enum import StrEnum


class ClockMode(StrEnum):
    """How time passes: over waits in a jump, at the machine's own speed, or not at all."""

    SKIP = "skip"
    REAL = "real"
    PAUSED = "paused"


class Dial:
    """Seconds since the epoch, read by anybody at any time; set by one thread at a time.

    Attributes:
        skips: Whether waits are jumped over while it runs.
    """

    def __init__(self, start_at: datetime, mode: ClockMode) -> None:
        self._offset_seconds = start_at.timestamp() - time.monotonic()
        self._stands_at = start_at.timestamp() if mode is ClockMode.PAUSED else None
        self.skips = mode is not ClockMode.REAL

    @property
    def seconds(self) -> float:
        """What it shows."""
        stands_at = self._stands_at
        return time.monotonic() + self._offset_seconds if stands_at is None else stands_at

    @property
    def stands(self) -> bool:
        """Whether time does not pass."""
        return self._stands_at is not None

    @property
    def mode(self) -> ClockMode:
        """How time passes."""
        if self.stands:
            return ClockMode.PAUSED
        return ClockMode.SKIP if self.skips else ClockMode.REAL

    def turn_to(self, seconds: float) -> None:
        """Show another instant, whether it runs or stands."""
        if self._stands_at is None:
            self._offset_seconds += seconds - self.seconds
        else:
            self._stands_at = seconds

    def stop(self) -> None:
        """Stand from now on."""
        self._stands_at = self.seconds

    def go(self) -> None:
        """Run on from where it stands."""
        if self._stands_at is not None:
            # In this order: nobody may read a time between the two that is past.
            self._offset_seconds = self._stands_at - time.monotonic()
            self._stands_at = None
