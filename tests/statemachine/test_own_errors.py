"""What a function itself raises: final, unless it waits for lineage that is not there yet."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.instance import Instance
from embedded_aws.testing import make_role
from tests.statemachine import lone_calls
from tests.statemachine.lone_calls import FUNCTION_STATES, LAGGING, REFUSING, UNAVAILABLE

OWN_ERRORS = {
    LAGGING: ("LineageNotReady", {"Record": 16}),
    UNAVAILABLE: ("LineageUnavailable", {"Record": 16, "Trigger": 11}),
    REFUSING: ("InvalidInput", {}),
}
"""How often states try again, by how their names begin; no other state does."""


@pytest.fixture(scope="module")
def machine_arn(client: Callable[[str], Any]) -> str:
    lone_calls.furnish(client)
    created = client("stepfunctions").create_state_machine(
        name="night",
        definition=json.dumps(lone_calls.definition()),
        roleArn=make_role(client("iam"), "night", "states"),
    )
    return str(created["stateMachineArn"])


@pytest.mark.parametrize("function", OWN_ERRORS)
def test_what_a_function_refuses_is_final_and_only_lineage_is_waited_for(
    aws: Instance, client: Callable[[str], Any], machine_arn: str, function: str
) -> None:
    stepfunctions = client("stepfunctions")
    started = {
        state: stepfunctions.start_execution(
            stateMachineArn=machine_arn, input=json.dumps({"State": state, "Function": function})
        )["executionArn"]
        for state in FUNCTION_STATES
    }
    aws.clock.advance_to(aws.clock.now())
    error, retries = OWN_ERRORS[function]
    for state, arn in started.items():
        described = stepfunctions.describe_execution(executionArn=arn)
        history = stepfunctions.get_execution_history(executionArn=arn)["events"]
        tries = sum(event["type"] == "TaskScheduled" for event in history)
        expected = 1 + sum(it for name, it in retries.items() if state.startswith(name))
        assert (described["error"], tries) == (error, expected), state
