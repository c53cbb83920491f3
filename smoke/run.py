"""One execution as the checks see it: how it ended, and what each of its states told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Self

from ops.executions import history

Event = Mapping[str, Any]


class NotRegistered(RuntimeError):
    """The night on whose package all the others depend ended otherwise; the message says how."""


@dataclass(frozen=True)
class Run:
    """An execution that ended.

    Attributes:
        described: What DescribeExecution said.
        events: Its history, oldest first.
    """

    described: Mapping[str, Any]
    events: Sequence[Event]

    @classmethod
    def read(cls, stepfunctions: Any, arn: str) -> Self:  # noqa: ANN401  # boto3 client
        """Read it as it is now."""
        described = stepfunctions.describe_execution(executionArn=arn)
        return cls(described, tuple(history(stepfunctions, arn)))

    @property
    def arn(self) -> str:
        """The execution's."""
        return str(self.described["executionArn"])

    @property
    def status(self) -> str:
        """In Step Functions' words."""
        return str(self.described["status"])

    @property
    def ending(self) -> str:
        """Its status, with the error and the cause if it has them."""
        told = (self.status, self.described.get("error"), self.described.get("cause"))
        return ": ".join(str(it) for it in told if it)

    def require_package(self) -> Self:
        """Itself, if it is a night that registered its model.

        Raises:
            NotRegistered: it is not; with the error and cause that it ended with, or with what the
                gate decided.
        """
        if self.status != "SUCCEEDED":
            raise NotRegistered(f"{self.arn} ended as {self.ending}")
        night = json.loads(self.described["output"])
        if night["Decision"] != "Registered":
            raise NotRegistered(
                f"{self.arn} succeeded and registered no model, which the gate rejected:"
                f" {night['Reason']}, AUC {night['Auc']}, AucThreshold {night['AucThreshold']}"
            )
        return self

    def of_state(self, name: str, kind: str) -> list[Event]:
        """The events of one kind that a state had, oldest first."""
        return [event for visit in self._visits(name) for event in visit if event["type"] == kind]

    def asked(self, state: str) -> Any:  # noqa: ANN401  # any request
        """The request that a state made last."""
        details = self.of_state(state, "TaskScheduled")[-1]["taskScheduledEventDetails"]
        return json.loads(details["parameters"])

    def answered(self, state: str) -> Any:  # noqa: ANN401  # any answer
        """What a state's task returned last."""
        details = self.of_state(state, "TaskSucceeded")[-1]["taskSucceededEventDetails"]
        return json.loads(details["output"])

    def _visits(self, state: str) -> Iterator[list[Event]]:
        for index, event in enumerate(self.events):
            if event.get("stateEnteredEventDetails", {}).get("name") == state:
                later = self.events[index + 1 :]
                yield list(takewhile(lambda it: "stateEnteredEventDetails" not in it, later))
