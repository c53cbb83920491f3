"""When misfortune strikes whom: a calendar that every day can read without knowing the range."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from demo.randomness import random_stream

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Strikes:
    """Terminals or customers struck one after the other, each for the same number of days.

    Every calendar day draws its own victims. A later day finds them by drawing again what the days
    before it drew, so that its transactions are the same in whatever range they are made.
    """

    purpose: str
    duration_days: int
    exposed_per_strike: int
    """So many terminals or customers suffer one strike a day between them."""

    def age_days(self, seed: int, day: date, exposed: int) -> NDArray[np.int64]:
        """Return the days since each of `exposed` was last struck, -1 where that is over."""
        ages = np.full(exposed, -1, dtype=np.int64)
        for age in reversed(range(self.duration_days)):
            ages[self._victims(seed, day - timedelta(days=age), exposed)] = age
        return ages

    def _victims(self, seed: int, day: date, exposed: int) -> NDArray[np.int64]:
        # A fixed pace, not Poisson: a chance cluster would sink nights that no event explains.
        pace = exposed / self.exposed_per_strike
        count = floor((day.toordinal() + 1) * pace) - floor(day.toordinal() * pace)
        return random_stream(seed, self.purpose, day).integers(exposed, size=count)
