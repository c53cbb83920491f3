"""Processing jobs as a client of the API meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

OUT = "/opt/ml/processing/output"
WRITE_FILE = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
WAIT_FOREVER = "import signal; signal.pause()"


def source(uri: str, path: str = "/opt/ml/processing/input/source", **members: str) -> Any:
    s3_input = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": "source", "S3Input": s3_input | members}


def outputs(uri: str) -> dict[str, Any]:
    output = {"S3Uri": uri, "LocalPath": OUT, "S3UploadMode": "EndOfJob"}
    return {"Outputs": [{"OutputName": "out", "S3Output": output}]}


def listing_of(folder: str) -> str:
    """A script whose exit message lists the files that it finds beneath a folder."""
    return (
        "import pathlib, sys\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "found = sorted(str(p.relative_to(root)) for p in root.rglob('*') if p.is_file())\n"
        f"pathlib.Path(sys.argv[2]).write_text(' '.join(found))  # of {folder}\n"
    )


def files_seen(user: Any, job_input: Any) -> list[str]:
    folder = job_input["S3Input"]["LocalPath"]
    job = user.run_processing(
        listing_of(folder), inputs=[job_input], arguments=[folder, "/opt/ml/output/message"]
    )
    assert job["ProcessingJobStatus"] == "Completed"
    return job.get("ExitMessage", "").split()


def test_a_job_that_exits_with_zero_is_completed(user: Any) -> None:
    job = user.run_processing("pass")
    assert job["ProcessingJobStatus"] == "Completed"
    assert "FailureReason" not in job
    assert job["CreationTime"] <= job["ProcessingStartTime"] <= job["ProcessingEndTime"]


def test_describe_returns_the_request_as_it_was_made(user: Any) -> None:
    request = user.processing(
        "pass",
        Environment={"KEY": "value"},
        NetworkConfig={"EnableNetworkIsolation": True},
        ExperimentConfig={"TrialComponentDisplayName": "display"},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
        ProcessingOutputConfig={"KmsKeyId": "key", **outputs("s3://job-bucket/verbatim/")},
    )
    arn = user.sagemaker.create_processing_job(**request)["ProcessingJobArn"]
    job = user.ended_processing(request["ProcessingJobName"])
    assert request == {name: job[name] for name in request}
    assert arn == job["ProcessingJobArn"]
    assert arn.endswith(f":processing-job/{request['ProcessingJobName']}")


def test_an_arn_is_in_lower_case_and_the_name_is_taken_in_any(user: Any) -> None:
    request = {**user.processing("pass"), "ProcessingJobName": "Night"}
    arn = user.sagemaker.create_processing_job(**request)["ProcessingJobArn"]
    assert arn.endswith(":processing-job/night")
    assert user.ended_processing("Night")["ProcessingJobName"] == "Night"
    with pytest.raises(ClientError, match="ResourceInUse"):
        user.sagemaker.create_processing_job(**{**request, "ProcessingJobName": "night"})


def test_a_name_is_taken_even_after_its_job_has_ended(user: Any) -> None:
    request = user.processing("pass")
    arn = user.sagemaker.create_processing_job(**request)["ProcessingJobArn"]
    user.ended_processing(request["ProcessingJobName"])
    with pytest.raises(user.sagemaker.exceptions.ResourceInUse) as refused:
        user.sagemaker.create_processing_job(**request)
    assert refused.value.response["Error"]["Message"] == (
        "Job name must be unique within an AWS account and region, and a job with this name "
        f"already exists ({arn})"
    )


def test_a_non_zero_exit_fails_the_job_with_its_code(user: Any) -> None:
    job = user.run_processing("raise SystemExit(3)")
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: , exit code: 3"


def test_a_program_that_is_killed_has_dockers_exit_code(user: Any) -> None:
    job = user.run_processing("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert job["FailureReason"] == "AlgorithmError: , exit code: 137"


def test_an_entrypoint_that_is_not_there_fails_the_job(user: Any) -> None:
    request = user.processing("pass")
    request["AppSpecification"]["ContainerEntrypoint"] = ["/opt/ml/no-such-program"]
    user.sagemaker.create_processing_job(**request)
    job = user.ended_processing(request["ProcessingJobName"])
    assert job["FailureReason"] == "AlgorithmError: , exit code: 127"


def test_an_image_without_a_stand_in_cannot_be_pulled(user: Any) -> None:
    request = user.processing("pass")
    request["AppSpecification"]["ImageUri"] = "unknown/image:1"
    user.sagemaker.create_processing_job(**request)
    job = user.ended_processing(request["ProcessingJobName"])
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Cannot pull algorithm container")
    assert "ProcessingStartTime" not in job


def test_the_exit_message_is_what_the_container_wrote_for_it(user: Any) -> None:
    job = user.run_processing(WRITE_FILE, arguments=["/opt/ml/output/message", "all is well"])
    assert job["ExitMessage"] == "all is well"


def test_a_failed_job_has_its_exit_message_too(user: Any) -> None:
    script = f"{WRITE_FILE}; raise SystemExit(1)"
    job = user.run_processing(script, arguments=["/opt/ml/output/message", "SourceMismatch: x"])
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["ExitMessage"] == "SourceMismatch: x"


def test_the_exit_message_is_cut_after_a_kilobyte_and_never_within_a_character(user: Any) -> None:
    script = "import sys; open(sys.argv[1], 'w').write('x' + 'ä' * 1000)"
    job = user.run_processing(script, arguments=["/opt/ml/output/message"])
    assert job["ExitMessage"] == "x" + "ä" * 511


def test_an_exit_message_that_is_not_utf_8_fails_the_job(user: Any) -> None:
    script = r"import sys; open(sys.argv[1], 'wb').write(b'\xff\xfe')"
    job = user.run_processing(script, arguments=["/opt/ml/output/message"])
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: ")


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


def test_output_that_cannot_be_uploaded_fails_the_job(user: Any) -> None:
    config = outputs("s3://no-such-bucket/x/")
    job = user.run_processing(
        WRITE_FILE, arguments=[f"{OUT}/x", "x"], ProcessingOutputConfig=config
    )
    assert job["FailureReason"].startswith("ClientError: Artifact upload failed:")


def test_the_environment_holds_the_jobs_own_variables_with_paths_rewritten(user: Any) -> None:
    job = user.run_processing(
        "import os, sys\n"
        "assert os.path.isdir(os.environ['WHERE'].rstrip(':'))\n"
        "open(sys.argv[1], 'w').write(os.environ['WHERE'] + os.getcwd())\n",
        arguments=["/opt/ml/output/message"],
        Environment={"WHERE": "/opt/ml/processing:"},
    )
    assert job["ExitMessage"] == "/opt/ml/processing:/"


def test_python_finds_modules_on_the_jobs_pythonpath_and_not_this_project(user: Any) -> None:
    request = user.processing("import embedded_aws")
    user.sagemaker.create_processing_job(**request)
    assert user.ended_processing(request["ProcessingJobName"])["ProcessingJobStatus"] == "Failed"
    request = user.processing(
        "found = True", Environment={"PYTHONPATH": "/opt/ml/processing/input/code"}
    )
    request["AppSpecification"]["ContainerEntrypoint"] = ["python3", "-m", "script"]
    user.sagemaker.create_processing_job(**request)
    job = user.ended_processing(request["ProcessingJobName"])
    assert job["ProcessingJobStatus"] == "Completed"


def test_the_container_finds_its_configuration(user: Any) -> None:
    script = (
        "import json, pathlib, sys\n"
        "config = pathlib.Path(sys.argv[1])\n"
        "job = json.loads((config / 'processingjobconfig.json').read_text())\n"
        "hosts = json.loads((config / 'resourceconfig.json').read_text())\n"
        "text = json.dumps([job['ProcessingJobName'], hosts])\n"
        "pathlib.Path(sys.argv[2]).write_text(text)\n"
    )
    job = user.run_processing(script, arguments=["/opt/ml/config", "/opt/ml/output/message"])
    name, hosts = json.loads(job["ExitMessage"])
    assert name == job["ProcessingJobName"]
    assert hosts == {"current_host": "algo-1", "hosts": ["algo-1"]}


def test_a_program_reaches_s3_under_the_jobs_role(user: Any) -> None:
    script = (
        "import boto3, sys\n"
        "arn = boto3.client('sts').get_caller_identity()['Arn']\n"
        "open(sys.argv[1], 'w').write(arn)\n"
    )
    job = user.run_processing(script, arguments=["/opt/ml/output/message"])
    assert job["ExitMessage"].endswith(":assumed-role/jobs/SageMaker")


def test_output_of_the_program_is_in_cloudwatch_logs(user: Any) -> None:
    job = user.run_processing("import sys; print('a\\tb'); print('error', file=sys.stderr)")
    messages = user.log("/aws/sagemaker/ProcessingJobs", job["ProcessingJobName"])
    assert sorted(messages) == ["a#011b", "error"]


def test_a_job_can_be_stopped(user: Any) -> None:
    ready = "import sys, signal; open(sys.argv[1], 'w').write('ready'); signal.pause()"
    request = user.processing(ready, arguments=["/opt/ml/output/message"])
    name = request["ProcessingJobName"]
    user.sagemaker.create_processing_job(**request)
    user.until(
        lambda: user.sagemaker.describe_processing_job(ProcessingJobName=name),
        lambda job: "ProcessingStartTime" in job,
    )
    user.sagemaker.stop_processing_job(ProcessingJobName=name)
    job = user.ended_processing(name)
    assert job["ProcessingJobStatus"] == "Stopped"
    assert "FailureReason" not in job


def test_a_job_that_runs_too_long_is_stopped(user: Any) -> None:
    job = user.run_processing(WAIT_FOREVER, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert job["ProcessingJobStatus"] == "Stopped"


def test_a_job_that_has_ended_cannot_be_stopped(user: Any) -> None:
    job = user.run_processing("pass")
    with pytest.raises(ClientError, match=r"ValidationException.*in status Completed"):
        user.sagemaker.stop_processing_job(ProcessingJobName=job["ProcessingJobName"])


def test_an_unknown_job_is_a_validation_error(user: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Could not find requested job"):
        user.sagemaker.describe_processing_job(ProcessingJobName="nobody")


def test_a_deleted_job_is_gone_and_its_name_free(user: Any) -> None:
    request = user.processing("pass")
    name = request["ProcessingJobName"]
    user.sagemaker.create_processing_job(**request)
    user.ended_processing(name)
    user.sagemaker.delete_processing_job(ProcessingJobName=name)
    with pytest.raises(ClientError, match="Could not find requested job"):
        user.sagemaker.describe_processing_job(ProcessingJobName=name)
    user.sagemaker.create_processing_job(**request)
    user.ended_processing(name)


def test_a_job_that_runs_cannot_be_deleted(user: Any) -> None:
    request = user.processing(WAIT_FOREVER)
    name = request["ProcessingJobName"]
    user.sagemaker.create_processing_job(**request)
    with pytest.raises(user.sagemaker.exceptions.ResourceInUse):
        user.sagemaker.delete_processing_job(ProcessingJobName=name)
    user.sagemaker.stop_processing_job(ProcessingJobName=name)
    user.ended_processing(name)


def test_a_job_carries_the_tags_of_its_request(user: Any) -> None:
    tags = [{"Key": "AWS_STEP_FUNCTIONS_EXECUTION_ARN", "Value": "arn"}]
    job = user.run_processing("pass", Tags=tags)
    assert user.sagemaker.list_tags(ResourceArn=job["ProcessingJobArn"])["Tags"] == tags


def test_a_local_path_outside_the_contract_is_refused(user: Any) -> None:
    request = user.processing("pass", inputs=[source("s3://job-bucket/x", "/etc")])
    with pytest.raises(ClientError, match=r"ValidationException.*must lie under"):
        user.sagemaker.create_processing_job(**request)


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


def test_no_local_path_shows_in_logs_and_exit_messages(user: Any) -> None:
    """The sandbox stands for the root of the container's file system."""
    script = "import sys; open(sys.argv[1], 'w').write(sys.argv[1]); open('/opt/ml/none/x')"
    job = user.run_processing(script, arguments=["/opt/ml/output/message"])
    assert job["ExitMessage"] == "/opt/ml/output/message"
    messages = user.log("/aws/sagemaker/ProcessingJobs", job["ProcessingJobName"])
    assert any('File "/opt/ml/processing/input/code/script.py"' in message for message in messages)
