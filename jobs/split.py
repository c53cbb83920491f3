"""Which channel a row belongs to: by its day, and in the holdout by what was known that day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jobs.errors import RowsAfterDataDate, SingleClassHoldout, SingleClassTraining
from jobs.features import DAY_US, Ints, Mask
from jobs.windows import iso_date

if TYPE_CHECKING:
    from jobs.partitions import Transactions
    from jobs.windows import Days, NightWindows

FEWEST_PER_CLASS = 2
"""DeLong's variance needs two frauds and two legitimate rows."""


@dataclass(frozen=True)
class Split:
    """Row numbers of each channel, oldest transaction first."""

    train: Ints
    validation: Ints
    holdout: Ints
    left_out: Ints
    """Holdout rows of customers already known to be defrauded."""

    @classmethod
    def of(cls, transactions: Transactions, windows: NightWindows) -> Split:
        """Split by the day of ``tx_datetime``; raises if a channel cannot be learnt from."""
        day = (transactions.tx_datetime // DAY_US).astype(np.int32)
        _check_newest(day, windows.holdout)
        holdout = _rows_within(transactions, day, windows.holdout)
        defrauded = DefraudedCustomers.since(windows.train.first, transactions, day)
        blocked = defrauded.known(
            transactions.customer_id[holdout], day[holdout] - windows.label_delay_days - 1
        )
        split = cls(
            train=_rows_within(transactions, day, windows.train),
            validation=_rows_within(transactions, day, windows.validation),
            holdout=holdout[~blocked],
            left_out=holdout[blocked],
        )
        split.check_classes(transactions, windows)
        return split

    def wanted(self, transactions: Transactions) -> Mask:
        """Marks the rows that need features, out of all."""
        wanted = np.zeros(len(transactions), dtype=np.bool_)
        for rows in (self.train, self.validation, self.holdout):
            wanted[rows] = True
        return wanted

    def check_classes(self, transactions: Transactions, windows: NightWindows) -> None:
        """Raise unless frauds and legitimate rows occur in every channel."""
        for name, rows, days, defect in (
            ("train", self.train, windows.train, SingleClassTraining),
            ("validation", self.validation, windows.validation, SingleClassTraining),
            ("holdout", self.holdout, windows.holdout, SingleClassHoldout),
        ):
            frauds = int(transactions.tx_fraud[rows].sum())
            if min(frauds, len(rows) - frauds) < FEWEST_PER_CLASS:
                raise defect(
                    f"{name} ({iso_date(days.first)} to {iso_date(days.last)}) has {frauds} frauds"
                    f" in {len(rows)} rows, it takes {FEWEST_PER_CLASS} of each class: check the"
                    " labels of these days, or widen the window"
                )


@dataclass(frozen=True)
class DefraudedCustomers:
    """Customers with a labelled fraud, in ascending order, and the day of the first."""

    customer: Ints
    first_day: Ints

    @classmethod
    def since(cls, first_day: int, transactions: Transactions, day: Ints) -> DefraudedCustomers:
        """The customers defrauded on ``first_day`` or later."""
        frauds = np.flatnonzero((transactions.tx_fraud == 1) & (day >= first_day))
        customers, days = transactions.customer_id[frauds], day[frauds]
        order = np.lexsort((days, customers))
        distinct, first = np.unique(customers[order], return_index=True)
        return cls(distinct, days[order][first])

    def known(self, customer: Ints, by_day: Ints) -> Mask:
        """Whether each customer had been defrauded by the given day.

        The Fraud Detection Handbook's protocol: a card known to be compromised is blocked, so its
        transactions would not have happened.
        """
        if not self.customer.size:
            return np.zeros(customer.shape, dtype=np.bool_)
        place = np.searchsorted(self.customer, customer).clip(max=self.customer.size - 1)
        known: Mask = (self.customer[place] == customer) & (self.first_day[place] <= by_day)
        return known


def _check_newest(day: Ints, holdout: Days) -> None:
    newer = day > holdout.last
    if newer.any():
        raise RowsAfterDataDate(
            f"{newer.sum()} rows are newer than the data date {iso_date(holdout.last)}, the newest"
            f" of {iso_date(int(day.max()))}: partition by the UTC day of tx_datetime"
        )


def _rows_within(transactions: Transactions, day: Ints, days: Days) -> Ints:
    rows = np.flatnonzero((day >= days.first) & (day <= days.last))
    order = np.lexsort((transactions.transaction_id[rows], transactions.tx_datetime[rows]))
    ordered: Ints = rows[order]
    return ordered
