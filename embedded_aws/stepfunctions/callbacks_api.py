"""The API for those who hold the token of a task: done, failed, still at work."""

from __future__ import annotations

import json
from collections.abc import Mapping

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.stepfunctions.documents import MAX_PAYLOAD_BYTES, Json, size_bytes
from embedded_aws.stepfunctions.errors import StateFailure
from embedded_aws.stepfunctions.task_tokens import Settled, TaskTokens


class CallbacksApi:
    """Takes tokens back; each is good for one outcome."""

    def __init__(self, tokens: TaskTokens) -> None:
        self._tokens = tokens

    def operations(self) -> Mapping[str, Operation]:
        """The operations answered here."""
        return {
            "SendTaskSuccess": self.send_task_success,
            "SendTaskFailure": self.send_task_failure,
            "SendTaskHeartbeat": self.send_task_heartbeat,
        }

    def send_task_success(self, parameters: Parameters, _context: RequestContext) -> None:
        """End a task with a result."""
        output = _parsed(parameters["output"])
        self._tokens.settle(parameters["taskToken"], Settled(output))

    def send_task_failure(self, parameters: Parameters, _context: RequestContext) -> None:
        """End a task with an error, which may have neither name nor cause."""
        failure = StateFailure(parameters.get("error"), parameters.get("cause"))
        self._tokens.settle(parameters["taskToken"], Settled(failure=failure))

    def send_task_heartbeat(self, parameters: Parameters, _context: RequestContext) -> None:
        """Start the clock of ``HeartbeatSeconds`` anew; the history says nothing of it."""
        self._tokens.beat(parameters["taskToken"])


def _parsed(output: str) -> Json:
    if size_bytes(output) > MAX_PAYLOAD_BYTES:
        raise _invalid_output("the output is larger than 256 KiB")
    try:
        return json.loads(output)
    except ValueError as malformed:
        raise _invalid_output(str(malformed)) from malformed


def _invalid_output(reason: str) -> ServiceError:
    return ServiceError("InvalidOutput", f"Invalid Output: '{reason}'")
