"""Label-first files as the built-in XGBoost algorithm reads them, written and read in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from jobs.errors import HoldoutUnreadable, TooFewRows
from jobs.features import FEATURES, Floats, Ints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSV = "text/csv"
PARQUET = "application/x-parquet"
SUFFIXES = {CSV: ".csv", PARQUET: ".parquet"}
SCHEMA = pa.schema([("label", pa.int8()), *((feature, pa.float32()) for feature in FEATURES)])
ROWS_PER_WRITE = 262_144


def write_channel(
    folder: Path,
    rows: Ints,
    table: Floats,
    label: npt.NDArray[np.int8],
    *,
    content_type: str,
    files: int,
) -> None:
    """Write the rows into ``files`` flat files of equal size; CSV has no header.

    Consecutive rows go to different files, so that every training instance sees every day. Raises
    TooFewRows rather than write an empty file, on which the algorithm fails.
    """
    if len(rows) < files:
        raise TooFewRows(
            f"{folder.name} has {len(rows)} rows for {files} files: train on fewer instances"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        path = folder / f"part-{number:04d}{SUFFIXES[content_type]}"
        with _writer(path, content_type) as writer:
            own = rows[number::files]
            for start in range(0, len(own), ROWS_PER_WRITE):
                piece = own[start : start + ROWS_PER_WRITE]
                writer.write_table(_label_first(label[piece], table[piece]))


def read_channel(folder: Path, content_type: str) -> Iterator[tuple[Floats, npt.NDArray[np.int8]]]:
    """Features and labels in pieces; HoldoutUnreadable unless ``write_channel`` wrote them."""
    files = sorted(folder.glob(f"*{SUFFIXES[content_type]}"))
    if not files:
        raise HoldoutUnreadable(f"{folder} has no {content_type} files: check the job's inputs")
    for file in files:
        try:
            for batch in _batches(file, content_type):
                label, *columns = (column.to_numpy() for column in batch.cast(SCHEMA).columns)
                yield np.column_stack(columns), label
        except (pa.ArrowException, OSError, ValueError) as error:
            raise HoldoutUnreadable(f"{file.name}: {error}; run featurise again") from error


def _label_first(label: npt.NDArray[np.int8], features: Floats) -> pa.Table:
    return pa.table([label, *features.T], schema=SCHEMA)


def _writer(path: Path, content_type: str) -> pq.ParquetWriter | pa_csv.CSVWriter:
    if content_type == PARQUET:
        return pq.ParquetWriter(path, SCHEMA)
    return pa_csv.CSVWriter(path, SCHEMA, write_options=pa_csv.WriteOptions(include_header=False))


def _batches(file: Path, content_type: str) -> Iterator[pa.RecordBatch]:
    if content_type == PARQUET:
        with pq.ParquetFile(file) as parquet:
            yield from parquet.iter_batches(ROWS_PER_WRITE)
    else:
        named = pa_csv.ReadOptions(column_names=SCHEMA.names)
        typed = pa_csv.ConvertOptions(column_types=SCHEMA)
        with pa_csv.open_csv(file, read_options=named, convert_options=typed) as batches:
            yield from batches
