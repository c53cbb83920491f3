"""The error for faults that say something that is not known."""

from __future__ import annotations


class InvalidFaults(ValueError):
    """Faults that cannot be read; the message names the place and what may stand there."""
