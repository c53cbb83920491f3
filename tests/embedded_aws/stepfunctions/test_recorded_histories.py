"""Whole histories beside recorded ones: every id, previous id, type, and member of the details.

Recorded on AWS for LocalStack's tests, which each case names.
"""

from __future__ import annotations

from typing import Any

import pytest

Row = tuple[int, int, str, str]
IN, OUT = "input inputDetails name", "name output outputDetails"
STARTED = (1, 0, "ExecutionStarted", "input inputDetails roleArn")
SUCCEEDED = "output outputDetails"


def rows(outcome: Any) -> list[Row]:
    return [
        (event["id"], event["previousEventId"], event["type"], members(event))
        for event in outcome.events
    ]


def members(event: dict[str, Any]) -> str:
    details = [value for name, value in event.items() if name.endswith("EventDetails")]
    return " ".join(sorted(details[0])) if details else ""


def nested_map() -> dict[str, Any]:
    def mapped(name: str, inner: dict[str, Any], **more: Any) -> dict[str, Any]:
        processor = {"StartAt": name, "States": {name: inner}}
        return {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": processor, **more}

    inner = mapped("P", {"Type": "Pass", "End": True}, End=True)
    return {"StartAt": "L1", "States": {"L1": mapped("L2", inner, End=True)}}


MAP_BREAK = {
    "StartAt": "M",
    "States": {
        "M": {
            "Type": "Map",
            "MaxConcurrency": 1,
            "ItemProcessor": {
                "StartAt": "Is3",
                "States": {
                    "Is3": {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$", "NumericEquals": 3, "Next": "Break"}],
                        "Default": "Pass",
                    },
                    "Pass": {"Type": "Pass", "End": True},
                    "Break": {"Type": "Fail", "Error": "E", "Cause": "C"},
                },
            },
            "End": True,
        }
    },
}
MAP_STARTED = (3, 2, "MapStateStarted", "length")
ITERATION = "index name"

CASES: dict[str, tuple[dict[str, Any], Any, list[Row]]] = {
    "test_map_state_break_condition, but for its first state": (
        MAP_BREAK,
        [1, 3, 4],
        [
            STARTED,
            (2, 0, "MapStateEntered", IN),
            MAP_STARTED,
            (4, 3, "MapIterationStarted", ITERATION),
            (5, 4, "ChoiceStateEntered", IN),
            (6, 5, "ChoiceStateExited", OUT),
            (7, 6, "PassStateEntered", IN),
            (8, 7, "PassStateExited", OUT),
            (9, 8, "MapIterationSucceeded", ITERATION),
            (10, 8, "MapIterationStarted", ITERATION),
            (11, 10, "ChoiceStateEntered", IN),
            (12, 11, "ChoiceStateExited", OUT),
            (13, 12, "FailStateEntered", IN),
            (14, 13, "MapIterationFailed", ITERATION),
            (15, 13, "MapStateFailed", ""),
            (16, 15, "ExecutionFailed", "cause error"),
        ],
    ),
    "test_map_state_nested, of two single items": (
        nested_map(),
        [[1], [4]],
        [
            STARTED,
            (2, 0, "MapStateEntered", IN),
            MAP_STARTED,
            (4, 3, "MapIterationStarted", ITERATION),
            (5, 4, "MapStateEntered", IN),
            (6, 5, "MapStateStarted", "length"),
            (7, 6, "MapIterationStarted", ITERATION),
            (8, 7, "PassStateEntered", IN),
            (9, 8, "PassStateExited", OUT),
            (10, 9, "MapIterationSucceeded", ITERATION),
            (11, 10, "MapStateSucceeded", ""),
            (12, 10, "MapStateExited", OUT),
            (13, 12, "MapIterationSucceeded", ITERATION),
            (14, 12, "MapIterationStarted", ITERATION),
            (15, 14, "MapStateEntered", IN),
            (16, 15, "MapStateStarted", "length"),
            (17, 16, "MapIterationStarted", ITERATION),
            (18, 17, "PassStateEntered", IN),
            (19, 18, "PassStateExited", OUT),
            (20, 19, "MapIterationSucceeded", ITERATION),
            (21, 20, "MapStateSucceeded", ""),
            (22, 20, "MapStateExited", OUT),
            (23, 22, "MapIterationSucceeded", ITERATION),
            (24, 23, "MapStateSucceeded", ""),
            (25, 23, "MapStateExited", OUT),
            (26, 25, "ExecutionSucceeded", SUCCEEDED),
        ],
    ),
    "test_parallel_state_fail": (
        {
            "StartAt": "P",
            "States": {
                "P": {
                    "Type": "Parallel",
                    "Branches": [
                        {"StartAt": "B", "States": {"B": {"Type": "Fail", "Error": "FailureType"}}}
                    ],
                    "End": True,
                }
            },
        },
        {},
        [
            STARTED,
            (2, 0, "ParallelStateEntered", IN),
            (3, 2, "ParallelStateStarted", ""),
            (4, 3, "FailStateEntered", IN),
            (5, 4, "ParallelStateFailed", ""),
            (6, 5, "ExecutionFailed", "error"),
        ],
    ),
}


@pytest.mark.parametrize(
    ("definition", "state_input", "expected"), CASES.values(), ids=CASES.keys()
)
def test_a_history_is_the_recorded_one(
    machines: Any, definition: dict[str, Any], state_input: Any, expected: list[Row]
) -> None:
    assert rows(machines.run(definition, state_input)) == expected


def test_a_task_that_fails_in_a_branch_was_not_left(
    machines: Any, open_queue: Any, client: Any
) -> None:
    """Recording: test_sqs_failure_in_wait_for_task_tok_no_error_field, SQS_PARALLEL_..."""
    url = open_queue("in-a-branch")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody.$": "$$.Task.Token"},
        "End": True,
    }
    parallel = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "T", "States": {"T": task}}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.all_error", "Next": "C"}],
        "End": True,
    }
    states = {"P": parallel, "C": {"Type": "Pass", "End": True}}
    outcome = machines.run({"StartAt": "P", "States": states})
    (message,) = client("sqs").receive_message(QueueUrl=url)["Messages"]
    machines.client.send_task_failure(taskToken=message["Body"])
    machines.settle()
    named = "resource resourceType"
    assert rows(outcome) == [
        STARTED,
        (2, 0, "ParallelStateEntered", IN),
        (3, 2, "ParallelStateStarted", ""),
        (4, 3, "TaskStateEntered", IN),
        (5, 4, "TaskScheduled", f"parameters region {named}"),
        (6, 5, "TaskStarted", named),
        (7, 6, "TaskSubmitted", f"output outputDetails {named}"),
        (8, 7, "TaskFailed", named),
        (9, 8, "TaskStateAborted", ""),
        (10, 8, "ParallelStateFailed", ""),
        (11, 10, "ParallelStateExited", OUT),
        (12, 11, "PassStateEntered", IN),
        (13, 12, "PassStateExited", OUT),
        (14, 13, "ExecutionSucceeded", SUCCEEDED),
    ]
    assert outcome.output == {"all_error": {"Error": None, "Cause": None}}


def test_a_stopped_execution_was_left_nowhere(machines: Any) -> None:
    """Recording: test_stop_execution."""
    state = {"Type": "Wait", "Seconds": 1_000_000, "End": True}
    client = machines.client
    arn = machines.create({"StartAt": "W", "States": {"W": state}})
    with machines.aws.environment.clock.work():
        started = client.start_execution(stateMachineArn=arn)["executionArn"]
        entered: set[str] = set()
        while "WaitStateEntered" not in entered:
            events = client.get_execution_history(executionArn=started)["events"]
            entered = {event["type"] for event in events}
        client.stop_execution(executionArn=started)
    events = client.get_execution_history(executionArn=started)["events"]
    assert [(event["id"], event["previousEventId"], event["type"]) for event in events] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "WaitStateEntered"),
        (3, 0, "ExecutionAborted"),
    ]
    assert events[2]["executionAbortedEventDetails"] == {}
