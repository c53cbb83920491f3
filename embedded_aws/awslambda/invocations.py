"""The Invoke operation: synchronous, asynchronous or a dry run."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any

from embedded_aws.awslambda.asynchronous import AsynchronousInvocations, QueuedEvent
from embedded_aws.awslambda.destinations import Destinations
from embedded_aws.awslambda.errors import invalid_parameter, refuse_others
from embedded_aws.awslambda.execution_environment import Outcome
from embedded_aws.awslambda.functions import FunctionRegistry
from embedded_aws.awslambda.invoker import FunctionCall, Invoker
from embedded_aws.awslambda.names import LATEST, FunctionReference
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import (
    Operation,
    Parameters,
    RequestContext,
    Result,
    ServiceError,
)

MAX_PAYLOAD_BYTES = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024}


class Invocations:
    """Takes events from callers."""

    def __init__(
        self, environment: Environment, registry: FunctionRegistry, invoker: Invoker
    ) -> None:
        self._clock = environment.clock
        self._registry = registry
        self._invoker = invoker
        destinations = Destinations(environment.clients, environment.clock)
        self._asynchronous = AsynchronousInvocations(
            invoker, destinations, environment.clock, self._resolve
        )

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {"Invoke": self.invoke}

    def invoke(self, parameters: Parameters, context: RequestContext) -> Result:
        """Run a function and wait, or queue the event, or only check that it could run."""
        known = ("FunctionName", "Qualifier", "InvocationType", "LogType", "ClientContext")
        refuse_others(parameters, (*known, "Payload"))
        kind = parameters.get("InvocationType") or "RequestResponse"
        event = QueuedEvent(
            reference=self._registry.names.function(
                parameters["FunctionName"], parameters.get("Qualifier")
            ),
            payload=_payload(parameters, kind),
            request_id=context.request_id,
            queued_at=self._clock.now(),
            client_context=_client_context(parameters.get("ClientContext")),
        )
        call, _config = self._resolve(event)
        if kind == "DryRun":
            return {"StatusCode": 204}
        if kind == "Event":
            self._asynchronous.submit(event)
            return {"StatusCode": 202}
        return self._answer(call, parameters)

    def run(self, reference: FunctionReference, payload: bytes) -> Outcome:
        """Run a function with an event that Lambda itself brings, and wait.

        Raises:
            ServiceError: the function is gone, or throttled.
        """
        request_id, now = str(uuid.uuid4()), self._clock.now()
        call, _config = self._resolve(QueuedEvent(reference, payload, request_id, now))
        return self._invoker.run(call).outcome

    def _answer(self, call: FunctionCall, parameters: Parameters) -> Result:
        completion = self._invoker.run(call)
        answer = {
            "StatusCode": 200,
            "ExecutedVersion": call.version.version,
            "Payload": completion.outcome.payload,
        }
        if completion.outcome.is_error:
            answer["FunctionError"] = "Unhandled"
        if parameters.get("LogType") == "Tail":
            answer["LogResult"] = completion.log_tail
        return answer

    def _resolve(self, event: QueuedEvent) -> tuple[FunctionCall, Mapping[str, Any]]:
        reference: FunctionReference = event.reference
        with self._registry.lock:
            function = self._registry.function(reference)
            call = FunctionCall(
                version=self._registry.version(reference),
                function_arn=self._registry.names.function_arn(reference.name, reference.qualifier),
                payload=event.payload,
                request_id=event.request_id,
                reserved_concurrency=function.reserved_concurrency,
                client_context=event.client_context,
            )
            return call, function.event_invoke.get(reference.qualifier or LATEST, {})


def _payload(parameters: Mapping[str, Any], kind: str) -> bytes:
    payload = bytes(parameters.get("Payload") or b"{}")
    limit = MAX_PAYLOAD_BYTES.get(kind)
    if limit is not None and len(payload) > limit:
        raise ServiceError(
            "RequestTooLargeException",
            f"{len(payload)} byte payload is too large for the {kind} invocation type "
            f"(limit {limit} bytes)",
            status=413,
        )
    try:
        json.loads(payload)
    except ValueError as malformed:
        raise ServiceError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: {malformed}",
        ) from malformed
    return payload


def _client_context(encoded: str | None) -> str:
    try:
        return base64.b64decode(encoded or "", validate=True).decode()
    except ValueError as malformed:
        raise invalid_parameter(
            f"Client context must be a valid Base64-encoded JSON: {malformed}"
        ) from malformed
