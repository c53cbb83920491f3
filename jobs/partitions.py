"""Labelled transactions, read from Parquet with checks into columns that live in mapped files.

Mapped columns keep the memory of a job bounded: the operating system may drop their pages.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.errors import (
    ColumnInvalid,
    ColumnMissing,
    EmptyPartition,
    LabelColumnMissing,
    UnlabelledRows,
    UnreadablePartition,
)
from jobs.features import AMOUNT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABEL = "tx_fraud"
TIMESTAMP = pa.timestamp("us", tz="UTC")
SCHEMA = {
    "transaction_id": pa.int64(),
    "tx_datetime": TIMESTAMP,
    "customer_id": pa.int64(),
    "terminal_id": pa.int64(),
    "tx_amount": pa.float64(),
    LABEL: pa.int8(),
}
BATCH_ROWS = 262_144


@dataclass(frozen=True)
class Transactions:
    """The columns of all transactions, row by row; times are microseconds since 1970 in UTC."""

    transaction_id: npt.NDArray[np.int64]
    tx_datetime: npt.NDArray[np.int64]
    customer_id: npt.NDArray[np.int64]
    terminal_id: npt.NDArray[np.int64]
    tx_amount: npt.NDArray[np.float64]
    tx_fraud: npt.NDArray[np.int8]

    def __len__(self) -> int:
        """How many transactions there are."""
        return len(self.transaction_id)


def read(files: list[Path], scratch: Path, *, workers: int) -> Transactions:
    """Read every file into columns mapped from ``scratch``; the first defect found is raised."""
    with ThreadPoolExecutor(workers) as pool:
        row_counts = list(pool.map(_check_footer, files))
        columns = {
            name: np.memmap(
                scratch / f"{name}.column", _numpy_type(kind), "w+", shape=(sum(row_counts),)
            )
            for name, kind in SCHEMA.items()
        }
        starts = accumulate(row_counts, initial=0)
        list(pool.map(lambda file, start: _fill(columns, file, start), files, starts))
    return Transactions(**columns)


def _numpy_type(kind: pa.DataType) -> npt.DTypeLike:
    # An empty array tells it without pandas, which DataType.to_pandas_dtype imports.
    stored = pa.int64() if kind == TIMESTAMP else kind
    dtype: npt.DTypeLike = pa.array([], stored).to_numpy(zero_copy_only=False).dtype
    return dtype


def _check_footer(file: Path) -> int:
    with _opened(file) as parquet:
        columns = set(parquet.schema_arrow.names)
        rows: int = parquet.metadata.num_rows
    if LABEL not in columns:
        raise LabelColumnMissing(
            f"{file} has no column {LABEL}, only {sorted(columns)}: has it been labelled?"
        )
    if missing := SCHEMA.keys() - columns:
        raise ColumnMissing(
            f"{file} lacks {sorted(missing)}, it has {sorted(columns)}: write the partition"
            " with the columns of the data contract"
        )
    if rows == 0:
        raise EmptyPartition(f"{file} has no rows: rewrite the partition or remove it")
    return rows


def _fill(columns: dict[str, Any], file: Path, start: int) -> None:
    with _opened(file) as parquet:
        for batch in parquet.iter_batches(BATCH_ROWS, columns=list(SCHEMA), use_threads=False):
            for name in SCHEMA:
                columns[name][start : start + len(batch)] = _checked(batch[name], name, file)
            start += len(batch)


@contextmanager
def _opened(file: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(file) as parquet:
            yield parquet
    except (pa.ArrowException, OSError) as error:
        raise UnreadablePartition(f"{file}: {error}; write the partition again") from error


def _checked(column: pa.Array, name: str, file: Path) -> npt.NDArray[Any]:
    defect = UnlabelledRows if name == LABEL else ColumnInvalid
    if column.null_count:
        raise defect(f"{column.null_count} nulls in {name} of {file}: fill them in")
    try:
        values = column.cast(SCHEMA[name])
    except pa.ArrowException as error:
        raise defect(f"{name} of {file} is not {SCHEMA[name]}: {error}") from error
    if name == LABEL and not pc.all(pc.is_in(values, pa.array([0, 1], pa.int8()))).as_py():
        raise defect(f"{name} of {file} is not always 0 or 1: label every row")
    if name == "tx_amount" and not pc.all(pc.less(pc.abs(values), AMOUNT_LIMIT)).as_py():
        raise defect(f"{name} of {file} is not always within ±{AMOUNT_LIMIT:g}: correct it")
    if name == "tx_datetime":
        values = values.cast(pa.int64())
    checked: npt.NDArray[Any] = values.to_numpy()
    return checked
