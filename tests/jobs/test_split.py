from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import RowsAfterDataDate, SingleClassHoldout, SingleClassTraining
from jobs.features import DAY_US
from jobs.partitions import Transactions
from jobs.split import DefraudedCustomers, Split
from jobs.windows import NightWindows

WINDOWS = NightWindows.ending(date(1970, 3, 1), train_days=3, label_delay_days=2, holdout_days=3)
TRAIN, VALIDATION = WINDOWS.train.first, WINDOWS.validation.first
GAP, HOLDOUT = WINDOWS.gap.first, WINDOWS.holdout.first


@dataclass(frozen=True)
class Row:
    day: int
    customer: int
    fraud: int = 0


# Customers 90 to 93 make every channel learnable; those of the holdout are known for nothing.
LEARNABLE = [
    Row(day, customer=90 + fraud + 2 * (day >= HOLDOUT), fraud=fraud)
    for day in (TRAIN, VALIDATION, HOLDOUT)
    for fraud in (0, 1, 0, 1)
]


def table(rows: list[Row]) -> Transactions:
    number = np.arange(len(rows))
    return Transactions(
        transaction_id=number,
        tx_datetime=np.array([row.day for row in rows]) * DAY_US + number,
        customer_id=np.array([row.customer for row in rows]),
        terminal_id=number % 3,
        tx_amount=np.ones(len(rows)),
        tx_fraud=np.array([row.fraud for row in rows], dtype=np.int8),
    )


def split(rows: list[Row]) -> Split:
    return Split.of(table([*LEARNABLE, *rows]), WINDOWS)


def holds(part: np.ndarray, number: int) -> bool:
    """Whether the row added as ``number`` is in the part."""
    return len(LEARNABLE) + number in part.tolist()


@pytest.mark.parametrize(
    ("day", "channel"),
    [
        (WINDOWS.train.first - 1, None),
        (WINDOWS.train.first, "train"),
        (WINDOWS.train.last, "train"),
        (VALIDATION, "validation"),
        (WINDOWS.gap.first, None),
        (WINDOWS.gap.last, None),
        (WINDOWS.holdout.first, "holdout"),
        (WINDOWS.holdout.last, "holdout"),
    ],
)
def test_the_day_decides_the_channel(day: int, channel: str | None) -> None:
    parts = vars(split([Row(day, customer=1)]))
    assert [name for name, part in parts.items() if holds(part, 0)] == [channel] * bool(channel)


def test_midnight_belongs_to_the_new_day() -> None:
    rows = [*LEARNABLE, Row(HOLDOUT, 1), Row(VALIDATION, 1)]
    transactions = table(rows)
    transactions.tx_datetime[-2] = HOLDOUT * DAY_US
    transactions.tx_datetime[-1] = HOLDOUT * DAY_US - 1
    parts = Split.of(transactions, WINDOWS)
    assert len(rows) - 2 in parts.holdout
    assert not any(len(rows) - 1 in part for part in vars(parts).values())


@pytest.mark.parametrize(
    ("fraud_day", "holdout_day", "left_out"),
    [
        pytest.param(TRAIN - 1, HOLDOUT, False, id="before training: long forgotten"),
        pytest.param(TRAIN, HOLDOUT, True, id="first training day"),
        pytest.param(VALIDATION, HOLDOUT, True, id="day - delay - 1: just known"),
        pytest.param(GAP, HOLDOUT, False, id="a day later: label not yet here"),
        pytest.param(GAP, HOLDOUT + 1, True, id="known the day after"),
        pytest.param(GAP + 1, HOLDOUT + 1, False, id="not yet known the day after"),
        pytest.param(GAP + 1, HOLDOUT + 2, True, id="known on the last day"),
        pytest.param(HOLDOUT, HOLDOUT + 2, False, id="fraud in the holdout itself"),
    ],
)
def test_customers_known_to_be_defrauded_are_left_out(
    fraud_day: int, holdout_day: int, *, left_out: bool
) -> None:
    parts = split([Row(fraud_day, customer=1, fraud=1), Row(holdout_day, customer=1)])
    assert holds(parts.left_out, 1) is left_out
    assert holds(parts.holdout, 1) is not left_out


def test_the_first_fraud_decides_not_the_last() -> None:
    frauds = [Row(GAP + 1, 1, fraud=1), Row(TRAIN, 1, fraud=1), Row(GAP, 1, fraud=1)]
    assert holds(split([*frauds, Row(HOLDOUT, 1)]).left_out, 3)


def test_another_customers_fraud_leaves_nobody_out() -> None:
    parts = split([Row(TRAIN, customer=1, fraud=1), Row(HOLDOUT, customer=2)])
    assert holds(parts.holdout, 1)


DAYS = st.integers(TRAIN - 2, WINDOWS.holdout.last)
ROWS = st.lists(st.builds(Row, DAYS, st.integers(0, 3), st.integers(0, 1)), max_size=25)


@given(ROWS)
def test_who_is_known_equals_the_slow_definition(rows: list[Row]) -> None:
    rows = [*LEARNABLE, *rows]
    day = np.array([row.day for row in rows])
    defrauded = DefraudedCustomers.since(TRAIN, table(rows), day)
    known = defrauded.known(np.array([row.customer for row in rows]), day - 3)
    assert known.tolist() == [
        any(
            other.fraud and other.customer == row.customer and TRAIN <= other.day <= row.day - 3
            for other in rows
        )
        for row in rows
    ]


def test_nobody_is_known_where_there_is_no_fraud() -> None:
    rows = [Row(TRAIN, 1), Row(HOLDOUT, 1)]
    day = np.array([row.day for row in rows])
    assert not DefraudedCustomers.since(TRAIN, table(rows), day).known(day, day).any()


def test_rows_are_in_order_of_time_then_transaction() -> None:
    transactions = table(LEARNABLE)
    transactions.tx_datetime[:4] = TRAIN * DAY_US
    transactions.transaction_id[:4] = [3, 1, 2, 0]
    assert Split.of(transactions, WINDOWS).train.tolist() == [3, 1, 2, 0]


def test_wanted_marks_the_channels_and_not_the_left_out() -> None:
    rows = [*LEARNABLE, Row(TRAIN, 1, fraud=1), Row(HOLDOUT, 1), Row(GAP, 5), Row(TRAIN - 9, 5)]
    transactions = table(rows)
    wanted = Split.of(transactions, WINDOWS).wanted(transactions)
    assert wanted.tolist() == [True] * len(LEARNABLE) + [True, False, False, False]


def test_a_row_newer_than_the_data_date_fails() -> None:
    with pytest.raises(RowsAfterDataDate, match=r"1 rows .* 1970-03-01, the newest of 1970-03-02"):
        split([Row(WINDOWS.holdout.last + 1, 1)])


@pytest.mark.parametrize(
    ("day", "label", "failure"),
    [
        (TRAIN, 0, SingleClassTraining),
        (TRAIN, 1, SingleClassTraining),
        (VALIDATION, 0, SingleClassTraining),
        (VALIDATION, 1, SingleClassTraining),
        (HOLDOUT, 0, SingleClassHoldout),
        (HOLDOUT, 1, SingleClassHoldout),
    ],
)
def test_a_channel_of_one_class_fails_by_name(
    day: int, label: int, failure: type[Exception]
) -> None:
    rows = [Row(row.day, row.customer, label if row.day == day else row.fraud) for row in LEARNABLE]
    with pytest.raises(failure, match="of each class"):
        Split.of(table(rows), WINDOWS)


def test_an_empty_holdout_fails_by_name() -> None:
    rows = [row for row in LEARNABLE if row.day != HOLDOUT]
    with pytest.raises(SingleClassHoldout, match="0 frauds in 0 rows"):
        Split.of(table(rows), WINDOWS)


def test_a_holdout_whose_frauds_are_all_left_out_fails_by_name() -> None:
    rows = [Row(row.day, row.fraud, row.fraud) for row in LEARNABLE]
    with pytest.raises(SingleClassHoldout):
        Split.of(table(rows), WINDOWS)
