from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jobs.features import FEATURES
from night import job_code

DATA_DATE = date(2026, 11, 21)


def lines(folder: Path) -> list[str]:
    return [line for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


def test_a_night_becomes_three_flat_channels_and_a_summary(night: Any) -> None:
    assert night.featurise() == 0
    files = {str(path.relative_to(night.output)) for path in night.output.rglob("*.*")}
    assert files == {
        "train/part-0000.csv",
        "validation/part-0000.csv",
        "holdout/part-0000.csv",
        "summary/summary.json",
    }
    rows = {name: channel["rows"] for name, channel in night.summary["channels"].items()}
    assert rows == {name: len(lines(night.output / name)) for name in rows}
    assert night.message == (
        "featurised 3480 transactions of 58 files:"
        f" train 360, validation 60, holdout {rows['holdout']} rows"
    )


def test_the_summary_says_what_went_in_and_what_came_out(night: Any) -> None:
    night.featurise()
    summary = night.summary
    left_out = summary.pop("leftOut")
    assert summary["channels"]["holdout"]["rows"] + left_out["transactions"] == 7 * 60
    assert 0 < left_out["customers"] <= 40
    assert summary["channels"].pop("holdout").keys() == {"rows", "frauds", "firstDay", "lastDay"}
    assert summary == {
        "dataDate": "2026-11-21",
        "sourceDigest": "d1gest",
        "source": {"objects": 58, "rows": 3480},
        "labelDelayDays": 7,
        "channels": {
            "train": {
                "rows": 360,
                "frauds": 36,
                "firstDay": "2026-11-01",
                "lastDay": "2026-11-06",
            },
            "validation": {
                "rows": 60,
                "frauds": 6,
                "firstDay": "2026-11-07",
                "lastDay": "2026-11-07",
            },
        },
        "contentType": "text/csv",
        "features": list(FEATURES),
    }


def test_the_window_lengths_are_arguments(night: Any) -> None:
    options = ("--train-days=3", "--label-delay-days=2", "--holdout-days=1")
    assert night.featurise(*options) == 0
    channels = night.summary["channels"]
    assert {name: (part["firstDay"], part["lastDay"]) for name, part in channels.items()} == {
        "train": ("2026-11-16", "2026-11-17"),
        "validation": ("2026-11-18", "2026-11-18"),
        "holdout": ("2026-11-21", "2026-11-21"),
    }


def test_train_has_a_file_for_every_training_instance(night: Any) -> None:
    assert night.featurise("--shards=3") == 0
    assert len(list((night.output / "train").iterdir())) == 3
    assert len(list((night.output / "validation").iterdir())) == 1


def test_parquet_holds_what_csv_holds(night: Any) -> None:
    night.featurise()
    as_text = [[float(cell) for cell in line.split(",")] for line in lines(night.output / "train")]
    assert night.featurise("--content-type=application/x-parquet") == 0
    table = pq.read_table(night.output / "train" / "part-0000.parquet")
    assert table.num_rows == len(as_text)
    for number, column in enumerate(table.columns):
        assert column.to_pylist() == pytest.approx([row[number] for row in as_text], rel=1e-6)


def test_the_output_is_the_same_to_the_byte_however_it_is_computed(night: Any) -> None:
    """Neither the workers nor the names and order of the source files show."""
    night.featurise("--workers=1")
    expected = {path.name: path.read_bytes() for path in (night.output / "holdout").iterdir()}
    partitions = sorted(night.source.iterdir())
    for number, folder in enumerate(partitions):
        folder.rename(night.source / f"{len(partitions) - number:03d}")
    assert night.featurise("--workers=3") == 0
    assert {
        path.name: path.read_bytes() for path in (night.output / "holdout").iterdir()
    } == expected


def test_the_lookback_reaches_as_far_as_the_features_do(night: Any) -> None:
    """More history than 30 days and the label delay changes nothing, less does."""
    night.featurise()
    expected = lines(night.output / "train")
    night.write_partition(DATA_DATE - timedelta(days=58))
    night.write_manifest()
    night.featurise()
    assert lines(night.output / "train") == expected
    for age in (58, 57):
        (night.source / f"dt={DATA_DATE - timedelta(days=age)}" / "part-0.parquet").unlink()
    night.write_manifest()
    night.featurise()
    assert lines(night.output / "train") != expected


def test_nothing_but_channels_and_summary_stays_behind(night: Any) -> None:
    night.featurise()
    assert {path.name for path in night.output.iterdir()} == {
        "train",
        "validation",
        "holdout",
        "summary",
    }


def test_a_file_the_manifest_does_not_name_fails_the_job(night: Any) -> None:
    night.write_partition(DATA_DATE - timedelta(days=58))
    assert night.featurise() == 1
    assert night.message.startswith("SourceMismatch: ")
    assert not night.output.exists()


def test_an_unlabelled_partition_fails_the_job_and_writes_no_channel(night: Any) -> None:
    night.write_partition(DATA_DATE, tx_fraud=None)
    night.write_manifest()
    assert night.featurise() == 1
    assert night.message.startswith("LabelColumnMissing: ")
    assert list(night.output.iterdir()) == []


def test_a_holdout_without_fraud_fails_the_job_before_any_training(night: Any) -> None:
    for age in range(7):
        night.write_partition(DATA_DATE - timedelta(days=age), tx_fraud=[0] * 60)
    night.write_manifest()
    assert night.featurise() == 1
    assert night.message.startswith("SingleClassHoldout: holdout (2026-11-15 to 2026-11-21) has 0")


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ("--data-date=yesterday", "invalid fromisoformat value"),
        ("--data-date=2026-02-30", "invalid fromisoformat value"),
        ("--train-days=1", "1 train days"),
        ("--label-delay-days=0", "label delay of 0 days"),
        ("--shards=0", "--shards 0"),
        ("--workers=0", "--workers 0"),
        ("--content-type=text/libsvm", "invalid choice"),
        ("--manifest=nowhere.json", "not an objects.json"),
        ("--surplus=1", "unrecognized arguments"),
    ],
)
def test_a_wrong_argument_fails_by_name(night: Any, option: str, complaint: str) -> None:
    assert night.featurise(option) == 1
    assert night.message.startswith("InvalidArgument: ")
    assert complaint in night.message


def test_the_module_is_the_entrypoint(night: Any) -> None:
    """As the container starts it, with the staged archive on PYTHONPATH, and no more of ours."""
    code = night.root / job_code.ARCHIVE
    modules = {it.name: it.read_bytes() for it in job_code.PACKAGE_FOLDER.glob("*.py")}
    code.write_bytes(job_code.archived(modules))
    command = [
        *(sys.executable, "-m", "jobs.featurise"),
        *("--manifest", night.root / "objects.json"),
        *("--source", night.source),
        *("--output", night.output),
        *("--message", night.root / "message"),
        *("--data-date", "2026-11-21"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(code)}
    output = subprocess.check_output(command, cwd=night.root, env=environment)
    assert output.decode() == f"{night.message}\n"
