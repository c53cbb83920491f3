"""A small labelled night on disk, as the featurise job finds it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import evaluate, exit_message, featurise

DATA_DATE = date(2026, 11, 21)
TIMESTAMP = pa.timestamp("us", tz="UTC")
PartitionWriter = Callable[..., Path]


def transactions(day: date, rows: int = 60, seed: int = 0) -> dict[str, Any]:
    """One day's columns: a tenth is fraud, and frauds are expensive."""
    random = np.random.default_rng([day.toordinal(), seed])
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - Arrow adds the zone
    fraud = np.arange(rows) % 10 == 0
    return {
        "transaction_id": day.toordinal() * 1000 + np.arange(rows),
        "tx_datetime": np.sort(
            np.datetime64(midnight, "us") + random.integers(0, 86_400_000_000, rows)
        ),
        "customer_id": random.integers(0, 40, rows).astype(np.int32),
        "terminal_id": random.integers(0, 20, rows).astype(np.int32),
        "tx_amount": np.round(random.uniform(1, 100, rows) * np.where(fraud, 5, 1), 2),
        "tx_fraud": fraud.astype(np.int8),
    }


@dataclass(frozen=True)
class Night:
    """The folders of one night and its two jobs, run as their modules run them."""

    root: Path

    @property
    def source(self) -> Path:
        return self.root / "source"

    @property
    def output(self) -> Path:
        return self.root / "output"

    @property
    def message(self) -> str:
        return (self.root / "message").read_text()

    @property
    def summary(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.output / "summary/summary.json").read_bytes())
        return document

    def write_partition(self, day: date, **changes: Any) -> Path:
        """Write one day's file; a change replaces a column, or removes it where it is None."""
        columns = {**transactions(day), **changes}
        arrays = {name: pa.array(column) for name, column in columns.items() if column is not None}
        if "tx_datetime" in arrays and pa.types.is_timestamp(arrays["tx_datetime"].type):
            arrays["tx_datetime"] = arrays["tx_datetime"].cast(TIMESTAMP)
        path = self.source / f"dt={day}" / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(arrays), path)
        return path

    def write_manifest(self) -> Path:
        """Write objects.json over the files that are there."""
        objects = [
            {"uri": f"s3://bucket/{path.name}", "etag": "e", "size": path.stat().st_size}
            for path in self.source.rglob("*.parquet")
        ]
        path = self.root / "objects.json"
        path.write_text(json.dumps({"digest": "d1gest", "objects": objects}))
        return path

    def featurise(self, *options: str) -> int:
        """Run jobs.featurise and return its exit code; later options win."""
        folders = {"manifest": "objects.json", "source": "source", "output": "output"}
        return exit_message.run(
            featurise.featurise,
            [
                *(f"--{option}={self.root / name}" for option, name in folders.items()),
                f"--message={self.root / 'message'}",
                f"--data-date={DATA_DATE}",
                *options,
            ],
        )

    def evaluate(self, *options: str) -> int:
        """Run jobs.evaluate on the holdout and return its exit code; later options win."""
        folders = {"model": "model", "holdout": "output/holdout", "output": "evaluation"}
        return exit_message.run(
            evaluate.evaluate,
            [
                *(f"--{option}={self.root / name}" for option, name in folders.items()),
                f"--message={self.root / 'message'}",
                *options,
            ],
        )


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night with every day it needs, 21 of windows and 37 of lookback; nobody changes it."""
    night = Night(tmp_path_factory.mktemp("night"))
    for age in range(58):
        night.write_partition(DATA_DATE - timedelta(days=age))
    night.write_manifest()
    return night


@pytest.fixture
def night(delivered: Night, tmp_path: Path) -> Night:
    """A night of the test's own, as it was delivered."""
    shutil.copytree(delivered.root, tmp_path, dirs_exist_ok=True)
    return Night(tmp_path)


@pytest.fixture
def empty_night(tmp_path: Path) -> Night:
    """A night whose partitions the test writes itself."""
    return Night(tmp_path)
