"""What an alarm of moto's watches: a metric, or one whose gaps metric math fills."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

_FILL = re.compile(r"FILL\((?P<id>\w+), *(?P<value>-?\d+(\.\d+)?)\)")
Moto = Any


@dataclass(frozen=True)
class Watched:
    """A metric, as an alarm looks at it.

    Attributes:
        fill: What stands for a period without data (CloudWatch user guide, "Using metric math",
            FILL); None if nothing does.
    """

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str
    period_seconds: int
    fill: float | None = None

    @classmethod
    def of(cls, alarm: Moto) -> Self | None:
        """What an alarm watches; None if it is a composite or any other metric math."""
        if alarm.metric_data_queries:
            return cls._filled(alarm.metric_data_queries)
        if alarm.rule is not None:
            return None
        return cls(
            alarm.namespace,
            alarm.metric_name,
            _pairs(alarm.dimensions),
            alarm.statistic or alarm.extended_statistic or "",
            int(alarm.period or 60),
        )

    @classmethod
    def _filled(cls, queries: Iterable[Moto]) -> Self | None:
        expressions = [_FILL.fullmatch(it.expression) for it in queries if it.expression]
        stats = {it.id: it.metric_stat for it in queries if it.metric_stat}
        if len(expressions) != 1 or expressions[0] is None or set(stats) != {expressions[0]["id"]}:
            return None
        stat = stats[expressions[0]["id"]]
        return cls(
            stat.metric.namespace,
            stat.metric.metric_name,
            _pairs(stat.metric.dimensions),
            stat.stat,
            int(stat.period),
            float(expressions[0]["value"]),
        )


def _pairs(dimensions: Iterable[Moto]) -> frozenset[tuple[str, str]]:
    return frozenset((dimension.name, dimension.value) for dimension in dimensions)
