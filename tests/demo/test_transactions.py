from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from demo import transactions
from demo.population import Population, Scale
from demo.transactions import EmptyRangeError, transactions_of, write_partitions

DAY = date(2026, 11, 21)
SMALL = Scale(transactions_per_day=500)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file beneath a folder, by its relative path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def month() -> pa.Table:
    population = Population.settle(transactions.DEFAULT_SEED, Scale())
    days = [DAY - timedelta(days=age) for age in reversed(range(30))]
    return pa.concat_tables([transactions_of(population, day) for day in days])


def test_the_default_month_has_nine_thousand_transactions_a_day(month: pa.Table) -> None:
    day = month["tx_datetime"].cast(pa.date32()).to_numpy()
    volumes = np.unique(day, return_counts=True)[1]
    assert len(volumes) == 30
    assert volumes.mean() == pytest.approx(9_000, rel=0.02)
    assert 8_000 < volumes.min() <= volumes.max() < 10_500


def test_about_one_transaction_in_a_hundred_is_fraud(month: pa.Table) -> None:
    assert month["tx_fraud"].to_numpy().mean() == pytest.approx(0.01, abs=0.002)


def test_every_day_has_dozens_of_frauds(month: pa.Table) -> None:
    """Validation is one day: with a handful of frauds, early stopping would be a lottery."""
    day = month["tx_datetime"].cast(pa.date32()).to_numpy()
    _, frauds = np.unique(day[month["tx_fraud"].to_numpy() == 1], return_counts=True)
    assert len(frauds) == 30
    assert frauds.min() >= 50


def test_ids_and_times_rise_from_the_first_day_to_the_last(month: pa.Table) -> None:
    ids = month["transaction_id"].to_numpy()
    assert (np.diff(ids) > 0).all()
    assert (np.diff(month["tx_datetime"].cast(pa.int64()).to_numpy()) >= 0).all()


def test_amounts_are_positive_and_have_cents(month: pa.Table) -> None:
    amount = month["tx_amount"].to_numpy()
    assert amount.min() > 0
    assert np.array_equal(amount, amount.round(2))


def test_a_file_holds_the_utc_day_of_its_folder_in_the_documented_schema(tmp_path: Path) -> None:
    (file,) = write_partitions(tmp_path, DAY, DAY, scale=SMALL)
    assert file == tmp_path / "dt=2026-11-21" / "part-0.parquet"
    table = pq.read_table(file, partitioning=None)
    assert table.schema.equals(
        pa.schema(
            [
                ("transaction_id", pa.int64()),
                ("tx_datetime", pa.timestamp("us", tz="UTC")),
                ("customer_id", pa.int32()),
                ("terminal_id", pa.int32()),
                ("tx_amount", pa.float64()),
                ("tx_fraud", pa.int8()),
            ]
        )
    )
    midnight = datetime.combine(DAY, time(), tzinfo=UTC)
    seconds = (table["tx_datetime"].cast(pa.int64()).to_numpy() // 1_000_000) - midnight.timestamp()
    assert seconds.min() >= 0
    assert seconds.max() < 86_400


def test_a_longer_range_only_adds_partitions(tmp_path: Path) -> None:
    write_partitions(tmp_path / "short", DAY - timedelta(days=2), DAY, scale=SMALL)
    write_partitions(
        tmp_path / "long", DAY - timedelta(days=60), DAY + timedelta(days=1), scale=SMALL
    )
    short, longer = contents(tmp_path / "short"), contents(tmp_path / "long")
    assert len(short) == 3
    assert len(longer) == 62
    assert short.items() <= longer.items()


def test_another_seed_makes_other_transactions(tmp_path: Path) -> None:
    write_partitions(tmp_path / "one", DAY, DAY, scale=SMALL, seed=1)
    write_partitions(tmp_path / "two", DAY, DAY, scale=SMALL, seed=2)
    assert contents(tmp_path / "one") != contents(tmp_path / "two")


def test_the_days_pass_through_the_watch(tmp_path: Path) -> None:
    seen: list[date] = []

    def watch(days: list[date]) -> list[date]:
        seen.extend(days)
        return days

    yesterday = DAY - timedelta(days=1)
    write_partitions(tmp_path, yesterday, DAY, scale=SMALL, watch=watch)
    assert seen == [yesterday, DAY]


def test_a_reversed_range_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(EmptyRangeError, match="ends on 2026-11-20"):
        write_partitions(tmp_path, DAY, DAY - timedelta(days=1))
    assert contents(tmp_path) == {}


def run_command(*arguments: str) -> tuple[int, str]:
    command = typer.Typer()
    command.command()(transactions.main)
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


def test_the_command_writes_what_the_function_writes(tmp_path: Path) -> None:
    code, output = run_command(
        str(tmp_path / "command"),
        *("--from", "2026-11-20", "--to", "2026-11-21", "--seed", "5"),
        *("--transactions-per-day", "500"),
    )
    assert code == 0
    assert "2 partitions" in output
    write_partitions(tmp_path / "function", DAY - timedelta(days=1), DAY, scale=SMALL, seed=5)
    assert contents(tmp_path / "command") == contents(tmp_path / "function")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--from", "2026-11-21", "--to", "2026-11-20"), "swap"),
        (("--from", "21.11.2026", "--to", "2026-11-21"), "--from"),
        (("--from", "2026-11-21", "--to", "2026-11-21", "--seed", "-1"), "--seed"),
    ],
)
def test_the_command_says_which_option_is_wrong(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    code, output = run_command(str(tmp_path), *arguments)
    assert code == 2
    assert complaint in output
