"""Moto stamps everything with the machine's time; here it reads the instance's virtual clock."""

from __future__ import annotations

import sys
from datetime import datetime

from moto.core import utils

from embedded_aws.clock import Clock

_STOCK_UTCNOW = utils.utcnow


def apply(clock: Clock) -> None:
    """Re-bind ``moto.core.utils.utcnow`` in every moto module, those imported later included."""

    def utcnow() -> datetime:
        return clock.now().replace(tzinfo=None)

    bound = utils.utcnow
    utils.utcnow = utcnow
    for module in list(sys.modules.values()):
        if getattr(module, "utcnow", None) in {bound, _STOCK_UTCNOW}:
            module.utcnow = utcnow  # type: ignore[attr-defined]
