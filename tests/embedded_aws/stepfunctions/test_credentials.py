"""Tasks that act under a role of their own, which the machine's role assumes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

MACHINE_ROLE = "arn:aws:iam::123456789012:role/machine"
TASK_ROLE = "arn:aws:iam::123456789012:role/of-a-task"
WHO = "arn:aws:states:::aws-sdk:sts:getCallerIdentity"


@pytest.fixture(scope="module")
def _task_role(machines: Any, client: Callable[[str], Any]) -> None:
    assert machines
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": MACHINE_ROLE}, "Action": "sts:AssumeRole"}
        ],
    }
    client("iam").create_role(RoleName="of-a-task", AssumeRolePolicyDocument=json.dumps(trust))


@pytest.mark.parametrize("role_arn", [TASK_ROLE, "{% $states.input.role %}"])
@pytest.mark.usefixtures("_task_role")
def test_a_task_calls_under_the_role_in_its_credentials(
    machines: Any, jsonata: Any, role_arn: str
) -> None:
    """Recording of the detail: test_cross_account_service_lambda_invoke."""
    task = {"Type": "Task", "Resource": WHO, "Arguments": {}, "End": True}
    state = {**task, "Credentials": {"RoleArn": role_arn}}
    outcome = machines.run(jsonata({"T": state}), {"role": TASK_ROLE})
    assert outcome.output["Arn"].startswith("arn:aws:sts::123456789012:assumed-role/of-a-task/")
    scheduled = outcome.events[2]["taskScheduledEventDetails"]
    assert scheduled["taskCredentials"] == {"roleArn": TASK_ROLE}


@pytest.mark.usefixtures("_task_role")
def test_jsonpath_takes_the_role_from_a_path(machines: Any) -> None:
    """Recording: test_cross_account_states_start_sync_execution, ROLE_ARN_PATH."""
    credentials = {"RoleArn.$": "$.role"}
    state = {"Type": "Task", "Resource": WHO, "Credentials": credentials, "Parameters": {}}
    definition = {"StartAt": "T", "States": {"T": {**state, "End": True}}}
    outcome = machines.run(definition, {"role": TASK_ROLE})
    assert ":assumed-role/of-a-task/" in outcome.output["Arn"]


def test_without_credentials_it_is_the_machines_role(machines: Any, jsonata: Any) -> None:
    task = {"Type": "Task", "Resource": WHO, "Arguments": {}, "End": True}
    outcome = machines.run(jsonata({"T": task}))
    assert ":assumed-role/machine/" in outcome.output["Arn"]
    assert "taskCredentials" not in outcome.events[2]["taskScheduledEventDetails"]


def test_a_role_that_is_none_fails_the_state(machines: Any, jsonata: Any) -> None:
    task = {"Type": "Task", "Resource": WHO, "Arguments": {}, "End": True}
    state = {**task, "Credentials": {"RoleArn": "{% 'nobody' %}"}}
    record = machines.run(jsonata({"T": state})).record
    assert "not the ARN of a role: nobody" in record["cause"]
