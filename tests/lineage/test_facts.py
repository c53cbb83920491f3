from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from lineage.errors import JobNotCompleted, LineageNotReady, PackageFailed
from lineage.facts import Night, Package, iso_time
from lineage.job_facts import ProcessingJob, TrainingJob
from lineage.results import FeatureSummary
from tests.lineage import builders

NIGHT = builders.a_night()
JOBS = builders.the_jobs(NIGHT)


@pytest.mark.parametrize(
    ("operation", "response"),
    [
        ("DescribeProcessingJob", JOBS.featurise),
        ("DescribeProcessingJob", JOBS.evaluate),
        ("DescribeTrainingJob", JOBS.train),
        ("DescribeModelPackage", builders.a_package(NIGHT)),
    ],
)
def test_the_built_documents_are_legal_responses(operation: str, response: Any) -> None:
    """What these tests parse is what botocore's model says boto3 returns."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    shape = model.operation_model(operation).output_shape
    report = ParamValidator().validate(response, shape)
    assert not report.has_errors(), report.generate_report()
    assert set(response) <= set(shape.members)


def test_a_processing_job_has_its_uris_by_name() -> None:
    job = ProcessingJob.parse(JOBS.featurise)
    assert job.inputs["source"] == NIGHT["Dataset"]["ManifestUri"]
    assert set(job.outputs) == {"train", "validation", "holdout", "summary"}


def test_a_training_job_has_its_channels_metrics_and_model() -> None:
    job = TrainingJob.parse(JOBS.train)
    assert set(job.channels) == {"train", "validation"}
    assert job.metrics == {"train:auc": 0.9912, "validation:auc": 0.9607}
    assert job.model_uri.endswith("/output/model.tar.gz")


def test_a_training_job_without_metrics_is_still_a_training_job() -> None:
    described = {key: value for key, value in JOBS.train.items() if key != "FinalMetricDataList"}
    assert TrainingJob.parse(described).metrics == {}


@pytest.mark.parametrize("status", ["InProgress", "Failed", "Stopping", "Stopped"])
def test_a_job_that_did_not_complete_is_refused_with_its_reason(status: str) -> None:
    failed = {
        **JOBS.train,
        "TrainingJobStatus": status,
        "FailureReason": "AlgorithmError: no rows",
    }
    with pytest.raises(JobNotCompleted, match=f"train.* is {status}: AlgorithmError: no rows"):
        TrainingJob.parse(failed)


def test_a_stopped_job_without_any_reason_is_refused_too() -> None:
    stopped = {**JOBS.evaluate, "ProcessingJobStatus": "Stopped"}
    del stopped["ExitMessage"]
    with pytest.raises(JobNotCompleted, match="SageMaker gives no reason"):
        ProcessingJob.parse(stopped)


def test_a_night_knows_its_dataset_and_code() -> None:
    night = Night.parse(NIGHT)
    assert night.dataset.size_bytes == 2_048
    assert night.code.digest == "c0de" * 16


def test_a_summary_counts_rows_by_channel() -> None:
    summary = FeatureSummary.parse(builders.a_summary(NIGHT))
    assert [channel.rows for channel in summary.channels.values()] == [57_540, 9_590, 66_012]


def test_a_package_whose_image_digest_is_unknown_has_none() -> None:
    package = builders.a_package(NIGHT)
    del package["InferenceSpecification"]["Containers"][0]["ImageDigest"]
    assert Package.parse(package).image_digest is None


@pytest.mark.parametrize("status", ["Pending", "InProgress"])
def test_a_package_that_is_still_being_registered_is_not_ready(status: str) -> None:
    with pytest.raises(LineageNotReady, match=f"fraud-classifier/7 is {status}"):
        Package.parse({**builders.a_package(NIGHT), "ModelPackageStatus": status})


def test_a_package_that_failed_is_refused_with_its_reason() -> None:
    failed = {
        **builders.a_package(NIGHT),
        "ModelPackageStatus": "Failed",
        "ModelPackageStatusDetails": {
            "ValidationStatuses": [
                {"Name": "image", "Status": "Failed", "FailureReason": "no such image"}
            ]
        },
    }
    with pytest.raises(PackageFailed, match="is Failed: no such image"):
        Package.parse(failed)


def test_times_are_in_utc_to_the_second() -> None:
    tokyo = timezone(timedelta(hours=9))
    instant = datetime(2026, 11, 22, 2, 0, 0, 999, tzinfo=tokyo)
    assert iso_time(instant) == "2026-11-21T17:00:00Z"
