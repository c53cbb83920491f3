"""Runs state machines on a serving instance and waits, in virtual time, for their end."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

ROLE_NAME = "machine"
ROLE_ARN = f"arn:aws:iam::123456789012:role/{ROLE_NAME}"


@dataclass(frozen=True)
class Outcome:
    """An execution that has ended, or waits for something that nobody does."""

    client: Any
    arn: str

    @property
    def record(self) -> dict[str, Any]:
        return self.client.describe_execution(executionArn=self.arn)

    @property
    def output(self) -> Any:
        record = self.record
        assert record["status"] == "SUCCEEDED", (record.get("error"), record.get("cause"))
        return json.loads(record["output"])

    @property
    def events(self) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("get_execution_history").paginate(executionArn=self.arn)
        return [event for page in pages for event in page["events"]]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def seconds(self) -> float:
        record = self.record
        return (record["stopDate"] - record["startDate"]).total_seconds()


class Machines:
    """Makes state machines under names of their own, and runs them."""

    def __init__(self, aws: Instance, client: Any) -> None:
        self.aws = aws
        self.client = client
        self._numbers = itertools.count()

    def create(self, definition: dict[str, Any], **more: Any) -> str:
        answer = self.client.create_state_machine(
            name=f"machine-{next(self._numbers)}",
            definition=json.dumps(definition),
            roleArn=ROLE_ARN,
            **more,
        )
        return str(answer["stateMachineArn"])

    def run(self, definition: dict[str, Any], state_input: Any = None, **more: Any) -> Outcome:
        return self.start(self.create(definition), state_input, **more)

    def start(self, arn: str, state_input: Any = None, **more: Any) -> Outcome:
        text = json.dumps({} if state_input is None else state_input)
        started = self.client.start_execution(stateMachineArn=arn, input=text, **more)
        self.settle()
        return Outcome(self.client, started["executionArn"])

    def settle(self) -> None:
        """Let virtual time run on until nothing works and nothing waits for its turn."""
        clock = self.aws.environment.clock
        clock.advance_to(clock.now())


@pytest.fixture(scope="module")
def machines(aws: Instance, client: Callable[[str], Any]) -> Machines:
    make_role(client("iam"), ROLE_NAME, "states", "lambda", "sagemaker")
    return Machines(aws, client("stepfunctions"))


@pytest.fixture(scope="module")
def open_queue(machines: Machines, client: Callable[[str], Any]) -> Callable[[str], str]:
    """Makes queues that any service may send to; their URLs."""
    assert machines
    sqs = client("sqs")

    def make(name: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]},
            "Action": "sqs:SendMessage",
            "Resource": f"arn:aws:sqs:us-east-1:123456789012:{name}",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        answer = sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps(policy)})
        return str(answer["QueueUrl"])

    return make


@pytest.fixture(scope="session")
def jsonata() -> Callable[..., dict[str, Any]]:
    """Makes a JSONata machine that starts at its first state."""

    def make(states: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **more}

    return make
