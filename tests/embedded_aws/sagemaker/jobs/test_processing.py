"""Processing jobs as a client of the API meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.sagemaker.jobs.processing_requests import (
    WRITE_FILE,
    outputs,
    source,
)


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


def test_a_job_carries_the_tags_of_its_request(user: Any) -> None:
    tags = [{"Key": "AWS_STEP_FUNCTIONS_EXECUTION_ARN", "Value": "arn"}]
    job = user.run_processing("pass", Tags=tags)
    assert user.sagemaker.list_tags(ResourceArn=job["ProcessingJobArn"])["Tags"] == tags


def test_a_local_path_outside_the_contract_is_refused(user: Any) -> None:
    request = user.processing("pass", inputs=[source("s3://job-bucket/x", "/etc")])
    with pytest.raises(ClientError, match=r"ValidationException.*must lie under"):
        user.sagemaker.create_processing_job(**request)


def test_no_local_path_shows_in_logs_and_exit_messages(user: Any) -> None:
    """The sandbox stands for the root of the container's file system."""
    script = "import sys; open(sys.argv[1], 'w').write(sys.argv[1]); open('/opt/ml/none/x')"
    job = user.run_processing(script, arguments=["/opt/ml/output/message"])
    assert job["ExitMessage"] == "/opt/ml/output/message"
    messages = user.log("/aws/sagemaker/ProcessingJobs", job["ProcessingJobName"])
    assert any('File "/opt/ml/processing/input/code/script.py"' in message for message in messages)
