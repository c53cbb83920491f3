"""Who pays where: customers and terminals on a map, and the honest card payments of one day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from math import isqrt, log
from typing import TYPE_CHECKING

import numpy as np

from demo.randomness import random_stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECONDS_PER_DAY = 86_400
PAYMENTS_PER_CUSTOMER = 2
PAYMENTS_PER_TERMINAL = 5
WEEKDAY_RATE = (0.94, 0.94, 0.96, 1.00, 1.08, 1.10, 0.98)
"""Traffic from Monday to Sunday; the mean is 1."""
MEDIAN_AMOUNT = 35.0
BUSIEST_SECOND = 14 * 3_600
SPREAD_SECONDS = 4 * 3_600


@dataclass(frozen=True)
class Scale:
    """How much traffic there is; customers and terminals grow in proportion."""

    transactions_per_day: int = 9_000

    def __post_init__(self) -> None:
        """Refuse a scale without a single terminal."""
        if self.transactions_per_day < PAYMENTS_PER_TERMINAL:
            raise ValueError(
                f"{self.transactions_per_day} transactions a day keep no terminal busy: "
                f"ask for at least {PAYMENTS_PER_TERMINAL}"
            )

    @property
    def customers(self) -> int:
        """Number of customers."""
        return self.transactions_per_day // PAYMENTS_PER_CUSTOMER

    @property
    def terminals(self) -> int:
        """Number of terminals, a square number."""
        return self.terminals_per_side**2

    @property
    def terminals_per_side(self) -> int:
        """Number of terminals along one side of the map."""
        return isqrt(self.transactions_per_day // PAYMENTS_PER_TERMINAL)


@dataclass(frozen=True)
class Payments:
    """Card payments of one day, in no particular order; one array element each."""

    second_of_day: NDArray[np.float64]
    customer_id: NDArray[np.int32]
    terminal_id: NDArray[np.int32]
    amount: NDArray[np.float64]
    fraud: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of payments."""
        return len(self.amount)

    def joined_by(self, others: Payments) -> Payments:
        """Return these payments followed by the others."""
        columns = [field.name for field in fields(self)]
        return Payments(
            **{name: np.append(getattr(self, name), getattr(others, name)) for name in columns}
        )


@dataclass(frozen=True)
class Population:
    """The customers of one seed and scale; one array element each.

    Terminals stand one on each crossing of a square street grid, so that the terminal nearest to a
    position is a rounding and needs no search. The map wraps around: nobody lives at an edge.
    """

    seed: int
    scale: Scale
    home: NDArray[np.float64]
    """Shape (customers, 2), in blocks of the street grid."""
    range_blocks: NDArray[np.float64]
    mean_amount: NDArray[np.float64]
    payments_per_day: NDArray[np.float64]

    @classmethod
    def settle(cls, seed: int, scale: Scale) -> Population:
        """Give every customer a home, a range about it, a usual amount and a daily rate."""
        draw = random_stream(seed, "population")
        appetite = draw.gamma(3.0, size=scale.customers)
        return cls(
            seed=seed,
            scale=scale,
            home=draw.uniform(0, scale.terminals_per_side, size=(scale.customers, 2)),
            range_blocks=draw.uniform(0.5, 2.0, size=scale.customers),
            mean_amount=draw.lognormal(log(MEDIAN_AMOUNT), 0.5, size=scale.customers),
            payments_per_day=appetite * scale.transactions_per_day / appetite.sum(),
        )

    def terminals_near(
        self, customer_id: NDArray[np.int32], draw: np.random.Generator
    ) -> NDArray[np.int32]:
        """Return the terminal nearest to where each of the customers happens to be."""
        side = self.scale.terminals_per_side
        stroll = draw.normal(size=(len(customer_id), 2)) * self.range_blocks[customer_id, None]
        crossing = np.rint(self.home[customer_id] + stroll).astype(np.int32) % side
        terminal: NDArray[np.int32] = crossing @ np.array([side, 1], dtype=np.int32)
        return terminal

    def honest_payments(self, day: date) -> Payments:
        """Draw one day of payments as they would be if there were no fraud."""
        draw = random_stream(self.seed, "honest payments", day)
        counts = draw.poisson(self.payments_per_day * WEEKDAY_RATE[day.weekday()])
        customer_id = np.repeat(np.arange(self.scale.customers, dtype=np.int32), counts)
        size = len(customer_id)
        return Payments(
            second_of_day=draw.normal(BUSIEST_SECOND, SPREAD_SECONDS, size) % SECONDS_PER_DAY,
            customer_id=customer_id,
            terminal_id=self.terminals_near(customer_id, draw),
            amount=self.mean_amount[customer_id] * draw.gamma(4.0, 1 / 4, size),
            fraud=np.zeros(size, dtype=np.bool_),
        )
