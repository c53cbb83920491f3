"""What processing jobs bring from S3, and take there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.testing import make_role
from tests.embedded_aws.sagemaker.jobs.processing_requests import (
    OUT,
    WRITE_FILE,
    files_seen,
    outputs,
    source,
)


def test_a_prefix_brings_every_object_below_it_with_its_relative_path(user: Any) -> None:
    user.put("tree/a.txt", "a")
    user.put("tree/dt=1/b.txt", "b")
    expected = ["a.txt", "dt=1/b.txt"]
    assert files_seen(user, source("s3://job-bucket/tree/")) == expected
    assert files_seen(user, source("s3://job-bucket/tree")) == expected


def test_a_uri_that_is_an_object_brings_that_object(user: Any) -> None:
    assert files_seen(user, source(user.put("single/one.json", "{}"))) == ["one.json"]


def test_a_manifest_brings_exactly_its_objects_with_their_relative_paths(user: Any) -> None:
    for key in ("dt=1/a.txt", "dt=2/a.txt", "dt=3/a.txt"):
        user.put(f"listed/{key}", key)
    head = {"prefix": "s3://job-bucket/listed/"}
    manifest = user.put("m/manifest.json", json.dumps([head, "dt=1/a.txt", "dt=3/a.txt"]))
    seen = files_seen(user, source(manifest, S3DataType="ManifestFile"))
    assert seen == ["dt=1/a.txt", "dt=3/a.txt"]


@pytest.mark.parametrize(
    ("uri", "data_type", "reason"),
    [
        ("s3://job-bucket/nothing-here/", "S3Prefix", "No S3 objects found under S3 URL"),
        ("s3://no-such-bucket/x", "S3Prefix", "NoSuchBucket"),
        ("s3://job-bucket/no-manifest.json", "ManifestFile", "NoSuchKey"),
        ("https://job-bucket/x", "S3Prefix", "is not an s3:// URI"),
    ],
)
def test_input_that_is_not_there_fails_the_job(
    user: Any, uri: str, data_type: str, reason: str
) -> None:
    job = user.run_processing("pass", inputs=[source(uri, S3DataType=data_type)])
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: ")
    assert reason in job["FailureReason"]


def test_an_object_that_a_manifest_lists_and_s3_has_not_fails_the_job(user: Any) -> None:
    head = {"prefix": "s3://job-bucket/gone/"}
    manifest = user.put("m/gone.json", json.dumps([head, "x"]))
    job = user.run_processing("pass", inputs=[source(manifest, S3DataType="ManifestFile")])
    assert job["FailureReason"].startswith(
        "ClientError: Data download failed:Unable to download s3://job-bucket/gone/x (NoSuchKey"
    )


def test_a_manifest_cannot_reach_out_of_the_inputs_folder(user: Any) -> None:
    user.put("up/x", "x")
    head = {"prefix": "s3://job-bucket/up/"}
    manifest = user.put("m/up.json", json.dumps([head, "../../../../x"]))
    job = user.run_processing("pass", inputs=[source(manifest, S3DataType="ManifestFile")])
    assert "outside of its folder" in job["FailureReason"]


def test_outputs_are_uploaded_with_their_relative_paths(user: Any) -> None:
    script = (
        "import pathlib, sys\n"
        "out = pathlib.Path(sys.argv[1])\n"
        "(out / 'deep').mkdir()\n"
        "(out / 'deep' / 'file.txt').write_text('deep')\n"
        "(out / 'top.txt').write_text('top')\n"
    )
    config = outputs("s3://job-bucket/uploaded")
    job = user.run_processing(script, arguments=[OUT], ProcessingOutputConfig=config)
    assert job["ProcessingJobStatus"] == "Completed"
    assert user.keys("uploaded/") == ["deep/file.txt", "top.txt"]
    assert user.get("s3://job-bucket/uploaded/deep/file.txt") == b"deep"


def test_a_failed_job_uploads_nothing(user: Any) -> None:
    config = outputs("s3://job-bucket/not-uploaded/")
    script = f"{WRITE_FILE}; raise SystemExit(1)"
    user.run_processing(script, arguments=[f"{OUT}/x", "x"], ProcessingOutputConfig=config)
    assert user.keys("not-uploaded/") == []


def test_outputs_are_encrypted_with_the_jobs_key_if_its_role_may_use_it(
    user: Any, client: Callable[[str], Any]
) -> None:
    key_arn = client("kms").create_key()["KeyMetadata"]["Arn"]
    config = {"KmsKeyId": key_arn, **outputs("s3://job-bucket/encrypted/")}
    asked = {"arguments": [f"{OUT}/x", "x"], "ProcessingOutputConfig": config}
    refused = user.run_processing(WRITE_FILE, **asked)
    assert "not authorized to perform: kms:GenerateDataKey" in refused["FailureReason"]
    actions = ("s3:*", "logs:*", "kms:GenerateDataKey")
    role = make_role(user.iam, "encrypting", "sagemaker", actions=actions)
    job = user.run_processing(WRITE_FILE, RoleArn=role, **asked)
    assert job["ProcessingJobStatus"] == "Completed"
    written = user.s3.head_object(Bucket="job-bucket", Key="encrypted/x")
    assert written["SSEKMSKeyId"] == key_arn


def test_output_that_cannot_be_uploaded_fails_the_job(user: Any) -> None:
    config = outputs("s3://no-such-bucket/x/")
    job = user.run_processing(
        WRITE_FILE, arguments=[f"{OUT}/x", "x"], ProcessingOutputConfig=config
    )
    assert job["FailureReason"].startswith("ClientError: Artifact upload failed:")
