"""The unmodified AWS command line reaches every service of an instance.

What it does to stacks is in ``embedded_aws/cloudformation``, and to a deployed application in
``machine``.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Cli = Callable[..., str]
Asked = Callable[..., Any]
ROLE = "arn:aws:iam::123456789012:role/tools"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {
            "Service": [f"{it}.amazonaws.com" for it in ("lambda", "states", "scheduler")]
        },
        "Action": "sts:AssumeRole",
    },
}
ALLOWED_ALL = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
# Fails as long as the parameter says so: what a redrive is for.
DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Read",
    "States": {
        "Read": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
            "Arguments": {"Name": "/tools/found-late"},
            "Output": "{% $states.result.Parameter.Value %}",
            "End": True,
        }
    },
}
HANDLER = "def handler(event, _):\n    print('seen', event)\n    return event\n"


@pytest.fixture(scope="module")
def role(asked: Asked) -> str:
    """A role that Lambda, Step Functions and the scheduler may assume, made by the CLI."""
    named = "--role-name", "tools"
    asked("iam", "create-role", *named, "--assume-role-policy-document", json.dumps(TRUST))
    policy = "--policy-name", "all", "--policy-document", json.dumps(ALLOWED_ALL)
    asked("iam", "put-role-policy", *named, *policy)
    return ROLE


def test_sts_tells_who_calls(asked: Asked) -> None:
    assert asked("sts", "get-caller-identity")["Account"] == "123456789012"


def test_s3_copies_lists_synchronises_and_removes(cli: Cli, home: Path) -> None:
    folder = home / "partitions"
    for day in ("1", "2"):
        (folder / f"dt={day}").mkdir(parents=True)
        (folder / f"dt={day}" / "part.csv").write_text(day)
    cli("s3", "mb", "s3://tools")
    cli("s3", "cp", "partitions/dt=1/part.csv", "s3://tools/one.csv")
    assert cli("s3", "cp", "s3://tools/one.csv", "-") == "1"
    # By size, for the files have the machine's time and the objects the virtual one.
    sync = "s3", "sync", "partitions", "s3://tools/lake", "--size-only"
    assert cli(*sync).count("upload: ") == 2
    assert cli(*sync) == ""
    listed = cli("s3", "ls", "s3://tools/lake/", "--recursive").split()
    assert {it for it in listed if it.endswith(".csv")} == {
        "lake/dt=1/part.csv",
        "lake/dt=2/part.csv",
    }
    cli("s3", "rb", "s3://tools", "--force")
    assert "tools" not in cli("s3", "ls")


def test_lambda_runs_a_function_and_logs_filters_what_it_said(
    asked: Asked, home: Path, role: str
) -> None:
    with zipfile.ZipFile(home / "echo.zip", "w") as package:
        package.writestr("echo.py", HANDLER)
    asked(
        *("lambda", "create-function", "--function-name", "echo", "--role", role),
        *("--runtime", "python3.13", "--handler", "echo.handler", "--zip-file", "fileb://echo.zip"),
    )
    (home / "event.json").write_text('{"night": 1}')
    invoke = "lambda", "invoke", "--function-name", "echo", "--payload", "fileb://event.json"
    assert asked(*invoke, "--log-type", "Tail", "answer.json")["StatusCode"] == 200
    assert json.loads((home / "answer.json").read_text()) == {"night": 1}
    group = "/aws/lambda/echo"
    # What a function says arrives after its answer.
    while not asked("logs", "describe-log-groups", "--log-group-name-prefix", group)["logGroups"]:
        continue
    found = "logs", "filter-log-events", "--log-group-name", group, "--filter-pattern", "seen"
    while not (events := asked(*found)["events"]):
        continue
    assert [it["message"].strip() for it in events] == ["seen {'night': 1}"]


def test_stepfunctions_starts_describes_reads_and_redrives_an_execution(
    asked: Asked, role: str
) -> None:
    machine = asked(
        *("stepfunctions", "create-state-machine", "--name", "tools", "--role-arn", role),
        *("--definition", json.dumps(DEFINITION)),
    )["stateMachineArn"]
    started = asked("stepfunctions", "start-execution", "--state-machine-arn", machine)
    execution = "--execution-arn", started["executionArn"]
    assert settled(asked, execution)["error"] == "Ssm.ParameterNotFoundException"
    parameter = "--name", "/tools/found-late", "--value", "here", "--type", "String"
    asked("ssm", "put-parameter", *parameter)
    asked("stepfunctions", "redrive-execution", *execution)
    assert json.loads(settled(asked, execution)["output"]) == "here"
    history = asked("stepfunctions", "get-execution-history", *execution)["events"]
    assert [it["type"] for it in history if "Redriven" in it["type"]] == ["ExecutionRedriven"]


def settled(asked: Asked, execution: tuple[str, ...]) -> Any:
    """An execution's description, once it no longer runs."""
    described = asked("stepfunctions", "describe-execution", *execution)
    while described["status"] == "RUNNING":
        described = asked("stepfunctions", "describe-execution", *execution)
    return described


def test_scheduler_keeps_a_schedule(asked: Asked, sqs: Asked, role: str) -> None:
    queue = sqs("create-queue", "--queue-name", "nightly")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:123456789012:{queue.rpartition('/')[2]}"
    asked(
        *("scheduler", "create-schedule", "--name", "nightly"),
        *("--schedule-expression", "cron(0 2 * * ? *)", "--flexible-time-window", "Mode=OFF"),
        *("--target", json.dumps({"Arn": arn, "RoleArn": role})),
    )
    assert asked("scheduler", "get-schedule", "--name", "nightly")["State"] == "ENABLED"


def test_sns_and_sqs_hand_a_message_on(asked: Asked, sqs: Asked) -> None:
    topic = asked("sns", "create-topic", "--name", "tools")["TopicArn"]
    queue = sqs("create-queue", "--queue-name", "tools")["QueueUrl"]
    sqs("send-message", "--queue-url", queue, "--message-body", "hello")
    received = sqs("receive-message", "--queue-url", queue)["Messages"]
    assert [it["Body"] for it in received] == ["hello"]
    assert topic in {it["TopicArn"] for it in asked("sns", "list-topics")["Topics"]}


def test_events_keeps_a_rule(asked: Asked) -> None:
    pattern = json.dumps({"source": ["aws.sagemaker"]})
    asked("events", "put-rule", "--name", "jobs", "--event-pattern", pattern)
    assert asked("events", "describe-rule", "--name", "jobs")["EventPattern"] == pattern


def test_cloudwatch_keeps_a_metric(asked: Asked, cli: Cli) -> None:
    named = "--namespace", "Tools", "--metric-name", "Rows"
    cli("cloudwatch", "put-metric-data", *named, "--value", "3")
    assert len(asked("cloudwatch", "list-metrics", *named)["Metrics"]) == 1


def test_kms_encrypts_and_decrypts(asked: Asked, home: Path) -> None:
    key = asked("kms", "create-key")["KeyMetadata"]["KeyId"]
    (home / "secret").write_text("secret")
    sealed = asked("kms", "encrypt", "--key-id", key, "--plaintext", "fileb://secret")
    (home / "sealed").write_bytes(base64.b64decode(sealed["CiphertextBlob"]))
    opened = asked("kms", "decrypt", "--key-id", key, "--ciphertext-blob", "fileb://sealed")
    assert base64.b64decode(opened["Plaintext"]) == b"secret"


def test_ecr_keeps_a_repository(asked: Asked) -> None:
    asked("ecr", "create-repository", "--repository-name", "images")
    listed = asked("ecr", "describe-repositories")["repositories"]
    assert [it["repositoryName"] for it in listed] == ["images"]


def test_sagemaker_describes_what_it_made_and_walks_its_lineage(asked: Asked) -> None:
    asked(
        *("sagemaker", "create-model-package-group", "--model-package-group-name", "tools"),
        *("--tags", "Key=team,Value=fraud"),
    )
    listed = asked("sagemaker", "list-model-package-groups", "--name-contains", "tools")
    assert len(listed["ModelPackageGroupSummaryList"]) == 1
    data, model = (
        asked(
            *("sagemaker", "create-artifact", "--artifact-type", kind),
            *("--source", f"SourceUri=s3://lake/{kind}"),
        )["ArtifactArn"]
        for kind in ("DataSet", "Model")
    )
    asked("sagemaker", "add-association", "--source-arn", data, "--destination-arn", model)
    start = "--start-arns", model, "--direction", "Ascendants"
    edges = asked("sagemaker", "query-lineage", *start)["Edges"]
    assert [(it["SourceArn"], it["DestinationArn"]) for it in edges] == [(data, model)]
