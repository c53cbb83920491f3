"""The state of a metric alarm, from its settings and the data of its metric.

CloudWatch user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat missing
data". Periods are aligned to the clock, the current one counts as soon as it has data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
Point = tuple[datetime, float]

# AWS does not tell how many periods more than those evaluated it looks at; in the examples of
# "How alarm state is evaluated when data is missing" it is 5 for 3.
_PERIODS_BEYOND = 2

_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": lambda values: sum(values) / len(values),
    "Sum": sum,
    "Minimum": min,
    "Maximum": max,
    "SampleCount": len,
}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


@dataclass(frozen=True)
class Condition:
    """When a metric alarm goes off.

    Attributes:
        fill: What stands for a period without data, once it has ended.
    """

    statistic: str
    comparison: str
    threshold: float
    period_seconds: int
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing: str = "missing"
    fill: float | None = None

    @property
    def is_supported(self) -> bool:
        """Whether it can be evaluated: neither percentiles nor anomaly bands."""
        return self._aggregate is not None and self.comparison in _COMPARISONS

    @property
    def _aggregate(self) -> Callable[[Sequence[float]], float] | None:
        if self.statistic.startswith("p") and self.statistic[1:].replace(".", "", 1).isdigit():
            return _percentile(float(self.statistic[1:]))
        return _STATISTICS.get(self.statistic)

    @property
    def evaluation_range(self) -> int:
        """How many periods are looked at, so that real data can stand in for missing ones."""
        return self.evaluation_periods + _PERIODS_BEYOND

    def datapoints(self, points: Sequence[Point], now: datetime) -> list[float | None]:
        """The statistic of each period looked at, oldest first; None where data are missing."""
        aggregate = self._aggregate
        current = math.floor(now.timestamp() / self.period_seconds)
        oldest = current - self.evaluation_range + 1
        values: list[list[float]] = [[] for _ in range(self.evaluation_range)]
        for when, value in points:
            period = math.floor(when.astimezone(UTC).timestamp() / self.period_seconds)
            if oldest <= period <= current:
                values[period - oldest].append(value)
        found = [aggregate(each) if each and aggregate else None for each in values]
        return [self.fill if each is None else each for each in found[:-1]] + found[-1:]

    def state(self, datapoints: Sequence[float | None], former: str) -> str:
        """The state that the datapoints of the evaluation range make, oldest first.

        Missing ones count only as far as there are fewer real ones than evaluation periods.
        """
        compare = _COMPARISONS[self.comparison]
        breaching = [None if each is None else compare(each, self.threshold) for each in datapoints]
        present = [each for each in breaching if each is not None][-self.evaluation_periods :]
        missing = self.evaluation_periods - len(present)
        if self.treat_missing == "breaching":
            present += [True] * missing
        if present.count(True) >= self.datapoints_to_alarm:
            return ALARM
        if not missing or False in present or self.treat_missing in {"breaching", "notBreaching"}:
            return OK
        if self.treat_missing == "ignore":
            return former
        # "Avoiding premature transitions to alarm state": a breach that only missing data follow
        # is enough once it is old enough.
        is_old = True in breaching[: len(breaching) - self.datapoints_to_alarm + 1]
        return ALARM if is_old else INSUFFICIENT_DATA

    def reason(self, datapoints: Sequence[float | None], state: str) -> str:
        """CloudWatch's kind of sentence about it."""
        shown = [each for each in datapoints if each is not None]
        if state == INSUFFICIENT_DATA or not shown:
            return "Insufficient Data: no datapoints were received."
        relation = "was" if state == ALARM else "was not"
        return (
            f"Threshold Crossed: {len(shown)} datapoint(s) {shown} {relation} "
            f"{_words(self.comparison)} the threshold ({self.threshold})."
        )


def _percentile(percent: float) -> Callable[[Sequence[float]], float]:
    def of(values: Sequence[float]) -> float:
        rank = max(0, math.ceil(len(values) * percent / 100) - 1)
        return sorted(values)[rank]

    return of


def _words(comparison: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in comparison)
    return words.removesuffix(" threshold").strip()
