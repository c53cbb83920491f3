"""The feature kernel: the Fraud Detection Handbook's features, as numpy on columns.

Every rolling window is a difference of two prefix sums, found by binary search on time. Sums are
kept in integers (counts, frauds, amounts in ten-thousandths), so they are exact: a feature depends
neither on the order of the rows nor on which other entities are computed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.signedinteger[Any]]
Times = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
WINDOW_DAYS = (1, 7, 30)
AMOUNT_UNITS = 10_000
"""No currency of ISO 4217 has more than four decimals."""
AMOUNT_LIMIT = 1e10
"""Amounts below it cannot overflow a window's sum until a customer makes 90,000 such payments."""

EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday; Monday is 0."""
SATURDAY = 5
LAST_NIGHT_HOUR = 6

TRANSACTION_FEATURES = ("amount", "weekend", "night")
CUSTOMER_FEATURES = tuple(
    name
    for days in WINDOW_DAYS
    for name in (f"customer_count_{days}d", f"customer_mean_amount_{days}d")
)
TERMINAL_FEATURES = tuple(
    name for days in WINDOW_DAYS for name in (f"terminal_count_{days}d", f"terminal_risk_{days}d")
)
FEATURES = TRANSACTION_FEATURES + CUSTOMER_FEATURES + TERMINAL_FEATURES


def transaction_features(time_us: Times, amount: npt.NDArray[np.float64]) -> Floats:
    """Amount, weekend flag and night flag (hours 0 to 6), by the UTC clock; shape (rows, 3)."""
    weekday = (time_us // DAY_US + EPOCH_WEEKDAY) % 7
    hour = time_us // HOUR_US % 24
    return np.column_stack((amount, weekday >= SATURDAY, hour <= LAST_NIGHT_HOUR)).astype(
        np.float32
    )


def customer_features(
    customer: Ints, time_us: Times, amount: npt.NDArray[np.float64], wanted: Mask
) -> Floats:
    """Count and mean amount of a customer's transactions over (t - window, t], for wanted rows.

    The arrays hold all transactions of some customers, in any order; ``wanted`` marks the rows that
    need features. Returns shape (wanted rows, 6) in row order. A window contains its own row.
    """
    histories = Histories.of(customer, time_us, wanted)
    units = np.rint(amount * AMOUNT_UNITS).astype(np.int64)
    until_now = histories.reach(0)
    sums = histories.prefix_sums(units)
    columns: list[npt.NDArray[Any]] = []
    for days in WINDOW_DAYS:
        before = histories.reach(days * DAY_US)
        count = until_now - before
        columns += [count, (sums[until_now] - sums[before]) / (count * AMOUNT_UNITS)]
    return histories.in_row_order(columns)


def terminal_features(
    terminal: Ints, time_us: Times, fraud: Ints, wanted: Mask, label_delay_days: int
) -> Floats:
    """Count and fraud share at a terminal over (t - delay - window, t - delay], for wanted rows.

    The shift by the label delay keeps out every label that has not arrived at time t; where the
    window is empty, the risk is 0. Arguments and result are as in ``customer_features``.
    """
    histories = Histories.of(terminal, time_us, wanted)
    until_delay = histories.reach(label_delay_days * DAY_US)
    frauds = histories.prefix_sums(fraud)
    columns: list[npt.NDArray[Any]] = []
    for days in WINDOW_DAYS:
        before = histories.reach((label_delay_days + days) * DAY_US)
        count = until_delay - before
        columns += [count, (frauds[until_delay] - frauds[before]) / np.maximum(count, 1)]
    return histories.in_row_order(columns)


@dataclass(frozen=True)
class Histories:
    """Rows sorted by entity and time, where a wanted row can look back along its own entity.

    ``key`` is entity rank times the whole time span plus time: one ascending array, so that one
    binary search finds a time within an entity.
    """

    order: Ints
    key: Times
    wanted: Ints
    """Positions, in sorted order, of the rows that need features."""
    entity_start: Ints
    """Sorted position at which each wanted row's entity begins."""
    slot: Ints
    """Place of each wanted row among the wanted rows in row order."""

    @classmethod
    def of(cls, entity: Ints, time_us: Times, wanted: Mask) -> Histories:
        """Sort the rows by (entity, time)."""
        order = np.lexsort([time_us, *_digits(entity)])
        entity, time_us = entity[order], time_us[order]
        begins = np.r_[True, entity[1:] != entity[:-1]]
        rank = np.cumsum(begins) - 1
        earliest = time_us.min()
        span = int(time_us.max() - earliest) + 1
        if (entities := int(rank[-1]) + 1) * span > np.iinfo(np.int64).max:
            raise OverflowError(f"{entities} entities over {span} µs: use more buckets")
        positions = np.flatnonzero(wanted[order])
        return cls(
            order=order,
            key=rank * span + (time_us - earliest),
            wanted=positions,
            entity_start=np.flatnonzero(begins)[rank[positions]],
            slot=(np.cumsum(wanted) - 1)[order[positions]],
        )

    def reach(self, age_us: int) -> Ints:
        """Sorted position just past each wanted row's entity's rows that are at least this old."""
        found = np.searchsorted(self.key, self.key[self.wanted] - age_us, side="right")
        reached: Ints = np.maximum(found, self.entity_start)
        return reached

    def prefix_sums(self, values: Ints) -> Times:
        """Sum of all sorted rows before each position.

        It may wrap around, differences do not: integer arithmetic is modular.
        """
        sums: Times = np.r_[0, np.cumsum(values[self.order], dtype=np.int64)]
        return sums

    def in_row_order(self, columns: list[npt.NDArray[Any]]) -> Floats:
        """Columns over the wanted rows as one array, in the order the rows came in."""
        features = np.empty((len(self.wanted), len(columns)), dtype=np.float32)
        features[self.slot] = np.column_stack(columns)
        return features


def _digits(entity: Ints) -> list[npt.NDArray[np.integer[Any]]]:
    """The 16-bit digits of ids, lowest first: numpy sorts those by radix, in linear time."""
    offset = (entity.astype(np.int64) - entity.min()).view(np.uint64)
    bits = int(offset.max()).bit_length()
    return [(offset >> np.uint64(shift)).astype(np.uint16) for shift in range(0, bits, 16)]
