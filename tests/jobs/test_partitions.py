from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jobs import partitions
from jobs.errors import (
    ColumnInvalid,
    ColumnMissing,
    EmptyPartition,
    JobFailure,
    LabelColumnMissing,
    UnlabelledRows,
    UnreadablePartition,
)

DAY = date(2026, 11, 20)
NEXT_DAY = date(2026, 11, 21)


def read(night: Any, workers: int = 2) -> partitions.Transactions:
    scratch = night.root / "scratch"
    scratch.mkdir(exist_ok=True)
    return partitions.read(sorted(night.source.rglob("*.parquet")), scratch, workers=workers)


def test_columns_hold_all_files_row_by_row(empty_night: Any) -> None:
    empty_night.write_partition(DAY, tx_amount=np.arange(60) + 0.25)
    empty_night.write_partition(NEXT_DAY, tx_amount=np.arange(60) + 0.5)
    transactions = read(empty_night)
    assert len(transactions) == 120
    assert transactions.tx_amount.tolist() == [*(np.arange(60) + 0.25), *(np.arange(60) + 0.5)]
    assert np.diff(transactions.tx_datetime).min() >= 0


def test_times_are_microseconds_of_utc(empty_night: Any) -> None:
    moment = np.array(["2026-11-20T06:07:08.000009"] * 60, dtype="datetime64[us]")
    empty_night.write_partition(DAY, tx_datetime=moment)
    assert set(read(empty_night).tx_datetime.tolist()) == {int(moment[0].astype(np.int64))}


def test_batches_smaller_than_a_file_lose_nothing(
    empty_night: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_night.write_partition(DAY)
    whole = read(empty_night)
    monkeypatch.setattr(partitions, "BATCH_ROWS", 7)
    for name, column in vars(read(empty_night)).items():
        assert column.tolist() == getattr(whole, name).tolist(), name


@pytest.mark.parametrize(
    "changes",
    [
        {"tx_fraud": np.arange(60) % 2 == 0},
        {"tx_fraud": np.arange(60) % 2.0},
        {"customer_id": np.arange(60, dtype=np.int64) + 2**40},
        {"tx_amount": np.arange(60)},
        {"an_extra_column": ["x"] * 60},
    ],
)
def test_what_casts_without_loss_is_welcome(empty_night: Any, changes: dict[str, Any]) -> None:
    empty_night.write_partition(DAY, **changes)
    transactions = read(empty_night)
    for name in changes.keys() & vars(transactions).keys():
        assert getattr(transactions, name).tolist() == list(changes[name])


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        pytest.param({"tx_fraud": None}, LabelColumnMissing, id="no label column"),
        pytest.param({"tx_amount": None}, ColumnMissing, id="no amount column"),
        pytest.param({"tx_fraud": [None, *[0] * 59]}, UnlabelledRows, id="a null label"),
        pytest.param({"tx_fraud": [2, *[0] * 59]}, UnlabelledRows, id="label 2"),
        pytest.param({"tx_fraud": [-1, *[0] * 59]}, UnlabelledRows, id="label -1"),
        pytest.param({"tx_fraud": [0.5, *[0.0] * 59]}, UnlabelledRows, id="label 0.5"),
        pytest.param({"tx_fraud": ["yes"] * 60}, UnlabelledRows, id="label in words"),
        pytest.param({"customer_id": ["c"] * 60}, ColumnInvalid, id="a customer in words"),
        pytest.param({"terminal_id": [None, *[0] * 59]}, ColumnInvalid, id="a null terminal"),
        pytest.param({"tx_datetime": ["noon"] * 60}, ColumnInvalid, id="a time in words"),
        pytest.param({"tx_amount": [float("nan")] * 60}, ColumnInvalid, id="amount NaN"),
        pytest.param({"tx_amount": [float("inf")] * 60}, ColumnInvalid, id="amount infinite"),
        pytest.param({"tx_amount": [-1e11] * 60}, ColumnInvalid, id="amount beyond all money"),
    ],
)
def test_a_defective_column_fails_by_name(
    empty_night: Any, changes: dict[str, Any], failure: type[JobFailure]
) -> None:
    empty_night.write_partition(DAY)
    path = empty_night.write_partition(NEXT_DAY, **changes)
    with pytest.raises(failure) as caught:
        read(empty_night)
    assert type(caught.value) is failure
    assert str(path) in str(caught.value)
    assert next(iter(changes)) in str(caught.value)


def test_a_file_without_rows_is_an_empty_partition(empty_night: Any) -> None:
    empty_night.write_partition(DAY)
    nothing = {name: pa.array([], kind) for name, kind in partitions.SCHEMA.items()}
    path = empty_night.write_partition(NEXT_DAY, **nothing)
    with pytest.raises(EmptyPartition, match=path.parent.name):
        read(empty_night)


def test_a_file_that_is_not_parquet_is_unreadable(empty_night: Any) -> None:
    path: Path = empty_night.write_partition(DAY)
    path.write_bytes(b"PAR1, he said")
    with pytest.raises(UnreadablePartition, match=path.parent.name):
        read(empty_night)


def test_damaged_pages_are_unreadable(empty_night: Any) -> None:
    path: Path = empty_night.write_partition(DAY)
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)
    with pytest.raises(UnreadablePartition, match=path.parent.name):
        read(empty_night)


def test_of_several_defects_the_first_file_is_named(empty_night: Any) -> None:
    first = empty_night.write_partition(DAY, tx_fraud=[7] * 60)
    empty_night.write_partition(NEXT_DAY, tx_fraud=[7] * 60)
    for _ in range(5):
        with pytest.raises(UnlabelledRows, match=first.parent.name):
            read(empty_night)
