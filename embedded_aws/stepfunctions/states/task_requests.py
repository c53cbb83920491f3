"""What one attempt of a task asks for: its fields, evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded_aws.stepfunctions.definition import TaskState
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.errors import RUNTIME
from embedded_aws.stepfunctions.integrations.integration import Details
from embedded_aws.stepfunctions.scope import Query, Scope
from embedded_aws.stepfunctions.visit import Visit

_ROLE_ARN = re.compile(r"arn:aws:iam::\d{12}:role/.+")


@dataclass(frozen=True)
class TaskRequest:
    """The fields of a Task state as this attempt has them; None for what it lacks."""

    parameters: Json
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    role_arn: str | None
    token: str | None

    def details(self) -> Details:
        """What the history says of it beside the parameters."""
        known = {
            "timeoutInSeconds": self.timeout_seconds,
            "heartbeatInSeconds": self.heartbeat_seconds,
            "taskCredentials": None if self.role_arn is None else {"roleArn": self.role_arn},
        }
        return {member: value for member, value in known.items() if value is not None}


def evaluate(visit: Visit, state: TaskState, scope: Scope) -> TaskRequest:
    """Ask all fields.

    Raises:
        StateFailure: one of them cannot be evaluated, or makes no sense.
    """

    def ask(query: Query | None) -> Json:
        return None if query is None else visit.ask(query, scope)

    parameters = visit.ask(state.arguments, scope)
    timeout, heartbeat = ask(state.timeout_seconds), ask(state.heartbeat_seconds)
    if timeout is not None and heartbeat is not None and heartbeat >= timeout:
        detail = f"HeartbeatSeconds {heartbeat} must be smaller than TimeoutSeconds {timeout}."
        raise visit.failure(RUNTIME, detail)
    role_arn = None if state.credentials is None else ask(state.credentials)["RoleArn"]
    if role_arn is not None and not (isinstance(role_arn, str) and _ROLE_ARN.fullmatch(role_arn)):
        detail = f"The RoleArn in Credentials is not the ARN of a role: {role_arn}"
        raise visit.failure(RUNTIME, detail)
    token = scope.context.get("Task", {}).get("Token")
    return TaskRequest(parameters, timeout, heartbeat, role_arn, token)
