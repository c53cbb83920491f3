from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import features
from jobs.buckets import compute_features
from jobs.errors import DuplicateTransactions
from jobs.partitions import Transactions

ROWS = 500


def random_transactions(seed: int, *, ids_up_to: int = 60) -> Transactions:
    random = np.random.default_rng(seed)
    return Transactions(
        transaction_id=random.permutation(ROWS),
        tx_datetime=random.integers(0, 60 * features.DAY_US, ROWS),
        customer_id=random.integers(0, ids_up_to, ROWS),
        terminal_id=random.integers(-ids_up_to, 0, ROWS),
        tx_amount=random.uniform(0, 300, ROWS).round(2),
        tx_fraud=(random.random(ROWS) < 0.2).astype(np.int8),
    )


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from((3, 60, 2**40)),
    st.integers(1, 4),
    st.integers(20, ROWS),
)
def test_features_depend_neither_on_buckets_nor_on_workers(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    ids_up_to: int,
    workers: int,
    rows_per_bucket: int,
) -> None:
    transactions = random_transactions(seed, ids_up_to=ids_up_to)
    wanted = transactions.tx_datetime > 30 * features.DAY_US
    alone, shared = (
        compute_features(
            transactions,
            wanted,
            7,
            tmp_path_factory.mktemp("scratch"),
            workers=count,
            rows_per_bucket=rows,
        )[wanted]
        for count, rows in ((1, ROWS), (workers, rows_per_bucket))
    )
    assert shared.tolist() == alone.tolist()


def test_columns_stand_in_the_order_of_their_names(tmp_path: Path) -> None:
    transactions = random_transactions(1)
    wanted = np.ones(ROWS, dtype=np.bool_)
    table = compute_features(transactions, wanted, 7, tmp_path, workers=2)
    customer = features.customer_features(
        transactions.customer_id, transactions.tx_datetime, transactions.tx_amount, wanted
    )
    terminal = features.terminal_features(
        transactions.terminal_id, transactions.tx_datetime, transactions.tx_fraud, wanted, 7
    )
    by_name = dict(zip(features.FEATURES, table.T.tolist(), strict=True))
    assert by_name["amount"] == transactions.tx_amount.astype(np.float32).tolist()
    for names, values in (
        (features.CUSTOMER_FEATURES, customer),
        (features.TERMINAL_FEATURES, terminal),
    ):
        assert {name: by_name[name] for name in names} == dict(
            zip(names, values.T.tolist(), strict=True)
        )


def test_rows_that_are_not_wanted_take_no_space(tmp_path: Path) -> None:
    """A lookback is four times as long as what it serves: the table must not hold it."""
    transactions = random_transactions(1)
    many = Transactions(*(np.tile(column, 400) for column in vars(transactions).values()))
    many.transaction_id[:] = np.arange(len(many))
    wanted = np.arange(len(many)) >= len(many) - ROWS
    compute_features(many, wanted, 7, tmp_path, workers=1)
    file = (tmp_path / "features").stat()
    assert file.st_size == len(many) * len(features.FEATURES) * 4
    assert file.st_blocks * 512 < file.st_size / 20


def test_a_transaction_that_arrives_twice_is_refused(tmp_path: Path) -> None:
    transactions = random_transactions(1)
    for column in vars(transactions).values():
        column[10] = column[400]
    with pytest.raises(DuplicateTransactions, match=f"such as {transactions.transaction_id[10]}"):
        compute_features(transactions, np.ones(ROWS, dtype=np.bool_), 7, tmp_path, workers=2)
