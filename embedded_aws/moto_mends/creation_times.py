"""Moto takes when some things were made from the machine's clock, past its own ``utcnow``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import Dashboard
from moto.ecr.models import Image
from moto.s3.models import FakeBucket

from embedded_aws.clock import Clock

_STOCK = {kind: kind.__init__ for kind in (FakeBucket, Dashboard, Image)}
# Each in the form that its own response code takes it in.
_STAMPS: dict[Any, tuple[str, Callable[[datetime], Any]]] = {
    FakeBucket: ("creation_date", lambda now: now),
    Dashboard: ("last_modified", lambda now: now.replace(tzinfo=None)),
    Image: ("image_pushed_at", lambda now: int(now.timestamp())),
}


def apply(clock: Clock) -> None:
    """Stamp buckets, dashboards and images with virtual time.

    Left as they are, since no response shows them: the times in the access logs of S3, and the
    day on which ECR refuses a second scan of an image.
    """
    for kind, (attribute, form) in _STAMPS.items():
        kind.__init__ = _stamped(kind, attribute, form, clock)


def _stamped(
    kind: Any,  # noqa: ANN401  # moto's classes have no static type
    attribute: str,
    form: Callable[[datetime], Any],
    clock: Clock,
) -> Callable[..., None]:
    stock = _STOCK[kind]

    def create(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as above
        stock(self, *args, **kwargs)
        setattr(self, attribute, form(clock.now()))

    return create
