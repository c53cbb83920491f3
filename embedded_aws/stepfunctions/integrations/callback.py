"""``.waitForTaskToken``: a call that hands out a token; the result is what comes back with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.integrations.events import ServiceTaskEvents
from embedded_aws.stepfunctions.integrations.integration import Attempt, Integration

PATTERN = ".waitForTaskToken"


class ServiceIntegration(Integration, Protocol):
    """An integration with the events of a service task."""

    @property
    def events(self) -> ServiceTaskEvents:
        """Which events its attempts leave."""
        ...


class WaitForTaskToken:
    """Any request-and-response integration, followed by the wait.

    Whoever has the token may bring it back before the call is answered: a Lambda function from
    within. Then nobody waits for the answer.
    """

    hands_out_token = True

    def __init__(self, call: ServiceIntegration) -> None:
        self.events = replace(call.events, resource=f"{call.events.resource}{PATTERN}")
        self.payload_name = call.payload_name
        self._call = call

    def problems(self, arguments: Json) -> list[str]:
        """What is wrong with the arguments of the call."""
        return self._call.problems(arguments)

    def perform(self, attempt: Attempt) -> Json:
        """Call, then wait for the token.

        Raises:
            StateFailure: the call was refused or failed, or the time is over.
            TokenReturned: in every other case.
        """
        answer = self._call.perform(attempt)
        attempt.record(*self.events.submitted(dumps(answer)))
        attempt.await_token()
