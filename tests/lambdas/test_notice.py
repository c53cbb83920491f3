from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from night import notice
from night.history import Reading
from night.outcome import Ended

ARN = "arn:aws:states:eu-west-1:123456789012:execution:nightly-retrain:2026-11-21"
CONSOLE = "https://eu-west-1.console.aws.amazon.com"
STARTED, ENDED = datetime(2026, 11, 22, 2, tzinfo=UTC), datetime(2026, 11, 22, 3, tzinfo=UTC)
JOB = "nightly-train-20261121-1a2b3c4d-r0-a0-t0"


def ended(status: str = "FAILED", arn: str = ARN) -> Ended:
    return Ended(arn, "nightly-retrain", status, STARTED, ENDED, 0)


def reading(**known: Any) -> Reading:
    cause = json.dumps({"TrainingJobName": JOB, "TrainingJobStatus": "Failed"})
    failure = {"Step": "TrainXGB", "Cause": cause}
    return Reading(
        **{
            "step": "TrainXGB",
            "error": "AlgorithmError",
            "cause": json.dumps({"errorMessage": "no label in train.csv"}),
            "variables": {"failure": failure},
            **known,
        }
    )


def test_a_failure_is_told_with_its_reason_and_where_to_look() -> None:
    told = notice.of_failure(ended(), reading())
    assert told.subject == "nightly-retrain 2026-11-21 failed in TrainXGB: AlgorithmError"
    first, *_ = told.text.splitlines()
    log, execution = (line for line in told.text.splitlines() if "https://" in line)
    assert first == told.subject
    assert "no label in train.csv" in told.text
    assert log == (
        f"Job's log: {CONSOLE}/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/"
        f"$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3D{JOB}"
    )
    assert execution == (
        f"Execution: {CONSOLE}/states/home?region=eu-west-1#/v2/executions/details/{ARN}"
    )


def test_a_failure_is_told_with_its_place_in_the_handbook_and_the_commands_to_type() -> None:
    lines = notice.of_failure(ended(), reading()).text.splitlines()
    assert "What to do: docs/operations.md, AlgorithmError. When the cause is gone, one of" in lines
    assert "  nightly redrive 2026-11-21 --stack nightly" in lines
    assert "  nightly rerun 2026-11-21 --stack nightly" in lines
    assert "the former goes on from TrainXGB, the latter begins anew." in lines


def test_the_handbook_knows_no_error_that_somebody_made_up_when_he_stopped_the_night() -> None:
    told = notice.of_failure(ended("ABORTED"), reading(error="OperatorsWish"))
    assert "docs/operations.md, ABORTED." in told.text


def test_a_failure_before_any_state_is_told_all_the_same() -> None:
    told = notice.of_failure(ended("TIMED_OUT"), Reading())
    assert told.subject == "nightly-retrain 2026-11-21 timed out"
    assert "No cause was given." in told.text


def test_a_job_that_failed_earlier_and_was_run_again_is_not_blamed() -> None:
    assert "log:" not in notice.of_failure(ended(), reading(step="ReadAuc")).text


@pytest.mark.parametrize(
    ("reason", "short_of"),
    [
        ("AucBelowThreshold", "below 0.94"),
        ("NonInferiorityNotShown", "not shown to be as good as that of the model in production"),
    ],
)
def test_a_rejection_is_told_with_its_figures(reason: str, short_of: str) -> None:
    output = {"DataDate": "2026-11-21", "Auc": 0.93321, "AucThreshold": 0.94, "Reason": reason}
    told = notice.of_rejection(ARN, "nightly-retrain", output)
    assert told.subject == "nightly-retrain 2026-11-21 rejected: AUC 0.9332"
    assert told.text.splitlines()[0] == f"{told.subject} is {short_of}"
    assert ARN in told.text
    assert f"What to do: docs/operations.md, {reason}" in told.text.splitlines()


def test_a_subject_is_what_sns_takes_for_one() -> None:
    told = notice.of_failure(ended(), reading(error="Fehler: größer\nals " + "x" * 200))
    assert len(told.subject) < 100
    assert told.subject.isascii()
    assert told.subject.isprintable()


@pytest.mark.parametrize(
    ("partition", "console"),
    [("aws-cn", "console.amazonaws.cn"), ("aws-us-gov", "console.amazonaws-us-gov.com")],
)
def test_each_partition_has_a_console_of_its_own(partition: str, console: str) -> None:
    arn = ARN.replace("arn:aws:", f"arn:{partition}:")
    assert (
        f"https://eu-west-1.{console}/states" in notice.of_failure(ended(arn=arn), Reading()).text
    )


def test_a_rejection_for_another_reason_than_the_auc_is_told_by_that_reason() -> None:
    output = {"DataDate": "2026-11-21", "Auc": 0.96, "AucThreshold": 0.94, "Reason": "Declined"}
    told = notice.of_rejection(ARN, "nightly-retrain", output)
    assert "AUC 0.9600 was good enough, the reason is Declined" in told.text
