"""Input that no model can come from: told early, under its own name, and nothing is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ops.night import Night
from tests.machine.application import SMALL_LOOKBACK_DAYS, Application, generate, generate_night

pytestmark = pytest.mark.slow

OVERFLOWING = {
    "objective": "reg:squarederror",
    "eval_metric": "rmse",
    "num_round": "2",
    "eta": "1",
    "lambda": "0",
    "base_score": "10",
    "scale_pos_weight": "3e38",
}
"""The loss of a fraud is beyond what a float holds: XGBoost trains, and scores NaN."""


@pytest.fixture(autouse=True)
def nothing_is_registered_or_deployed(application: Application) -> Iterator[None]:
    before = application.packages(), application.candidate_config()
    yield
    assert (application.packages(), application.candidate_config()) == before


@pytest.fixture
def data_date(unused_date: Callable[[], date]) -> date:
    return unused_date()


@pytest.fixture
def run_on(application: Application, data_date: date) -> Callable[..., Night]:
    """Deliver the partitions of a folder, and run their night."""

    def run(folder: Path, **given: Any) -> Night:
        application.deliver(folder)
        return application.run(
            {"DataDate": data_date.isoformat(), "AllowMissingPartitions": True, **given}
        )

    return run


def rewrite(folder: Path, day: date, change: Callable[[pa.Table], pa.Table]) -> Path:
    file = partition(folder, day)
    pq.write_table(change(pq.ParquetFile(file).read()), file)
    return file


def relabel(table: pa.Table, label: int | None) -> pa.Table:
    column = table.schema.get_field_index("tx_fraud")
    return table.set_column(column, "tx_fraud", pa.array([label] * len(table), pa.int8()))


def partition(folder: Path, day: date) -> Path:
    return folder / f"dt={day}" / "part-0.parquet"


def assert_refused(night: Night, *told: str, at: str) -> None:
    """The night failed in the state ``at``, for a reason that says all of ``told``."""
    assert night.status == "FAILED"
    assert night.steps[-1].name == at
    assert [text for text in told if text not in night.error] == [], night.error


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"DataDate": "2026-11-08", "Threshold": 0.9}, "'Threshold' was unexpected"),
        ({"DataDate": "8 November 2026"}, "$.DataDate: '8 November 2026'"),
        ({"DataDate": "2026-02-30"}, "$.DataDate: '2026-02-30'"),
        ({}, "'DataDate' is a required property"),
        ({"DataDate": "2026-11-08", "AucThreshold": 0}, "$.AucThreshold: 0 is"),
        ({"DataDate": "2026-11-08", "AucThreshold": 1.5}, "$.AucThreshold: 1.5 is"),
        ({"DataDate": "2026-11-08", "AucThreshold": "0.9"}, "$.AucThreshold: '0.9' is not"),
        ({"DataDate": "2026-11-08", "TrainDays": 1}, "$.TrainDays: 1 is"),
        ([], "must be an object"),
    ],
    ids=[
        "an unknown field",
        "a malformed date",
        "a day that is not in the calendar",
        "no date",
        "a threshold of 0",
        "a threshold above 1",
        "a threshold in quotes",
        "no day to validate on",
        "no object",
    ],
)
def test_parameters_that_the_schema_forbids_start_no_job(
    application: Application, given: object, told: str
) -> None:
    jobs = len(application.jobs())
    night = application.run(given)
    assert_refused(night, "InvalidInput: ", told, at="PrepareNight")
    assert len(application.jobs()) == jobs


def test_an_invalid_input_says_which_fields_there_are(application: Application) -> None:
    night = application.run({"DataDate": "2026-11-08", "Threshold": 0.9})
    assert_refused(night, "Start the night again", "AucThreshold", "TrainDays", at="PrepareNight")


def test_a_missing_partition_is_named(
    application: Application, data_date: date, tmp_path: Path
) -> None:
    missing = data_date - timedelta(days=20)
    generate(tmp_path, data_date - timedelta(days=SMALL_LOOKBACK_DAYS), data_date)
    partition(tmp_path, missing).unlink()
    application.deliver(tmp_path)
    night = application.run({"DataDate": data_date.isoformat()})
    told = f"has no Parquet files for dt={missing}. Deliver", "AllowMissingPartitions=true"
    assert_refused(night, "MissingPartitions: ", *told, at="PrepareNight")


def test_a_night_without_any_partition_is_refused_even_if_some_may_be_missing(
    application: Application, data_date: date
) -> None:
    night = application.run({"DataDate": data_date.isoformat(), "AllowMissingPartitions": True})
    assert_refused(night, "MissingPartitions: ", "and 25 more", at="PrepareNight")


def test_a_partition_of_zero_bytes_is_named(
    run_on: Callable[..., Night], data_date: date, tmp_path: Path
) -> None:
    generate_night(tmp_path, data_date)
    partition(tmp_path, data_date).write_bytes(b"")
    told = f"labelled/dt={data_date}/part-0.parquet has no content", "Write the partition again"
    assert_refused(run_on(tmp_path), "EmptyPartition: ", *told, at="PrepareNight")


def test_a_partition_without_rows_is_named(
    run_on: Callable[..., Night], data_date: date, tmp_path: Path
) -> None:
    generate_night(tmp_path, data_date)
    rewrite(tmp_path, data_date, lambda table: table.slice(0, 0))
    told = f"dt={data_date}", "has no rows: rewrite the partition"
    assert_refused(run_on(tmp_path), "EmptyPartition: ", *told, at="Featurise")


def test_a_partition_without_the_label_column_is_named(
    run_on: Callable[..., Night], data_date: date, tmp_path: Path
) -> None:
    generate_night(tmp_path, data_date)
    rewrite(tmp_path, data_date, lambda table: table.drop_columns("tx_fraud"))
    told = f"dt={data_date}", "has no column tx_fraud", "has it been labelled?"
    assert_refused(run_on(tmp_path), "LabelColumnMissing: ", *told, at="Featurise")


def test_unlabelled_rows_are_refused(
    run_on: Callable[..., Night], data_date: date, tmp_path: Path
) -> None:
    generate_night(tmp_path, data_date)
    rewrite(tmp_path, data_date, lambda table: relabel(table, None))
    told = f"dt={data_date}", "nulls in tx_fraud"
    assert_refused(run_on(tmp_path), "UnlabelledRows: ", *told, at="Featurise")


def test_a_holdout_of_a_single_class_is_refused(
    run_on: Callable[..., Night], data_date: date, tmp_path: Path
) -> None:
    generate_night(tmp_path, data_date)
    rewrite(tmp_path, data_date, lambda table: relabel(table, 0))
    told = f"holdout ({data_date} to {data_date}) has 0 frauds in", "check the labels"
    assert_refused(run_on(tmp_path), "SingleClassHoldout: ", *told, at="Featurise")


def test_scores_that_are_no_numbers_end_the_night_before_the_gate(
    run_on: Callable[..., Night], data_date: date, tmp_path: Path
) -> None:
    generate_night(tmp_path, data_date)
    night = run_on(tmp_path, Hyperparameters=OVERFLOWING)
    told = "scores, of shape", "are not finite numbers", "check the objective"
    assert_refused(night, "AucNotFinite: ", *told, at="Evaluate")


@pytest.mark.parametrize("constant", ["NaN", "Infinity"])
def test_the_deployed_gate_refuses_an_auc_that_is_no_number(
    application: Application, constant: str
) -> None:
    bucket = application.outputs["BucketName"]
    uri = put_evaluation(application, bucket, float(constant))
    answer = application.invoke("ReadAucFunction", {"EvaluationUri": uri})
    assert answer["errorType"] == "InvalidEvaluation"
    assert f"{uri} cannot be decided on: it contains {constant}" in answer["errorMessage"]
    assert "nothing was registered" in answer["errorMessage"]


def put_evaluation(application: Application, bucket: str, auc: float) -> str:
    """Write an evaluation.json with an AUC where the evaluate job would have."""
    document = {
        "version": 1,
        "binary_classification_metrics": {
            "auc": {"value": auc, "standard_deviation": 0.01},
            "average_precision": {"value": 0.5},
        },
        "auc_interval": {"method": "DeLong", "level": 0.95, "lower": 0.9, "upper": 0.99},
        "counts": {"rows": 100, "positives": 10, "negatives": 90},
    }
    key = f"runs/dt=2026-11-08/{auc}/evaluation.json"
    application.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(document))
    return f"s3://{bucket}/{key}"


def test_the_deployed_gate_reads_the_evaluation_that_the_others_differ_from(
    application: Application,
) -> None:
    uri = put_evaluation(application, application.outputs["BucketName"], 0.97)
    answer = application.invoke("ReadAucFunction", {"EvaluationUri": uri})
    assert answer["Auc"] == 0.97
