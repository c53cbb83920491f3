"""Stock moto behaviours that differ from AWS, each mended in a module of its own."""

from __future__ import annotations

from embedded_aws.clock import Clock
from embedded_aws.moto_mends import s3_key_marker, virtual_time


def apply(clock: Clock) -> None:
    """Mend the moto of this process; applying again only changes the clock."""
    virtual_time.apply(clock)
    s3_key_marker.apply()
