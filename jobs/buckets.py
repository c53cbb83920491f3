"""Features of all transactions, by key buckets, which bound memory and share out the cores.

Threads, not processes: numpy releases the interpreter's lock in the sorts, searches and gathers
that take the time. Two threads measured as fast as two processes, but they start in microseconds
and share the mapped columns, so that no threshold is needed below which they would not pay.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jobs import features
from jobs.errors import DuplicateTransactions

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.partitions import Transactions

ROWS_PER_BUCKET = 2_000_000
FIBONACCI = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: multiplying by it spreads consecutive ids over all buckets."""

TRANSACTION = slice(0, len(features.TRANSACTION_FEATURES))
CUSTOMER = slice(TRANSACTION.stop, TRANSACTION.stop + len(features.CUSTOMER_FEATURES))
TERMINAL = slice(CUSTOMER.stop, CUSTOMER.stop + len(features.TERMINAL_FEATURES))


def compute_features(
    transactions: Transactions,
    wanted: features.Mask,
    label_delay_days: int,
    scratch: Path,
    *,
    workers: int,
    rows_per_bucket: int = ROWS_PER_BUCKET,
) -> features.Floats:
    """Features of the wanted rows; shape (all rows, features), other rows hold nothing.

    The array is a sparse file in ``scratch``, in which rows that are not wanted take no space. The
    values depend neither on ``workers`` nor on ``rows_per_bucket``.
    """
    shape = (len(transactions), len(features.FEATURES))
    table: features.Floats = np.memmap(scratch / "features", np.float32, "w+", shape=shape)
    buckets = -(-len(transactions) // rows_per_bucket)
    filler = _Filler(transactions, wanted, label_delay_days, buckets, table)
    with ThreadPoolExecutor(workers) as pool:
        fillings = [
            pool.submit(fill, bucket)
            for bucket in range(buckets)
            for fill in (filler.fill_customers, filler.fill_terminals)
        ]
        for filling in fillings:
            filling.result()
    return table


@dataclass(frozen=True)
class _Filler:
    """Fills in the features of one bucket of customers or terminals at a time."""

    transactions: Transactions
    wanted: features.Mask
    label_delay_days: int
    buckets: int
    table: features.Floats

    def fill_customers(self, bucket: int) -> None:
        columns = self.transactions
        rows = _rows_of(columns.customer_id, bucket, self.buckets)
        _check_unique(columns.transaction_id[rows])
        time_us, amount = columns.tx_datetime[rows], columns.tx_amount[rows]
        wanted = self.wanted[rows]
        target = rows[wanted]
        if target.size:
            self.table[target, TRANSACTION] = features.transaction_features(
                time_us[wanted], amount[wanted]
            )
            self.table[target, CUSTOMER] = features.customer_features(
                columns.customer_id[rows], time_us, amount, wanted
            )

    def fill_terminals(self, bucket: int) -> None:
        columns = self.transactions
        rows = _rows_of(columns.terminal_id, bucket, self.buckets)
        wanted = self.wanted[rows]
        target = rows[wanted]
        if target.size:
            self.table[target, TERMINAL] = features.terminal_features(
                columns.terminal_id[rows],
                columns.tx_datetime[rows],
                columns.tx_fraud[rows],
                wanted,
                self.label_delay_days,
            )


def _rows_of(key: features.Ints, bucket: int, buckets: int) -> features.Ints:
    if buckets == 1:
        return np.arange(len(key))
    spread = (key.astype(np.uint64) * FIBONACCI) >> np.uint64(32)
    return np.flatnonzero(spread % np.uint64(buckets) == bucket)


def _check_unique(transaction_ids: features.Ints) -> None:
    ids = np.sort(transaction_ids)
    repeated = ids[1:][ids[1:] == ids[:-1]]
    if repeated.size:
        raise DuplicateTransactions(
            f"{repeated.size} transactions arrived more than once, such as {repeated[0]}:"
            " remove the surplus partition files"
        )
