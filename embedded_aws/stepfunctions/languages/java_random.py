"""Java's random numbers: what a seeded ``$random`` draws from on AWS."""

from __future__ import annotations

_MULTIPLIER = 0x5DEECE66D
_MASK = (1 << 48) - 1


def first_double(seed: int) -> float:
    """The first ``nextDouble()`` of ``java.util.Random(seed)``.

    Measured on AWS: ``$random(42)`` is 0.7275636800328681 (floci-io/floci issue 2662).
    """
    state = _next((seed ^ _MULTIPLIER) & _MASK)
    high = state >> 22
    low = _next(state) >> 21
    return float(((high << 27) + low) * 2.0**-53)


def _next(state: int) -> int:
    return (state * _MULTIPLIER + 0xB) & _MASK
