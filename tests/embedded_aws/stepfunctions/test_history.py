"""Histories as AWS writes them: types, ids and previous ids of recorded executions.

The sequences were recorded on AWS for LocalStack's tests; each test names its recording.
"""

from __future__ import annotations

import json
from typing import Any

Row = tuple[int, int, str]


def rows(outcome: Any) -> list[Row]:
    return [(event["id"], event["previousEventId"], event["type"]) for event in outcome.events]


def details(outcome: Any, event_id: int) -> Any:
    event = outcome.events[event_id - 1]
    (member,) = [name for name in event if name.endswith("EventDetails")]
    return event[member]


def test_a_pass_state(machines: Any) -> None:
    """Recording: test_start_execution."""
    definition = {
        "StartAt": "S",
        "States": {"S": {"Type": "Pass", "Result": {"a": 1}, "End": True}},
    }
    outcome = machines.run(definition)
    assert rows(outcome) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "PassStateExited"),
        (4, 3, "ExecutionSucceeded"),
    ]
    assert details(outcome, 2) == {
        "name": "S",
        "input": "{}",
        "inputDetails": {"truncated": False},
    }
    assert details(outcome, 4) == {"output": '{"a":1}', "outputDetails": {"truncated": False}}


def test_assigned_variables_stand_in_the_exit(machines: Any) -> None:
    """Recording: test_assign_base, BASE_CONSTANT_LITERALS."""
    assign = {"flag": True, "list": [None, 0.1], "none": None}
    state = {"Type": "Pass", "Assign": assign, "End": True}
    outcome = machines.run({"StartAt": "S", "States": {"S": state}})
    assert details(outcome, 3)["assignedVariables"] == {
        "flag": "true",
        "list": "[null,0.1]",
        "none": "null",
    }


def test_a_retried_parallel(machines: Any) -> None:
    """Recording: test_parallel_state_retry."""
    branch = {"StartAt": "B", "States": {"B": {"Type": "Fail", "Error": "E", "Cause": "C"}}}
    state = {
        "Type": "Parallel",
        "Branches": [branch],
        "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 2}],
        "End": True,
    }
    assert rows(machines.run({"StartAt": "P", "States": {"P": state}})) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "ParallelStateEntered"),
        (3, 2, "ParallelStateStarted"),
        (4, 3, "FailStateEntered"),
        (5, 4, "ParallelStateStarted"),
        (6, 5, "FailStateEntered"),
        (7, 6, "ParallelStateStarted"),
        (8, 7, "FailStateEntered"),
        (9, 8, "ParallelStateFailed"),
        (10, 9, "ExecutionFailed"),
    ]


def test_a_caught_parallel(machines: Any) -> None:
    """Recording: test_parallel_state_catch."""
    branch = {"StartAt": "B", "States": {"B": {"Type": "Fail", "Error": "E", "Cause": "C"}}}
    state = {
        "Type": "Parallel",
        "Branches": [branch],
        "Catch": [{"ErrorEquals": ["E"], "Next": "Q"}],
        "End": True,
    }
    states = {"P": state, "Q": {"Type": "Pass", "End": True}}
    assert rows(machines.run({"StartAt": "P", "States": states}))[4:] == [
        (5, 4, "ParallelStateFailed"),
        (6, 5, "ParallelStateExited"),
        (7, 6, "PassStateEntered"),
        (8, 7, "PassStateExited"),
        (9, 8, "ExecutionSucceeded"),
    ]


def test_a_map_one_item_at_a_time(machines: Any) -> None:
    """Recording: test_assign_base, BASE_SCOPE_MAP."""
    processor = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    state = {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": processor, "End": True}
    outcome = machines.run({"StartAt": "M", "States": {"M": state}}, [1, 2])
    assert rows(outcome) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "MapStateEntered"),
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "MapIterationStarted"),
        (9, 8, "PassStateEntered"),
        (10, 9, "PassStateExited"),
        (11, 10, "MapIterationSucceeded"),
        (12, 11, "MapStateSucceeded"),
        (13, 11, "MapStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]
    assert details(outcome, 3) == {"length": 2}
    assert details(outcome, 8) == {"name": "M", "index": 1}


def test_a_retried_map(machines: Any) -> None:
    """Recording: test_map_state_retry."""
    processor = {"StartAt": "I", "States": {"I": {"Type": "Fail", "Error": "E"}}}
    state = {
        "Type": "Map",
        "ItemProcessor": processor,
        "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}],
        "End": True,
    }
    assert rows(machines.run({"StartAt": "M", "States": {"M": state}}, [1]))[2:] == [
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "FailStateEntered"),
        (6, 5, "MapIterationFailed"),
        (7, 5, "MapStateStarted"),
        (8, 7, "MapIterationStarted"),
        (9, 8, "FailStateEntered"),
        (10, 9, "MapIterationFailed"),
        (11, 9, "MapStateFailed"),
        (12, 11, "ExecutionFailed"),
    ]


def test_iterations_that_are_ended_with_a_failed_one(machines: Any) -> None:
    """Recording: test_service_lambda_map_timeout, but for the states that wait."""
    processor = {
        "StartAt": "C",
        "States": {
            "C": {
                "Type": "Choice",
                "Choices": [{"Variable": "$", "NumericEquals": 0, "Next": "Short"}],
                "Default": "Long",
            },
            "Short": {"Type": "Wait", "Seconds": 60, "Next": "F"},
            "F": {"Type": "Fail", "Error": "E"},
            "Long": {"Type": "Wait", "Seconds": 3600, "End": True},
        },
    }
    state = {"Type": "Map", "ItemProcessor": processor, "End": True}
    outcome = machines.run({"StartAt": "M", "States": {"M": state}}, [0, 1])
    failed = next(event for event in outcome.events if event["type"] == "FailStateEntered")["id"]
    assert rows(outcome)[failed:] == [
        (failed + 1, failed, "MapIterationFailed"),
        (failed + 2, failed, "MapIterationAborted"),
        (failed + 3, failed, "WaitStateAborted"),
        (failed + 4, failed, "MapStateFailed"),
        (failed + 5, failed + 4, "ExecutionFailed"),
    ]


def test_a_failed_evaluation_has_an_event_of_its_own(machines: Any, jsonata: Any) -> None:
    """Recording: test_undefined_reference, BASE_UNDEFINED_OUTPUT_FIELD."""
    state = {"Type": "Pass", "Output": {"result": "{% $missing %}"}, "End": True}
    outcome = machines.run(jsonata({"S": state}))
    assert rows(outcome) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "EvaluationFailed"),
        (4, 3, "ExecutionFailed"),
    ]
    failed = details(outcome, 3)
    assert (failed["error"], failed["location"], failed["state"]) == (
        "States.QueryEvaluationError",
        "Output/result",
        "S",
    )
    assert details(outcome, 4)["cause"] == failed["cause"]


def test_an_execution_fails_at_its_twenty_five_thousandth_event(
    machines: Any, jsonata: Any
) -> None:
    """Quotas page: 25,000 events."""
    states = {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 'over' %}", "Next": "C"}],
            "Default": "A",
        },
        "C": {"Type": "Succeed"},
    }
    outcome = machines.run(jsonata(states))
    newest = machines.client.get_execution_history(
        executionArn=outcome.arn, reverseOrder=True, maxResults=1
    )["events"][0]
    assert (newest["id"], newest["type"]) == (25_000, "ExecutionFailed")
    assert newest["executionFailedEventDetails"]["error"] == "States.Runtime"
    assert "25000" in json.dumps(newest["executionFailedEventDetails"])
