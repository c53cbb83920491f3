"""Which of two rollouts to an endpoint was asked for last, and therefore stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from rollout.name import RolloutName


@dataclass(frozen=True)
class Wish:
    """A rollout, and when it was asked for.

    Attributes:
        at: To the millisecond, as the registry had it then (ISO, UTC); None of a night's, and of
            one whose execution is no more.
    """

    name: RolloutName
    at: str | None = None

    @classmethod
    def parse(cls, name: RolloutName, given: Mapping[str, Any]) -> Self:
        """Read the input of its execution, by schema/rollout.json."""
        signature = given.get("Approval") or given.get("Rollback") or {}
        return cls(name, signature.get("At"))

    @classmethod
    def find(cls, stepfunctions: Any, executions: str, name: RolloutName) -> Self:  # noqa: ANN401  # boto3 client
        """Ask the execution of that name; ``executions`` is what the ARNs of them begin with.

        Step Functions forgets them after 90 days, and with their machine.
        """
        try:
            described = stepfunctions.describe_execution(executionArn=f"{executions}:{name}")
        except stepfunctions.exceptions.ExecutionDoesNotExist:
            return cls(name)
        return cls.parse(name, json.loads(described["input"]))

    def is_before(self, other: Wish) -> bool:
        """Whether the other one was made later; of two at the same instant, the higher version.

        The names alone, which have seconds, would let the higher version of the same second stay.
        """
        if self.at and other.at:
            return (self.at, self.name.version) < (other.at, other.name.version)
        return self.name.is_superseded_by(other.name)
