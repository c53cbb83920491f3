"""What the application writes where many may read it: its logs and its executions' histories."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.machine.application import STACK_NAME, Application

pytestmark = pytest.mark.slow

SECRETS = {
    "an access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b"),
    "a secret key or a token": re.compile(
        r"(aws_?secret_?access_?key|aws_?session_?token|security-?token|password|passwd)\W{1,4}\w",
        re.IGNORECASE,
    ),
    "a signed request": re.compile(r"X-Amz-(Signature|Credential)|AWS4-HMAC-SHA256", re.IGNORECASE),
    "credentials in a URL": re.compile(r"://[^/\s:@\"']+:[^/\s@\"']+@"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}
PLANTED = (
    "key ASIAIOSFODNN7EXAMPLE of the session",
    '{"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI"}',
    "aws_session_token=IQoJb3JpZ2luX2VjE",
    "https://bucket.s3.amazonaws.com/k?X-Amz-Signature=0f",
    "postgres://fraud:hunter2@db.internal/labels",
    "-----BEGIN RSA PRIVATE KEY-----",
)


def secrets(text: str) -> list[str]:
    """What of a text nobody should read."""
    return [name for name, pattern in SECRETS.items() if pattern.search(text)]


@pytest.mark.parametrize("text", PLANTED)
def test_a_secret_would_be_found(text: str) -> None:
    assert secrets(text)


def messages(application: Application) -> Iterator[tuple[str, str]]:
    """Every event of every log group of the account, with its group."""
    logs = application.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                yield from ((name, event["message"]) for event in events["events"])


@pytest.mark.usefixtures("served")
def test_no_log_tells_a_secret(application: Application) -> None:
    told = list(messages(application))
    groups = {group for group, _ in told}
    assert {f"/aws/vendedlogs/states/{STACK_NAME}-{it}" for it in ("retrain", "rollout")} <= groups
    assert {"/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs"} <= groups
    assert [(group, text) for group, text in told if secrets(text)] == []


@pytest.mark.usefixtures("served")
def test_no_history_of_an_execution_tells_a_secret(application: Application) -> None:
    stepfunctions, told = application.client("stepfunctions"), []
    for machine in ("StateMachineArn", "RolloutStateMachineArn"):
        listed = stepfunctions.list_executions(stateMachineArn=application.outputs[machine])
        for execution in listed["executions"]:
            pages = stepfunctions.get_paginator("get_execution_history").paginate(
                executionArn=execution["executionArn"]
            )
            told += [json.dumps(page["events"], default=str) for page in pages]
    assert len(told) >= 4
    assert [text for text in told if secrets(text)] == []


@pytest.mark.usefixtures("packages")
def test_no_log_tells_a_row_of_the_transactions(application: Application) -> None:
    """Rows have columns of these names; nothing that is logged has any of them as a member."""
    columns = ("transaction_id", "customer_id", "terminal_id", "tx_amount")
    member = re.compile(rf"[\"'](?:{'|'.join(columns)})[\"']\s*:")
    assert [text for _, text in messages(application) if member.search(text)] == []
