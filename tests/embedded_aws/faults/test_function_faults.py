"""Faults of functions: their processes are killed or stop answering, at a chosen moment."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

Make = Callable[..., Any]

SOURCE = """
import boto3, time
from botocore.config import Config

once = Config(retries={"total_max_attempts": 1})
sagemaker = boto3.client("sagemaker", config=once)

def handler(event, context):
    for name in event.get("groups", ()):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)
    time.sleep(event.get("sleep_seconds", 0))
    return "done"
"""


@pytest.fixture(scope="module")
def function(client: Make) -> str:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("app.py", SOURCE)
    client("lambda").create_function(
        FunctionName="worker",
        Runtime="python3.13",
        Role=make_role(client("iam"), "worker", "lambda"),
        Handler="app.handler",
        Code={"ZipFile": buffer.getvalue()},
        Timeout=300,
    )
    return "worker"


@pytest.fixture
def invoke(client: Make, function: str) -> Callable[..., Any]:
    """Invoke the function; what it answers, an error document included."""

    def invoke(**event: Any) -> Any:
        payload = json.dumps(event).encode()
        answer = client("lambda").invoke(FunctionName=function, Payload=payload)
        return json.load(answer["Payload"])

    return invoke


@pytest.fixture
def made(client: Make) -> Callable[[str], list[str]]:
    """The groups that the function made, by a prefix of their names."""

    def made(prefix: str) -> list[str]:
        found = client("sagemaker").list_model_package_groups(NameContains=prefix)
        return sorted(it["ModelPackageGroupName"] for it in found["ModelPackageGroupSummaryList"])

    return made


def assert_killed(answer: Any) -> None:
    assert answer["errorType"] == "Runtime.ExitError"
    assert answer["errorMessage"].endswith("Runtime exited with error: signal: killed")


def test_a_function_that_is_killed_at_its_start_never_sees_its_event(
    script: Make, struck: Make, invoke: Make, made: Make
) -> None:
    script("lambda", "Invoke", "kill_function", resource="*:worker", calls={"first": 1})
    assert_killed(invoke(groups=["unseen"]))
    assert made("unseen") == []
    assert [firing.operation for firing in struck()] == ["Invoke"]
    assert invoke() == "done"


def test_a_function_is_killed_after_a_while_of_its_work(
    script: Make, struck: Make, invoke: Make
) -> None:
    script("lambda", "Invoke", {"kill_function": {"after_ms": 30}})
    assert_killed(invoke(sleep_seconds=60))
    assert len(struck()) == 1


def test_a_function_that_ends_before_it_would_be_killed_is_not(
    script: Make, struck: Make, invoke: Make
) -> None:
    script("lambda", "Invoke", {"kill_function": {"after_ms": 600_000}})
    assert invoke() == "done"
    assert struck() == []


def test_a_function_that_stops_answering_runs_out_of_its_time_in_virtual_time(
    aws: Instance, script: Make, struck: Make, invoke: Make, made: Make
) -> None:
    script("lambda", "Invoke", "time_out_function")
    before = aws.clock.now()
    answer = invoke(groups=["unanswered"])
    assert answer["errorType"] == "Sandbox.Timedout"
    assert answer["errorMessage"].endswith("Task timed out after 300.00 seconds")
    # More may have passed: whatever an earlier test left to be tried again falls due, too.
    assert aws.clock.now() - before >= timedelta(seconds=300)
    assert made("unanswered") == []
    assert len(struck()) == 1


@pytest.mark.parametrize(
    ("when", "done"), [("before", ["before-1"]), ("after", ["after-1", "after-2"])]
)
def test_a_function_is_killed_at_a_call_that_it_makes(
    script: Make, struck: Make, invoke: Make, made: Make, when: str, done: list[str]
) -> None:
    script(
        "sagemaker", "CreateModelPackageGroup", {"kill_caller": {"when": when}},
        calls={"numbers": [2]},
    )  # fmt: skip
    assert_killed(invoke(groups=[f"{when}-{number}" for number in (1, 2, 3)]))
    assert made(when) == done
    assert [firing.resource for firing in struck()] == [f"{when}-2"]


def test_a_function_is_killed_at_a_call_that_is_refused(
    client: Make, script: Make, struck: Make, invoke: Make
) -> None:
    client("sagemaker").create_model_package_group(ModelPackageGroupName="taken")
    script("sagemaker", "CreateModelPackageGroup", {"kill_caller": {"when": "after"}})
    assert_killed(invoke(groups=["taken"]))
    assert len(struck()) == 1


def test_only_a_functions_call_can_be_its_last(script: Make, struck: Make, client: Make) -> None:
    script("sagemaker", "CreateModelPackageGroup", "kill_caller")
    client("sagemaker").create_model_package_group(ModelPackageGroupName="by-a-user")
    assert struck() == []


def test_a_functions_time_runs_while_it_waits_for_a_slow_answer(
    aws: Instance, script: Make, invoke: Make
) -> None:
    script(
        "sagemaker", "CreateModelPackageGroup",
        {"latency": {"seconds": 200, "read_timeout_seconds": 600}},
    )  # fmt: skip
    before = aws.clock.now()
    assert invoke(groups=["slow-1", "slow-2"])["errorType"] == "Sandbox.Timedout"
    assert aws.clock.now() - before >= timedelta(seconds=300)


def test_each_attempt_at_an_asynchronous_event_counts_for_itself(
    aws: Instance, script: Make, struck: Make, client: Make, function: str, made: Make
) -> None:
    """Lambda tries an event three times; here the third one is let through."""
    script("lambda", "Invoke", "kill_function", calls={"first": 2})
    payload = json.dumps({"groups": ["at-last"]}).encode()
    client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    aws.clock.advance_to(aws.clock.now() + timedelta(minutes=10))
    assert [firing.number for firing in struck()] == [1, 2]
    assert made("at-last") == ["at-last"]
