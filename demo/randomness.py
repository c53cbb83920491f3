"""Random streams named by purpose and day, so that no day's draws depend on another day's."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date


def random_stream(seed: int, purpose: str, day: date | None = None) -> np.random.Generator:
    """Return the generator that is the same for the same seed, purpose and day, and no other."""
    ordinal = 0 if day is None else day.toordinal()
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), ordinal])
