"""State machines that stand in for the night's, for tests of the commands around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ops.stack import Stack

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
QUEUES = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
}
NIGHT_MINUTES = 10
NIGHT: Mapping[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "PrepareNight",
    "States": {
        "PrepareNight": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sqs:getQueueUrl",
            "Arguments": {
                "QueueName": (
                    "{% $states.context.StateMachine.Name & '-' & $states.input.DataDate %}"
                )
            },
            "Next": "Featurise",
        },
        "Featurise": {"Type": "Wait", "Seconds": NIGHT_MINUTES * 60, "End": True},
    },
}
"""A night that lasts ten minutes, and fails at once unless ``deliver`` made what it reads."""


def create_machine(client: Callable[[str], Any], name: str, definition: Mapping[str, Any]) -> str:
    """A machine with a role of its own that may use queues; its ARN."""
    iam = client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName=name, PolicyName="queues", PolicyDocument=json.dumps(QUEUES))
    created = client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=role["Role"]["Arn"]
    )
    return str(created["stateMachineArn"])


def deliver(client: Callable[[str], Any], machine_arn: str, data_date: str) -> None:
    """Make what the stand-in for a night reads."""
    machine = machine_arn.rsplit(":", 1)[1]
    client("sqs").create_queue(QueueName=f"{machine}-{data_date}")


def stack_of(machine_arn: str, **outputs: str) -> Stack:
    """A stack of nothing but a machine, and what else is named."""
    others = dict.fromkeys(Stack.__dataclass_fields__, "none") | outputs
    return Stack(
        **others | {"state_machine_arn": machine_arn, "state_machine_alias_arn": machine_arn}
    )
