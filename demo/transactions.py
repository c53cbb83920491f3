"""Writes labelled card transactions, one Parquet partition a day, for the nights to train on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.progress import track

from demo.fraud_patterns import PATTERNS
from demo.population import PAYMENTS_PER_TERMINAL, Population, Scale

Watch = Callable[[Sequence[date]], Iterable[date]]

DEFAULT_SEED = 2026
DEFAULT_SCALE = Scale()
EPOCH = date(1970, 1, 1)
MICROSECONDS_PER_SECOND = 1_000_000
MICROSECONDS_PER_DAY = 86_400 * MICROSECONDS_PER_SECOND
TRANSACTION_IDS_PER_DAY = 1_000_000_000
"""Each day numbers in a block of its own: ids rise with time, and no day counts another's."""

SCHEMA = pa.schema(
    {
        "transaction_id": pa.int64(),
        "tx_datetime": pa.timestamp("us", tz="UTC"),
        "customer_id": pa.int32(),
        "terminal_id": pa.int32(),
        "tx_amount": pa.float64(),
        "tx_fraud": pa.int8(),
    }
)


class EmptyRangeError(ValueError):
    """A range of days ends before it begins."""


def write_partitions(
    destination: Path,
    first_day: date,
    last_day: date,
    *,
    scale: Scale = DEFAULT_SCALE,
    seed: int = DEFAULT_SEED,
    watch: Watch = iter,
) -> list[Path]:
    """Write `dt=YYYY-MM-DD/part-0.parquet` for each day, both ends included; return the files.

    A day's bytes depend on seed, scale and day alone: a longer range only adds partitions.
    `watch` hands on the days one by one, as a progress bar does. Raises EmptyRangeError.
    """
    if last_day < first_day:
        raise EmptyRangeError(f"the range ends on {last_day}, before its first day {first_day}")
    days = [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    population = Population.settle(seed, scale)
    return [_write_partition(destination, population, day) for day in watch(days)]


def transactions_of(population: Population, day: date) -> pa.Table:
    """Return one UTC day of labelled transactions in time order, with the columns of SCHEMA."""
    honest = population.honest_payments(day)
    payments = reduce(lambda paid, pattern: pattern(paid, population, day), PATTERNS, honest)
    order = np.argsort(payments.second_of_day, kind="stable")
    epoch_days = (day - EPOCH).days
    microseconds = (payments.second_of_day * MICROSECONDS_PER_SECOND).astype(np.int64)
    return pa.table(
        {
            "transaction_id": epoch_days * TRANSACTION_IDS_PER_DAY + np.arange(len(order)),
            "tx_datetime": epoch_days * MICROSECONDS_PER_DAY + microseconds[order],
            "customer_id": payments.customer_id[order],
            "terminal_id": payments.terminal_id[order],
            "tx_amount": payments.amount[order].round(2),
            "tx_fraud": payments.fraud[order].astype(np.int8),
        },
        schema=SCHEMA,
    )


def _write_partition(destination: Path, population: Population, day: date) -> Path:
    file = destination / f"dt={day}" / "part-0.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(transactions_of(population, day), file, compression="zstd")
    return file


def main(
    destination: Annotated[Path, typer.Argument(help="Folder of the dt= partitions.")],
    first_day: Annotated[
        date, typer.Option("--from", parser=date.fromisoformat, metavar="DATE", help="First day.")
    ],
    last_day: Annotated[
        date, typer.Option("--to", parser=date.fromisoformat, metavar="DATE", help="Last day.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other people.")] = DEFAULT_SEED,
    transactions_per_day: Annotated[
        int, typer.Option(min=PAYMENTS_PER_TERMINAL, help="Mean volume.")
    ] = DEFAULT_SCALE.transactions_per_day,
) -> None:
    """Write labelled card transactions, one Parquet partition a day."""
    console = Console(stderr=True)
    try:
        files = write_partitions(
            destination,
            first_day,
            last_day,
            scale=Scale(transactions_per_day),
            seed=seed,
            watch=lambda days: track(days, "Transactions", console=console),
        )
    except EmptyRangeError as error:
        raise typer.BadParameter(f"{error}: swap --from and --to") from error
    console.print(f"{len(files)} partitions in {destination}")


if __name__ == "__main__":
    typer.run(main)
