"""Processing jobs with more than one instance."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded_aws.sagemaker.jobs.processing_requests import (
    OUT,
    outputs,
    source,
)

COUNT_AND_TELL = """
import json, pathlib, sys
source, out, config, message = map(pathlib.Path, sys.argv[1:])
cluster = json.loads((config / "resourceconfig.json").read_text())
me = cluster["current_host"]
(out / f"{me}.txt").write_text(" ".join(sorted(file.name for file in source.iterdir())))
message.write_text(f"{me} of {len(cluster['hosts'])};")
"""


def on_two_hosts(user: Any, script: str, **members: Any) -> Any:
    request = user.processing(script, **members)
    request["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = 2
    user.sagemaker.create_processing_job(**request)
    return user.ended_processing(request["ProcessingJobName"])


@pytest.fixture(scope="module")
def shared_work(user: Any) -> Any:
    """A job of two hosts that share three objects, and tell what they got."""
    for name in "abc":
        user.put(f"shared/{name}", name)
    return on_two_hosts(
        user,
        COUNT_AND_TELL,
        inputs=[source("s3://job-bucket/shared/", S3DataDistributionType="ShardedByS3Key")],
        arguments=[
            "/opt/ml/processing/input/source", OUT, "/opt/ml/config", "/opt/ml/output/message"
        ],
        ProcessingOutputConfig=outputs("s3://job-bucket/shared-out/"),
    )  # fmt: skip


def test_each_host_gets_a_part_of_a_sharded_input(user: Any, shared_work: Any) -> None:
    """ProcessingS3Input: ShardedByS3Key; the code, FullyReplicated, reached both."""
    assert shared_work["ProcessingJobStatus"] == "Completed"
    parts = [user.get(f"s3://job-bucket/shared-out/algo-{n}.txt").split() for n in (1, 2)]
    assert sorted(parts, key=len, reverse=True) == [[b"a", b"c"], [b"b"]]


def test_the_outputs_of_all_hosts_are_uploaded(user: Any, shared_work: Any) -> None:
    assert shared_work["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 2
    assert user.keys("shared-out/") == ["algo-1.txt", "algo-2.txt"]


def test_the_exit_messages_of_all_hosts_are_joined(shared_work: Any) -> None:
    """Page "byoc-metadata": the contents of several containers are concatenated, then cut."""
    assert shared_work["ExitMessage"] == "algo-1 of 2;algo-2 of 2;"


def test_a_host_that_fails_fails_the_job_and_ends_the_others(user: Any) -> None:
    script = (
        "import json, signal, sys\n"
        "me = json.load(open(sys.argv[1]))['current_host']\n"
        "sys.exit(3) if me == 'algo-2' else signal.pause()\n"
    )
    job = on_two_hosts(user, script, arguments=["/opt/ml/config/resourceconfig.json"])
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: , exit code: 3"
