"""Execution logs in CloudWatch Logs, as recorded on AWS for LocalStack's test_logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clock import Clock
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.reading import read_faults

FAILING = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Boom", "Cause": "hot"}}}


@pytest.fixture
def logged(
    machines: Any, client: Callable[[str], Any], clock: Clock, request: pytest.FixtureRequest
) -> Any:
    """Runs a definition with a logging level; what is in the log then."""
    logs = client("logs")
    group = f"/aws/vendedlogs/states/{request.node.name}"
    logs.create_log_group(logGroupName=group)

    def run(
        definition: Any, level: str, *, data: bool = False, seconds: float = 0
    ) -> list[dict[str, Any]]:
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"
        logging = {
            "level": level,
            "includeExecutionData": data,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
        }
        outcome = machines.start(machines.create(definition, loggingConfiguration=logging))
        clock.advance_to(clock.now() + timedelta(seconds=seconds))
        events = logs.filter_log_events(logGroupName=group)["events"]
        messages = [json.loads(event["message"]) for event in events]
        assert {message["execution_arn"] for message in messages} <= {outcome.arn}
        return messages

    return run


def test_every_event_is_logged_without_its_data(logged: Any) -> None:
    messages = logged(FAILING, "ALL")
    assert [(m["id"], m["previous_event_id"], m["type"]) for m in messages] == [
        ("1", "0", "ExecutionStarted"),
        ("2", "0", "FailStateEntered"),
        ("3", "2", "ExecutionFailed"),
    ]
    assert [message["details"] for message in messages] == [
        {"roleArn": "arn:aws:iam::123456789012:role/machine"},
        {"name": "F"},
        {"cause": "hot", "error": "Boom"},
    ]
    assert {message["redrive_count"] for message in messages} == {"0"}


def test_data_is_logged_if_asked_for(logged: Any) -> None:
    entered = logged(FAILING, "ALL", data=True)[1]
    assert entered["details"] == {
        "input": "{}",
        "inputDetails": {"truncated": False},
        "name": "F",
    }


def test_the_fatal_level_logs_how_executions_end_badly(logged: Any) -> None:
    assert [message["type"] for message in logged(FAILING, "FATAL")] == ["ExecutionFailed"]


def test_a_success_is_not_fatal(logged: Any) -> None:
    assert logged({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}, "FATAL") == []


def test_the_error_level_logs_failures_that_are_caught(logged: Any) -> None:
    state = {
        "Type": "Parallel",
        "Branches": [FAILING],
        "Catch": [{"ErrorEquals": ["Boom"], "Next": "S"}],
        "End": True,
    }
    definition = {"StartAt": "P", "States": {"P": state, "S": {"Type": "Succeed"}}}
    assert [message["type"] for message in logged(definition, "ERROR")] == ["ParallelStateFailed"]


def test_level_off_logs_nothing(logged: Any) -> None:
    assert logged(FAILING, "OFF") == []


def test_a_request_that_gets_lost_loses_no_log(logged: Any, faults: FaultPlan) -> None:
    fault = {
        "service": "logs",
        "operation": "PutLogEvents",
        "caller": "aws",
        "calls": {"first": 1},
        "effect": "lose_request",
    }
    faults.add(*read_faults(json.dumps({"faults": [fault]})))
    assert len(logged(FAILING, "ALL", seconds=10)) == 3
    assert not faults.unused


@pytest.mark.parametrize("lacking", ["DescribeResourcePolicies", "DescribeLogGroups"])
def test_a_role_that_may_not_look_for_the_log_group_is_refused(
    machines: Any, client: Callable[[str], Any], lacking: str
) -> None:
    """Guide "Using CloudWatch Logs to log execution history"; message as seen on AWS."""
    assert machines
    iam, name, group = client("iam"), f"lacks-{lacking}", f"/states/lacks-{lacking}"
    client("logs").create_log_group(logGroupName=group)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": f"logs:{lacking}", "Resource": "*"},
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}]}
    request = {"definition": json.dumps(FAILING), "roleArn": role["Role"]["Arn"]}
    states = client("stepfunctions")
    made = states.create_state_machine(name=name, **request)["stateMachineArn"]
    logged = {"roleArn": request["roleArn"], "loggingConfiguration": logging}
    create = partial(states.create_state_machine, name=f"{name}-logged", **request)
    update = partial(states.update_state_machine, stateMachineArn=made)
    for call in (create, update):
        with pytest.raises(ClientError, match="not authorized to access the Log Dest") as refused:
            call(**logged)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
