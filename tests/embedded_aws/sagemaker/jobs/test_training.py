"""Training jobs as a client of the API meets them."""

from __future__ import annotations

import io
import random
import tarfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import xgboost
from botocore.exceptions import ClientError

TREES = {"num_round": "3", "objective": "binary:logistic", "eval_metric": "logloss,auc"}


def table(rows: int = 60, seed: int = 7) -> str:
    """Label-first CSV whose label depends on the first feature, with some noise."""
    generator = random.Random(seed)  # noqa: S311  # not cryptography
    lines = []
    for _ in range(rows):
        feature, noise = generator.random(), generator.random()
        lines.append(f"{int(feature + 0.4 * noise > 0.7)},{feature:.4f},{noise:.4f}")
    return "\n".join(lines) + "\n"


def channel(name: str, uri: str, content_type: str = "text/csv") -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    return {"ChannelName": name, "DataSource": source, "ContentType": content_type}


@pytest.fixture(scope="module")
def completed(user: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """One request with both channels, and its job's description."""
    request = user.training(
        table(), TREES, VpcConfig={"SecurityGroupIds": ["sg"], "Subnets": ["s"]}
    )
    validation = user.put(f"{request['TrainingJobName']}/validation/part.csv", table(seed=8))
    request["InputDataConfig"].append(channel("validation", validation))
    return request, user.run_training(request)


def test_describe_returns_the_request_as_it_was_made(completed: Any) -> None:
    request, job = completed
    kept = {name: job[name] for name in request}
    specification = {**kept["AlgorithmSpecification"]}
    del specification["MetricDefinitions"]
    assert request == {**kept, "AlgorithmSpecification": specification}


def test_the_job_is_completed_with_its_times(completed: Any) -> None:
    _, job = completed
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
    assert job["CreationTime"] <= job["TrainingStartTime"] <= job["TrainingEndTime"]
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] >= 1


def test_the_secondary_status_went_through_its_phases(completed: Any) -> None:
    _, job = completed
    history = job["SecondaryStatusTransitions"]
    phases = ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert [entry["Status"] for entry in history] == phases
    for before, after in pairwise(history):
        assert before["EndTime"] == after["StartTime"]


def test_the_model_is_where_model_artifacts_says(user: Any, completed: Any) -> None:
    request, job = completed
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    base = request["OutputDataConfig"]["S3OutputPath"]
    assert uri == f"{base}{request['TrainingJobName']}/output/model.tar.gz"
    with tarfile.open(fileobj=io.BytesIO(user.get(uri))) as archive:
        assert archive.getnames() == ["xgboost-model"]


def test_the_artifact_holds_a_booster_that_xgboost_loads(
    user: Any, completed: Any, tmp_path: Path
) -> None:
    _, job = completed
    content = user.get(job["ModelArtifacts"]["S3ModelArtifacts"])
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(tmp_path, filter="data")
    booster = xgboost.Booster()
    # Named, so that XGBoost need not warn that it guesses the format.
    booster.load_model((tmp_path / "xgboost-model").rename(tmp_path / "model.ubj"))
    assert booster.num_boosted_rounds() == 3


def test_the_final_metrics_are_the_last_ones_that_were_printed(user: Any, completed: Any) -> None:
    _, job = completed
    values = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
    assert set(values) == {"train:auc", "validation:auc", "train:logloss", "validation:logloss"}
    messages = user.log("/aws/sagemaker/TrainingJobs", job["TrainingJobName"])
    (last,) = [message for message in messages if message.startswith("[2]#011")]
    assert f"#011validation-auc:{values['validation:auc']:.5f}" in last


def test_describe_shows_the_built_in_metric_definitions(completed: Any) -> None:
    _, job = completed
    names = {each["Name"] for each in job["AlgorithmSpecification"]["MetricDefinitions"]}
    assert {"train:auc", "validation:auc", "validation:logloss"} <= names


def test_a_name_is_taken_even_after_its_job_has_ended(user: Any, completed: Any) -> None:
    request, job = completed
    with pytest.raises(user.sagemaker.exceptions.ResourceInUse) as refused:
        user.sagemaker.create_training_job(**request)
    assert refused.value.response["Error"]["Message"] == (
        "Job name must be unique within an AWS account and region, and a training job with this "
        f"name already exists ({job['TrainingJobArn']})"
    )


def test_what_the_algorithm_says_of_its_failure_is_the_reason(user: Any) -> None:
    job = user.run_training(user.training(table(), {**TREES, "silent": "1"}))
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
    reason = job["FailureReason"]
    assert reason.startswith("AlgorithmError: framework error: \nTraceback")
    assert "Extraneous hyperparameter found: silent" in reason
    assert reason.endswith(", exit code: 1")
    assert "ModelArtifacts" not in job


def test_a_channel_that_is_not_there_fails_the_job(user: Any) -> None:
    request = user.training(table(), TREES)
    request["InputDataConfig"] = [channel("train", "s3://job-bucket/no-such-data/")]
    job = user.run_training(request)
    assert job["FailureReason"].startswith("ClientError: No S3 objects found under S3 URL")
    assert [entry["Status"] for entry in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Downloading",
        "Failed",
    ]


def test_an_image_without_a_stand_in_cannot_be_pulled(user: Any) -> None:
    request = user.training(table(), TREES)
    request["AlgorithmSpecification"]["TrainingImage"] = "unknown/image:1"
    job = user.run_training(request)
    assert job["FailureReason"].startswith("ClientError: Cannot pull algorithm container")
    assert "TrainingTimeInSeconds" not in job


def endless(user: Any, **members: Any) -> dict[str, Any]:
    """A request for a job that saves its model each round and does not end by itself."""
    rounds = {**TREES, "num_round": "1000000", "save_model_on_termination": "true"}
    request: dict[str, Any] = user.training(table(), rounds, **members)
    return request


def test_a_job_that_runs_too_long_is_stopped(user: Any) -> None:
    job = user.run_training(endless(user, StoppingCondition={"MaxRuntimeInSeconds": 1}))
    assert job["TrainingJobStatus"] == "Stopped"
    assert job["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert "FailureReason" not in job


def test_a_stopped_job_keeps_the_model_that_it_has_so_far(user: Any, aws: Any) -> None:
    request = endless(user)
    name = request["TrainingJobName"]
    user.sagemaker.create_training_job(**request)
    folder = aws.environment.settings.scratch / "sagemaker"
    user.until(lambda: list(folder.glob(f"{name}-*/**/xgboost-model")), bool)
    user.sagemaker.stop_training_job(TrainingJobName=name)
    job = user.ended_training(name)
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
    statuses = [entry["Status"] for entry in job["SecondaryStatusTransitions"]]
    assert statuses[-2:] == ["Stopping", "Stopped"]
    assert user.get(job["ModelArtifacts"]["S3ModelArtifacts"])


def spread(user: Any, tables: list[str], hosts: int) -> Any:
    """A request for several hosts that share a train channel of several objects."""
    request = user.training("", TREES)
    for number, text in enumerate(tables):
        uri = user.put(f"{request['TrainingJobName']}/parts/{number}.csv", text)
    train = channel("train", uri.rpartition("/")[0])
    train["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
    replicated = user.put(f"{request['TrainingJobName']}/validation/v.csv", table(seed=8))
    request["InputDataConfig"] = [train, channel("validation", replicated)]
    request["ResourceConfig"]["InstanceCount"] = hosts
    return request


@pytest.fixture(scope="module")
def together(user: Any) -> tuple[dict[str, Any], list[str]]:
    """Two hosts that trained one model, each on its own half; the job and all that it printed."""
    job = user.run_training(spread(user, [table(seed=1), table(seed=2)], hosts=2))
    return job, user.logs_of("/aws/sagemaker/TrainingJobs", job["TrainingJobName"])


def test_two_hosts_train_one_model_and_the_first_one_saves_it(user: Any, together: Any) -> None:
    job, _ = together
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    content = user.get(job["ModelArtifacts"]["S3ModelArtifacts"])
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert archive.getnames() == ["xgboost-model"]


def test_hosts_that_train_together_boost_as_one(together: Any) -> None:
    """Each round has one value of a metric, over the data of both, as the tracker prints it."""
    job, messages = together
    values = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
    assert set(values) == {"train:auc", "validation:auc", "train:logloss", "validation:logloss"}
    (last,) = [message for message in messages if "[2]#011" in message]
    assert f"validation-auc:{values['validation:auc']:.5f}" in last
    matrices = [message for message in messages if "train matrix has 60 rows" in message]
    assert len(matrices) == 2


def test_a_host_without_data_sits_out_and_the_others_train(user: Any) -> None:
    """S3DataSource: with more hosts than objects "some nodes won't get any data"."""
    job = user.run_training(spread(user, [table()], hosts=2))
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    messages = user.logs_of("/aws/sagemaker/TrainingJobs", job["TrainingJobName"])
    assert any("Host algo-2 does not have training data" in message for message in messages)
    assert user.get(job["ModelArtifacts"]["S3ModelArtifacts"])


def test_a_job_that_has_ended_cannot_be_stopped(user: Any, completed: Any) -> None:
    _, job = completed
    with pytest.raises(ClientError, match="the training job is in status Completed"):
        user.sagemaker.stop_training_job(TrainingJobName=job["TrainingJobName"])


def test_an_unknown_job_is_a_validation_error(user: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found"):
        user.sagemaker.describe_training_job(TrainingJobName="nobody")


def test_metrics_of_a_built_in_algorithm_cannot_be_redefined(user: Any) -> None:
    request = user.training(table(), TREES)
    request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "a", "Regex": "b"}]
    with pytest.raises(ClientError, match="You can't override the metric definitions"):
        user.sagemaker.create_training_job(**request)


@pytest.mark.parametrize("member", ["InstanceType", "InstanceCount", "VolumeSizeInGB"])
def test_what_the_model_leaves_optional_and_the_service_needs_is_demanded(
    user: Any, member: str
) -> None:
    request = user.training(table(), TREES)
    del request["ResourceConfig"][member]
    with pytest.raises(ClientError, match=f"ValidationException.*ResourceConfig.{member}"):
        user.sagemaker.create_training_job(**request)


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("CheckpointConfig", {"CheckpointConfig": {"S3Uri": "s3://job-bucket/checkpoints"}}),
        ("EnableManagedSpotTraining=True", {"EnableManagedSpotTraining": True}),
        ("HyperParameters.sagemaker_program", {"HyperParameters": {"sagemaker_program": "x.py"}}),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(user: Any, path: str, members: Any) -> None:
    request = user.training(table(), TREES) | members
    with pytest.raises(ClientError, match=f"ValidationException.*does not support {path}"):
        user.sagemaker.create_training_job(**request)


def test_jobs_are_listed_by_name_and_status(user: Any, completed: Any) -> None:
    _, job = completed
    name = job["TrainingJobName"]
    # The names of later jobs may contain it, as that of job 10 has job 1's.
    listed = {
        status: [
            it
            for it in user.sagemaker.list_training_jobs(NameContains=name, StatusEquals=status)[
                "TrainingJobSummaries"
            ]
            if it["TrainingJobName"] == name
        ]
        for status in ("Completed", "Failed")
    }
    (summary,) = listed["Completed"]
    assert summary == {
        member: job[member]
        for member in (
            "TrainingJobName",
            "TrainingJobArn",
            "TrainingJobStatus",
            "SecondaryStatus",
            "CreationTime",
            "LastModifiedTime",
            "TrainingEndTime",
        )
    }
    assert listed["Failed"] == []
