"""The life of jobs in virtual time: durations, waits for capacity, retries, and their fates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from embedded_aws.clock import Clock
from embedded_aws.instance import serve
from embedded_aws.sagemaker.jobs.durations import JobDuration, JobDurations
from embedded_aws.sagemaker.jobs.failures import CAPACITY_ERROR, INTERNAL_SERVER_ERROR
from embedded_aws.sagemaker.jobs.fates import Fate
from embedded_aws.settings import Settings

LONG_SECONDS = 720
A_DAY = timedelta(days=1)
ROWS = "".join(f"{n % 2},{n % 2 + n / 100}\n" for n in range(20))
ROUNDS = {"num_round": "1", "objective": "binary:logistic", "save_model_on_termination": "true"}
GPU = {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10}
OUTPUTS = {
    "Outputs": [
        {
            "OutputName": "out",
            "S3Output": {
                "S3Uri": "s3://job-bucket/simulated/",
                "LocalPath": "/opt/ml/processing/out",
                "S3UploadMode": "EndOfJob",
            },
        }
    ]
}


class Script:
    """Fates of jobs, one for each attempt."""

    def __init__(self) -> None:
        self.fates: dict[tuple[str, str], list[Fate]] = {}

    def write(self, request: Any, *fates: Fate) -> None:
        (kind,) = {"Processing", "Training"} & {key.removesuffix("JobName") for key in request}
        self.fates[kind, request[f"{kind}JobName"]] = list(fates)

    def fate_of(self, job_name: str, kind: str, _: Any) -> Fate | None:
        left = self.fates.get((kind, job_name))
        return left.pop(0) if left else None


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def user(
    tmp_path_factory: pytest.TempPathFactory, user_of: Callable[..., Any], script: Script
) -> Iterator[Any]:
    """A user of an instance where jobs named ``long-...`` last twelve minutes."""
    durations = JobDurations((JobDuration(LONG_SECONDS, name="long-*"),))
    settings = Settings(
        scratch=tmp_path_factory.mktemp("run"),
        job_durations=durations,
        instance_quotas={"ml.c5.xlarge for processing job usage": 2},
    )
    with serve(settings, script) as instance:
        yield user_of(instance)


def processing(user: Any, *command: str, prefix: str = "", **members: Any) -> Any:
    """A request that runs a command."""
    request = user.processing("", **members)
    request["AppSpecification"]["ContainerEntrypoint"] = list(command or ("true",))
    return request | {"ProcessingJobName": prefix + request["ProcessingJobName"]}


def run_processing(user: Any, request: Any) -> Any:
    user.sagemaker.create_processing_job(**request)
    return user.ended_processing(request["ProcessingJobName"])


def training(user: Any, prefix: str = "", **members: Any) -> Any:
    request = user.training(ROWS, ROUNDS, **members)
    return request | {"TrainingJobName": prefix + request["TrainingJobName"]}


@contextmanager
def standing(clock: Clock) -> Iterator[None]:
    """Let no virtual time pass."""
    clock.pause()
    try:
        yield
    finally:
        clock.resume()


def exact_processing(user: Any, request: Any) -> Any:
    """A processing job that has ended, and whose own work took no time."""
    with standing(user.clock):
        user.sagemaker.create_processing_job(**request)
        user.clock.advance_to(user.clock.now() + A_DAY)
    return user.ended_processing(request["ProcessingJobName"])


def exact_training(user: Any, request: Any) -> Any:
    """A training job that has ended, and whose own work took no time."""
    with standing(user.clock):
        user.sagemaker.create_training_job(**request)
        user.clock.advance_to(user.clock.now() + A_DAY)
    return user.ended_training(request["TrainingJobName"])


def phases(job: Any) -> list[str]:
    return [entry["Status"] for entry in job["SecondaryStatusTransitions"]]


def seconds(since: datetime, until: datetime) -> int:
    return round((until - since).total_seconds())


def test_a_job_lasts_as_long_as_it_is_said_to(user: Any) -> None:
    job = exact_processing(user, processing(user, prefix="long-"))
    assert job["ProcessingJobStatus"] == "Completed"
    assert seconds(job["CreationTime"], job["ProcessingEndTime"]) == LONG_SECONDS


def test_the_secondary_status_changes_on_the_way(user: Any) -> None:
    job = exact_training(user, training(user, "long-"))
    history = job["SecondaryStatusTransitions"]
    lasted = {entry["Status"]: seconds(entry["StartTime"], entry["EndTime"]) for entry in history}
    assert lasted == {
        "Starting": 180, "Downloading": 36, "Training": 468, "Uploading": 36, "Completed": 0
    }  # fmt: skip
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] == 540


def test_the_longest_run_time_is_one_of_virtual_time(user: Any) -> None:
    """It counts from the job's start on an instance, after a quarter of its duration."""
    request = processing(
        user, prefix="long-", StoppingCondition={"MaxRuntimeInSeconds": 300},
        ProcessingOutputConfig=OUTPUTS,
    )  # fmt: skip
    job = exact_processing(user, request)
    assert job["ProcessingJobStatus"] == "Stopped"
    assert seconds(job["CreationTime"], job["ProcessingEndTime"]) == 180 + 300
    assert "FailureReason" not in job
    assert user.keys("simulated/") == []


def test_a_job_without_capacity_waits_and_fails(user: Any, script: Script) -> None:
    request = training(user)
    fate = Fate(pending_seconds=1800, failure_reason=CAPACITY_ERROR)
    script.write(request, fate)
    job = exact_training(user, request)
    assert phases(job) == ["Starting", "Pending", "Failed"]
    assert job["FailureReason"] == CAPACITY_ERROR
    assert seconds(job["CreationTime"], job["TrainingEndTime"]) == 1800
    assert "TrainingStartTime" not in job
    assert "BillableTimeInSeconds" not in job


def test_a_capacity_error_is_not_retried(user: Any, script: Script) -> None:
    """API reference, RetryStrategy: "when a training job fails due to an InternalServerError"."""
    request = training(user, RetryStrategy={"MaximumRetryAttempts": 3})
    script.write(request, Fate(failure_reason=CAPACITY_ERROR))
    assert phases(user.run_training(request)) == ["Starting", "Failed"]


def test_accelerated_instances_are_waited_for_no_longer_than_asked(
    user: Any, script: Script
) -> None:
    """API reference, StoppingCondition: pending "before it is stopped"."""
    stopping = {"MaxRuntimeInSeconds": 60, "MaxPendingTimeInSeconds": 7200}
    request = training(user, ResourceConfig=GPU, StoppingCondition=stopping)
    script.write(request, Fate(pending_seconds=9000))
    job = exact_training(user, request)
    assert phases(job) == ["Starting", "Pending", "Stopping", "Stopped"]
    assert seconds(job["CreationTime"], job["TrainingEndTime"]) == 7200


def test_the_pending_limit_has_no_effect_on_cpu_instances(user: Any, script: Script) -> None:
    """API reference, StoppingCondition: "no effect on jobs that request CPU-only"."""
    stopping = {"MaxRuntimeInSeconds": 60, "MaxPendingTimeInSeconds": 7200}
    request = training(user, StoppingCondition=stopping)
    fate = Fate(pending_seconds=9000, failure_reason=CAPACITY_ERROR)
    script.write(request, fate)
    job = exact_training(user, request)
    assert job["TrainingJobStatus"] == "Failed"
    assert seconds(job["CreationTime"], job["TrainingEndTime"]) == 9000


@pytest.mark.slow
def test_a_service_fault_is_retried_within_the_job(user: Any, script: Script) -> None:
    """API reference, RetryStrategy: "SecondaryStatus is changed to STARTING"."""
    request = training(user, RetryStrategy={"MaximumRetryAttempts": 2})
    lost = Fate(failure_reason=INTERNAL_SERVER_ERROR)
    later = Fate(failure_reason=INTERNAL_SERVER_ERROR, after_seconds=400)
    script.write(request, lost, later)
    job = user.run_training(request)
    assert job["TrainingJobStatus"] == "Completed"
    assert "FailureReason" not in job
    assert phases(job) == [
        "Starting",
        *("Starting", "Downloading", "Training"),
        *("Starting", "Downloading", "Training", "Uploading", "Completed"),
    ]
    assert job["TrainingTimeInSeconds"] >= 400


def test_retries_come_to_an_end(user: Any, script: Script) -> None:
    request = training(user, RetryStrategy={"MaximumRetryAttempts": 2})
    lost = Fate(failure_reason=INTERNAL_SERVER_ERROR)
    script.write(request, *[lost] * 4)
    job = user.run_training(request)
    assert job["FailureReason"] == INTERNAL_SERVER_ERROR
    assert phases(job) == ["Starting"] * 3 + ["Failed"]


def test_a_fate_strikes_when_its_time_has_come(user: Any, script: Script) -> None:
    """Even a job whose work is done by then."""
    request = processing(user)
    fate = Fate(failure_reason=INTERNAL_SERVER_ERROR, after_seconds=300)
    script.write(request, fate)
    job = exact_processing(user, request)
    assert job["FailureReason"] == INTERNAL_SERVER_ERROR
    assert seconds(job["CreationTime"], job["ProcessingEndTime"]) == 300


def test_containers_can_be_killed_while_they_run(user: Any, script: Script) -> None:
    request = processing(user, "sleep", "1000")
    script.write(request, Fate(kill=True, after_seconds=0.2))
    job = run_processing(user, request)
    assert job["FailureReason"] == "AlgorithmError: , exit code: 137"


def test_a_job_that_waits_for_capacity_can_be_stopped(user: Any, script: Script) -> None:
    request = training(user)
    name = request["TrainingJobName"]
    script.write(request, Fate(pending_seconds=1_000_000))
    user.clock.pause()
    user.sagemaker.create_training_job(**request)
    while (
        user.sagemaker.describe_training_job(TrainingJobName=name)["SecondaryStatus"] != "Pending"
    ):
        pass
    user.sagemaker.stop_training_job(TrainingJobName=name)
    user.clock.resume()
    job = user.ended_training(name)
    assert phases(job) == ["Starting", "Pending", "Stopping", "Stopped"]
    assert seconds(job["CreationTime"], job["TrainingEndTime"]) == 0


def test_a_role_that_went_away_meanwhile_fails_the_job(user: Any, script: Script) -> None:
    role_arn = user.role("brief")
    request = processing(user) | {"RoleArn": role_arn}
    script.write(request, Fate(pending_seconds=60))
    with standing(user.clock):
        user.sagemaker.create_processing_job(**request)
        user.iam.delete_role(RoleName="brief")
    job = user.ended_processing(request["ProcessingJobName"])
    assert job["FailureReason"].startswith(f"ClientError: Could not assume role {role_arn}")


def test_a_quota_counts_the_instances_of_jobs_that_have_not_ended(
    user: Any, script: Script
) -> None:
    """Public issues quote the text; the name is the one in Service Quotas."""
    first, second = processing(user), processing(user)
    for request in (first, second):
        cluster = request["ProcessingResources"]["ClusterConfig"]
        cluster |= {"InstanceType": "ml.c5.xlarge", "InstanceCount": 2}
    script.write(first, Fate(pending_seconds=1_000_000))
    with standing(user.clock):
        user.sagemaker.create_processing_job(**first)
        with pytest.raises(user.sagemaker.exceptions.ResourceLimitExceeded) as refused:
            user.sagemaker.create_processing_job(**second)
        user.sagemaker.stop_processing_job(ProcessingJobName=first["ProcessingJobName"])
    assert refused.value.response["Error"]["Message"].startswith(
        "The account-level service limit 'ml.c5.xlarge for processing job usage' is 2 Instances, "
        "with current utilization of 2 Instances and a request delta of 2 Instances."
    )
    user.ended_processing(first["ProcessingJobName"])
    assert run_processing(user, second)["ProcessingJobStatus"] == "Completed"
