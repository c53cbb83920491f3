"""Whatever goes wrong, the engine itself neither hangs nor breaks nor turns back its clock."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from embedded_aws.faults.effects import (
    BareStatus,
    CallEffect,
    Latency,
    LostRequest,
    LostResponse,
    Refusal,
)
from embedded_aws.faults.fault import Fault
from embedded_aws.faults.match import Match
from embedded_aws.faults.occasions import Always, Chance, Every, First, Numbered, Occasion
from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

Make = Callable[..., Any]
HANGS_AFTER_SECONDS = 300
SDK = "arn:aws:states:::aws-sdk"

# Native services and moto's, in three protocols; all are called by the machine below.
OPERATIONS = [
    ("sagemaker", "CreateModelPackageGroup"),
    ("sagemaker", "DescribeModelPackageGroup"),
    ("sqs", "SendMessage"),
    ("iam", "GetRole"),
    ("sagemaker", "*"),
]
MACHINE = {
    "StartAt": "Make",
    "States": {
        "Make": {
            "Type": "Task",
            "Resource": f"{SDK}:sagemaker:createModelPackageGroup",
            "Parameters": {"ModelPackageGroupName.$": "$$.Execution.Name"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Rest"}],
            "TimeoutSeconds": 90,
            "Next": "Rest",
        },
        "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
        "Look": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "Describe",
                    "States": {
                        "Describe": {
                            "Type": "Task",
                            "Resource": f"{SDK}:sagemaker:describeModelPackageGroup",
                            "Parameters": {"ModelPackageGroupName.$": "$$.Execution.Name"},
                            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}],
                            "End": True,
                        }
                    },
                },
                {
                    "StartAt": "Send",
                    "States": {
                        "Send": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::sqs:sendMessage",
                            "Parameters": {"QueueUrl": "", "MessageBody": "made"},
                            "Next": "Ask",
                        },
                        "Ask": {
                            "Type": "Task",
                            "Resource": f"{SDK}:iam:getRole",
                            "Parameters": {"RoleName": "machine"},
                            "ResultPath": None,
                            "End": True,
                        },
                    },
                },
            ],
            "End": True,
        },
    },
}

occasions: st.SearchStrategy[Occasion] = st.one_of(
    st.just(Always()),
    st.builds(First, st.integers(1, 3)),
    st.builds(Every, st.integers(1, 3)),
    st.builds(Numbered, st.frozensets(st.integers(1, 4), min_size=1)),
    st.builds(Chance, st.floats(0, 1), st.integers(0, 9)),
)
effects: st.SearchStrategy[CallEffect] = st.one_of(
    st.builds(Refusal, st.just("ThrottlingException"), st.just("Rate exceeded"), st.just(400)),
    st.builds(Refusal, st.just("ServiceUnavailable"), st.just("later"), st.just(503)),
    st.builds(BareStatus, st.integers(500, 504)),
    st.builds(LostRequest),
    st.builds(LostResponse),
    st.builds(Latency, st.floats(0.1, 200), st.just(60)),
)


@st.composite
def plans(draw: st.DrawFn) -> list[Fault]:
    """Up to four faults."""
    drawn = draw(st.lists(st.tuples(st.sampled_from(OPERATIONS), occasions, effects), max_size=4))
    return [
        Fault(f"fault {number}", Match(*operation), effect, occasion)
        for number, (operation, occasion, effect) in enumerate(drawn)
    ]


@pytest.fixture(scope="module")
def machine_arn(client: Make) -> str:
    stepfunctions = client("stepfunctions")
    definition = json.dumps(MACHINE).replace(
        '"QueueUrl": ""', f'"QueueUrl": "{client("sqs").create_queue(QueueName="q")["QueueUrl"]}"'
    )
    machine = stepfunctions.create_state_machine(
        name="sample", definition=definition, roleArn=make_role(client("iam"), "machine", "states")
    )
    return str(machine["stateMachineArn"])


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    return (f"night-{number}" for number in itertools.count())


def assert_returns(action: Callable[[], object]) -> None:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(HANGS_AFTER_SECONDS)
    assert not thread.is_alive(), "the clock waits for something that never ends"


def assert_dated(answer: dict[str, Any], since: datetime, until: datetime) -> None:
    """The answer's Date, which is cut to the second, is the virtual clock's."""
    stamped = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert since - timedelta(seconds=1) <= stamped <= until


@given(plan=plans())
@settings(max_examples=15, deadline=None)
def test_an_execution_under_any_faults_comes_to_an_end_in_order(
    aws: Instance, client: Make, machine_arn: str, names: Iterator[str], plan: list[Fault]
) -> None:
    stepfunctions, before = client("stepfunctions"), aws.clock.now()
    aws.faults.add(*plan)
    started = stepfunctions.start_execution(stateMachineArn=machine_arn, name=next(names))
    assert_returns(lambda: aws.clock.advance_to(before))
    aws.faults.clear()
    arn = {"executionArn": started["executionArn"]}
    ended = stepfunctions.describe_execution(**arn)
    history = stepfunctions.get_execution_history(**arn, maxResults=1000)["events"]
    assert ended["status"] in {"SUCCEEDED", "FAILED"}
    assert "InternalFailure" not in json.dumps(history, default=str)
    stamps = [before, *(event["timestamp"] for event in history), aws.clock.now()]
    # Times in answers are cut to the millisecond, and branches write side by side.
    assert all(b - a >= timedelta(milliseconds=-1) for a, b in itertools.pairwise(stamps))
    assert_dated(ended, before, aws.clock.now())


@given(plan=plans())
@settings(max_examples=8, deadline=None)
def test_every_answer_under_any_faults_is_what_was_scripted_and_dated_by_the_clock(
    aws: Instance, client: Make, plan: list[Fault]
) -> None:
    before = aws.clock.now()
    aws.faults.add(*plan)
    for _ in range(3):
        try:
            answer = client("sagemaker").list_model_package_groups()
        except ClientError as refused:
            answer = refused.response
            assert answer["Error"]["Code"] not in {"InternalFailure", "InternalError"}
        except BotoCoreError:
            continue
        assert_dated(answer, before, aws.clock.now())
    aws.faults.clear()
    assert aws.clock.now() >= before
