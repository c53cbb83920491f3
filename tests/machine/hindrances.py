"""What hinders rollouts: errors that their machine alone meets, and less time than they need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from tests.machine.application import Application


def refusing(application: Application, operation: str) -> AbstractContextManager[None]:
    """Let the machine itself, and none of its functions, meet an error meanwhile."""
    error = {"error": {"code": "InternalFailure", "message": "It is broken."}}
    return application.faults([fault(operation, error)])


def fault(operation: str, effect: dict[str, Any], **calls: int) -> dict[str, Any]:
    """What may go wrong when the machine calls SageMaker."""
    return {
        "name": operation,
        "service": "sagemaker",
        "operation": operation,
        "caller": "*RolloutStateMachineRole*",
        "effect": effect,
        **({"calls": calls} if calls else {}),
    }


@contextmanager
def limited(application: Application, time: timedelta) -> Iterator[None]:
    """Let rollouts that start meanwhile take no longer than that."""
    stepfunctions = application.client("stepfunctions")
    machine_arn = application.outputs["RolloutStateMachineArn"]
    alias = {"stateMachineAliasArn": f"{machine_arn}:live"}
    definition = stepfunctions.describe_state_machine(stateMachineArn=machine_arn)["definition"]
    before = stepfunctions.describe_state_machine_alias(**alias)["routingConfiguration"]

    def publish(text: str) -> dict[str, Any]:
        updated = stepfunctions.update_state_machine(
            stateMachineArn=machine_arn, definition=text, publish=True
        )
        return {"stateMachineVersionArn": updated["stateMachineVersionArn"], "weight": 100}

    limits = {"TimeoutSeconds": round(time.total_seconds())}
    route = publish(json.dumps(json.loads(definition) | limits))
    stepfunctions.update_state_machine_alias(**alias, routingConfiguration=[route])
    try:
        yield
    finally:
        stepfunctions.update_state_machine_alias(**alias, routingConfiguration=before)
        publish(definition)
