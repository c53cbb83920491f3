"""The API of executions, as a user of boto3 meets it."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

PATIENCE_SECONDS = 30
PASS = {"A": {"Type": "Pass", "End": True}}
DAY = {"A": {"Type": "Wait", "Seconds": 86400, "End": True}}


def refused(code: str, call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    assert error.value.response["Error"]["Code"] == code
    return str(error.value.response["Error"]["Message"])


@pytest.fixture
def still(machines: Any) -> Any:
    """Keeps the clock at real speed, so that a day's wait lasts."""
    with machines.aws.environment.clock.work():
        yield machines


def test_the_same_name_and_input_while_running_is_the_same_execution(
    still: Any, jsonata: Any
) -> None:
    arn = still.create(jsonata(DAY))
    first = still.client.start_execution(stateMachineArn=arn, name="night", input='{"a":1}')
    again = still.client.start_execution(stateMachineArn=arn, name="night", input='{"a":1}')
    assert (again["executionArn"], again["startDate"]) == (
        first["executionArn"],
        first["startDate"],
    )


def test_the_same_name_with_another_input_is_refused(still: Any, jsonata: Any) -> None:
    arn = still.create(jsonata(DAY))
    started = still.client.start_execution(stateMachineArn=arn, name="night", input='{"a":1}')
    message = refused(
        "ExecutionAlreadyExists",
        still.client.start_execution,
        stateMachineArn=arn,
        name="night",
        input='{"a": 1}',
    )
    assert message == f"Execution Already Exists: '{started['executionArn']}'"


def test_a_closed_executions_name_stays_taken(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    machines.start(arn, name="night")
    refused(
        "ExecutionAlreadyExists",
        machines.client.start_execution,
        stateMachineArn=arn,
        name="night",
        input="{}",
    )


@pytest.mark.parametrize("name", ["a b", "a:b", "a/b", "a*", "a{", "a\n", 'a"', "a~"])
def test_a_name_with_a_forbidden_character_is_refused(
    machines: Any, jsonata: Any, name: str
) -> None:
    arn = machines.create(jsonata(PASS))
    call = machines.client.start_execution
    assert refused("InvalidName", call, stateMachineArn=arn, name=name) == f"Invalid Name: '{name}'"


def test_an_execution_without_a_name_gets_one(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    outcome = machines.start(arn)
    assert outcome.arn == f"{arn.replace('stateMachine', 'execution')}:{outcome.record['name']}"
    assert len(outcome.record["name"]) == 36


@pytest.mark.parametrize("text", ["", "not json", "{'a': 1}"])
def test_an_input_that_is_no_json_is_refused(machines: Any, jsonata: Any, text: str) -> None:
    arn = machines.create(jsonata(PASS))
    call = machines.client.start_execution
    message = refused("InvalidExecutionInput", call, stateMachineArn=arn, input=text)
    assert message.startswith("Invalid State Machine Execution Input: '")


def test_an_input_above_256_kib_of_utf8_is_refused(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    text = json.dumps("ü" * 131_072, ensure_ascii=False)
    refused(
        "InvalidExecutionInput", machines.client.start_execution, stateMachineArn=arn, input=text
    )


def test_an_unknown_machine_cannot_be_started(machines: Any) -> None:
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:gone"
    message = refused(
        "StateMachineDoesNotExist", machines.client.start_execution, stateMachineArn=arn
    )
    assert message == f"State Machine Does Not Exist: '{arn}'"


def test_a_description_of_success_has_input_and_output(machines: Any, jsonata: Any) -> None:
    record = machines.run(jsonata(PASS), {"a": 1}).record
    assert (record["status"], record["input"], record["output"]) == (
        "SUCCEEDED",
        '{"a": 1}',
        '{"a":1}',
    )
    assert (record["redriveStatus"], record["redriveStatusReason"]) == (
        "NOT_REDRIVABLE",
        "Execution is SUCCEEDED and cannot be redriven",
    )


def test_a_description_of_metadata_only_has_no_data(machines: Any, jsonata: Any) -> None:
    outcome = machines.run(jsonata(PASS), {"a": 1})
    record = machines.client.describe_execution(
        executionArn=outcome.arn, includedData="METADATA_ONLY"
    )
    assert not {"input", "output"} & record.keys()


def test_an_unknown_execution_cannot_be_described(machines: Any) -> None:
    call = machines.client.describe_execution
    arn = "arn:aws:states:us-east-1:123456789012:execution:gone:gone"
    assert refused("ExecutionDoesNotExist", call, executionArn=arn).endswith(f"'{arn}'")
    refused("InvalidArn", call, executionArn="nonsense")


def test_a_stopped_execution_is_aborted_with_its_reason(still: Any, jsonata: Any) -> None:
    arn = still.create(jsonata(DAY))
    started = still.client.start_execution(stateMachineArn=arn)["executionArn"]
    answer = still.client.stop_execution(executionArn=started, error="Mine", cause="because")
    record = still.client.describe_execution(executionArn=started)
    assert (record["status"], record["error"], record["cause"]) == ("ABORTED", "Mine", "because")
    assert record["stopDate"] == answer["stopDate"]
    last = still.client.get_execution_history(executionArn=started, reverseOrder=True)["events"][0]
    assert (last["type"], last["previousEventId"]) == ("ExecutionAborted", 0)


def test_stopping_a_closed_execution_changes_nothing(machines: Any, jsonata: Any) -> None:
    outcome = machines.run(jsonata(PASS))
    before = outcome.record["stopDate"]
    assert machines.client.stop_execution(executionArn=outcome.arn)["stopDate"] == before
    assert outcome.record["status"] == "SUCCEEDED"


def test_executions_are_listed_newest_first_in_pages(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    for number in range(5):
        machines.start(arn, name=f"run-{number}")
    pages = machines.client.get_paginator("list_executions").paginate(
        stateMachineArn=arn, PaginationConfig={"PageSize": 2}
    )
    names = [[execution["name"] for execution in page["executions"]] for page in pages]
    assert names == [["run-4", "run-3"], ["run-2", "run-1"], ["run-0"]]


def test_a_page_goes_on_where_the_last_one_ended_though_the_list_has_grown(
    machines: Any, jsonata: Any
) -> None:
    arn = machines.create(jsonata(PASS))
    for name in ("first", "second"):
        machines.start(arn, name=name)
    page = machines.client.list_executions(stateMachineArn=arn, maxResults=1)
    machines.start(arn, name="third")
    following = machines.client.list_executions(stateMachineArn=arn, nextToken=page["nextToken"])
    assert [execution["name"] for execution in following["executions"]] == ["first"]


def test_executions_are_listed_by_status(machines: Any, jsonata: Any) -> None:
    arn = machines.create(
        jsonata(
            {
                "C": {
                    "Type": "Choice",
                    "Choices": [{"Condition": "{% $states.input.fail %}", "Next": "F"}],
                    "Default": "S",
                },
                "F": {"Type": "Fail"},
                "S": {"Type": "Succeed"},
            }
        )
    )
    for name, fail in (("bad", True), ("good", False)):
        machines.start(arn, {"fail": fail}, name=name)
    listed = machines.client.list_executions(stateMachineArn=arn, statusFilter="FAILED")
    assert [execution["name"] for execution in listed["executions"]] == ["bad"]


def test_a_foreign_token_is_refused(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    call = machines.client.list_executions
    refused("InvalidToken", call, stateMachineArn=arn, nextToken="nonsense")


def test_a_history_comes_in_pages_and_in_either_order(machines: Any, jsonata: Any) -> None:
    outcome = machines.run(jsonata(PASS))
    call = machines.client.get_execution_history
    page = call(executionArn=outcome.arn, maxResults=3)
    rest = call(executionArn=outcome.arn, maxResults=3, nextToken=page["nextToken"])
    ids = [event["id"] for event in page["events"] + rest["events"]]
    assert ids == [1, 2, 3, 4]
    assert "nextToken" not in rest
    newest = call(executionArn=outcome.arn, reverseOrder=True, maxResults=2)
    assert [event["id"] for event in newest["events"]] == [4, 3]


def test_a_history_without_execution_data_has_no_inputs_and_outputs(
    machines: Any, jsonata: Any
) -> None:
    outcome = machines.run(jsonata(PASS), {"secret": 1})
    bare = machines.client.get_execution_history(
        executionArn=outcome.arn, includeExecutionData=False
    )
    assert "secret" not in json.dumps(bare["events"], default=str)
    assert bare["events"][1]["stateEnteredEventDetails"] == {"name": "A"}


def test_an_execution_keeps_the_definition_that_it_started_with(
    machines: Any, jsonata: Any
) -> None:
    arn = machines.create(jsonata(PASS))
    outcome = machines.start(arn)
    machines.client.update_state_machine(stateMachineArn=arn, definition=json.dumps(jsonata(DAY)))
    described = machines.client.describe_state_machine_for_execution(executionArn=outcome.arn)
    assert json.loads(described["definition"])["States"] == PASS


def test_a_machines_timeout_ends_it_without_error_or_catch(machines: Any, jsonata: Any) -> None:
    states = {
        "P": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "W", "States": {"W": {**DAY["A"]}}}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "S"}],
            "End": True,
        },
        "S": {"Type": "Succeed"},
    }
    outcome = machines.run(jsonata(states, TimeoutSeconds=600))
    record = outcome.record
    assert record["status"] == "TIMED_OUT"
    assert not {"error", "cause"} & record.keys()
    assert record["redriveStatus"] == "REDRIVABLE"
    last = outcome.events[-1]
    assert last["type"] == "ExecutionTimedOut"
    assert last["executionTimedOutEventDetails"] == {"error": "States.Timeout"}
    assert 600 <= outcome.seconds < 660


def test_executions_leave_no_thread_behind(machines: Any, jsonata: Any) -> None:
    """Threads are counted by name: every one of an execution carries its ARN or path."""
    arn = machines.create(jsonata(PASS))
    for _ in range(50):
        machines.client.start_execution(stateMachineArn=arn)
    machines.settle()
    # Their work is over a moment before they are: one that leaks outlasts any patience.
    left = [thread for thread in threading.enumerate() if ":execution:" in thread.name]
    for thread in left:
        thread.join(PATIENCE_SECONDS)
    assert [thread.name for thread in left if thread.is_alive()] == []
