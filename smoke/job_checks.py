"""Doubts about Step Functions and SageMaker's jobs."""

from __future__ import annotations

import json
from typing import Any

from smoke.evidence import Evidence
from smoke.finding import Checks, Finding, refusal

CHECKS = Checks[Evidence]()
_MILLISECONDS_OF_2020 = 1_577_836_800_000


@CHECKS.of("scheduled-start")
def scheduled_start(seen: Evidence) -> Finding:
    """Scheduler may assume the role, and its instant names the data date."""
    return Finding(seen.is_scheduled, f"execution {seen.night.described['name']}")


@CHECKS.of("sync-output")
def sync_output(seen: Evidence) -> Finding:
    """The members that the machine reads are there, instants are milliseconds, tags a map."""
    features, training = seen.night.answered("Evaluate"), seen.night.answered("TrainXGB")
    uri = features["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    instants = [features["CreationTime"], training["CreationTime"]]
    is_milliseconds = all(isinstance(it, int) and it > _MILLISECONDS_OF_2020 for it in instants)
    tags = features.get("Tags")
    is_named = bool(features["ProcessingJobName"] and training["TrainingJobName"])
    return Finding(
        is_named and is_milliseconds and isinstance(tags, dict),
        f"CreationTime {instants[0]}, Tags a {type(tags).__name__}, {uri}",
    )


@CHECKS.of("optimised-members")
def optimised_members(seen: Evidence) -> Finding:
    """The optimised integration hands on MaxPendingTimeInSeconds."""
    name = seen.night.answered("TrainXGB")["TrainingJobName"]
    told = seen.sagemaker.describe_training_job(TrainingJobName=name)["StoppingCondition"]
    return Finding("MaxPendingTimeInSeconds" in told, json.dumps(told))


@CHECKS.of("exit-message")
def exit_message(seen: Evidence) -> Finding:
    """What a job's container writes to its message is told by DescribeProcessingJob."""
    told = _featurise_job(seen, seen.night).get("ExitMessage", "")
    return Finding(bool(told), told or "no ExitMessage")


@CHECKS.of("failed-job-cause")
def failed_job_cause(seen: Evidence) -> Finding:
    """A failed job is States.TaskFailed, whose cause has the reason by which it is classified."""
    details = seen.failed.of_state("Featurise", "TaskFailed")[-1]["taskFailedEventDetails"]
    reason = json.loads(details["cause"])["FailureReason"]
    classified = '"AlgorithmError:' in details["cause"]
    return Finding(details["error"] == "States.TaskFailed" and classified, f"{reason[:80]}")


@CHECKS.of("stopped-job")
def stopped_job(seen: Evidence) -> Finding:
    """A job that was stopped fails its night, whichever way .sync tells of it."""
    failed = seen.stopped.of_state("Featurise", "TaskFailed")
    told = failed[-1]["taskFailedEventDetails"]["error"] if failed else "a success"
    error = seen.stopped.described.get("error", "")
    ends = {"JobStopped", "JobNotCompleted"}
    return Finding(error in ends, f".sync told {told}; the night ended as {error}")


@CHECKS.of("redrive-resumes")
def redrive_resumes(seen: Evidence) -> Finding:
    """A redriven night runs its job again, under a new name, with the variables that it had."""
    asked = seen.redriven.asked("Featurise")["ProcessingJobName"]
    before = seen.failed.asked("Featurise")["ProcessingJobName"]
    expected = before.replace("-r0-", "-r1-")
    return Finding(asked == expected != before, asked)


@CHECKS.of("taken-job-name")
def taken_job_name(seen: Evidence) -> Finding:
    """The name of a job is taken for good."""
    told = refusal(seen.sagemaker.create_processing_job, **seen.night.asked("Featurise"))
    return Finding(told.startswith("ResourceInUse"), told or "a second job of the name")


@CHECKS.of("client-token")
def client_token(seen: Evidence) -> Finding:
    """A repeated CreateModelPackage with the same token registers nothing twice."""
    again = seen.sagemaker.create_model_package(**seen.night.asked("RegisterIfGoodEnough"))
    arn = again["ModelPackageArn"]
    if arn != seen.package_arn:
        seen.sagemaker.delete_model_package(ModelPackageName=arn)
    return Finding(arn == seen.package_arn, arn)


@CHECKS.of("night-output")
def night_output(seen: Evidence) -> Finding:
    """An execution's output is text without blanks, in which a rule looks for the decision."""
    output = str(seen.night.described["output"])
    return Finding('"Decision":"Registered"' in output, output[:80])


def _featurise_job(seen: Evidence, run: Any) -> dict[str, Any]:  # noqa: ANN401
    name = run.asked("Featurise")["ProcessingJobName"]
    described: dict[str, Any] = seen.sagemaker.describe_processing_job(ProcessingJobName=name)
    return described
