"""The state machines that ``bench.engine`` runs: thirteen states each, in JSONPath, as both can."""

from __future__ import annotations

import json
from typing import Any

_LAST = {"Type": "Succeed"}
_DECISIONS = 6
_CALLS = 5


def _chained(states: dict[str, dict[str, Any]]) -> str:
    names = [*states, "End"]
    chained = {
        name: state if state["Type"] == "Choice" else {**state, "Next": follower}
        for (name, state), follower in zip(states.items(), names[1:], strict=True)
    }
    document = {"StartAt": names[0], "States": {**chained, "End": _LAST}}
    return json.dumps(document)


def _choice(follower: str) -> dict[str, Any]:
    rule = {"Variable": "$.night", "NumericEquals": 1, "Next": follower}
    return {"Type": "Choice", "Choices": [rule], "Default": "End"}


def _deciding() -> str:
    states: dict[str, dict[str, Any]] = {}
    for number in range(1, _DECISIONS + 1):
        states[f"Pass{number}"] = {"Type": "Pass"}
        states[f"Choose{number}"] = _choice(f"Pass{number + 1}" if number < _DECISIONS else "End")
    return _chained(states)


def calling(function_arn: str) -> str:
    """Five calls of a function; its seconds are gathered under ``own``."""
    states: dict[str, dict[str, Any]] = {}
    for number in range(1, _CALLS + 1):
        states[f"Call{number}"] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function_arn, "Payload.$": "$"},
            "OutputPath": "$.Payload",
        }
        states[f"Choose{number}"] = _choice(f"Call{number + 1}" if number < _CALLS else "Pass")
    states["Pass"] = {"Type": "Pass"}
    states["Settle"] = {"Type": "Pass"}
    return _chained(states)


DECIDING = _deciding()
