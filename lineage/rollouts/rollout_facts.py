"""What is known about a rollout, typed: parsed once from the documents of its state machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lineage.facts import Document
from lineage.signature import Signature
from lineage.vocabulary import Outcome, Trigger


@dataclass(frozen=True)
class Rollout:
    """A package on its way onto an endpoint, as PrepareRollout described it.

    Attributes:
        id: Tells the rollouts of an endpoint apart.
        previous_endpoint_config_name: What served before; None if the endpoint is new.
        previous_since: Since when, ISO; None if nobody asked the endpoint.
        is_endpoint_missing: Whether it was asked for, and there was none.
        approval: None where nobody had to approve, or if no record tells who did.
        rollback: Who asked for it; None if it is no rollback.
    """

    id: str
    trigger: Trigger
    package_arn: str
    data_date: str
    run_id: str
    endpoint_name: str
    endpoint_arn: str
    endpoint_config_name: str
    model_name: str
    previous_endpoint_config_name: str | None
    previous_since: str | None
    is_endpoint_missing: bool
    execution_arn: str
    started_at: str
    approval: Signature | None
    rollback: Signature | None

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the rollout document."""
        return cls(
            id=document["RolloutId"],
            trigger=Trigger(document["Trigger"]),
            package_arn=document["PackageArn"],
            data_date=document["DataDate"],
            run_id=document["RunId"],
            endpoint_name=document["EndpointName"],
            endpoint_arn=document["EndpointArn"],
            endpoint_config_name=document["EndpointConfigName"],
            model_name=document["ModelName"],
            previous_endpoint_config_name=document.get("PreviousEndpointConfigName"),
            previous_since=document.get("PreviousSince"),
            is_endpoint_missing=document.get("EndpointStatus") == "Missing",
            execution_arn=document["ExecutionArn"],
            started_at=document["StartedAt"],
            approval=Signature.parse(document.get("Approval")),
            rollback=Signature.parse(document.get("Rollback")),
        )


@dataclass(frozen=True)
class Ending:
    """How a rollout ended; instants are ISO in UTC, to the millisecond.

    Attributes:
        shift_started_at: When traffic began to move to the new configuration; None if it moved at
            once, or never did.
        switched_at: When all of it was there; None if it never was.
        restored_at: When all traffic was back on the previous one, after some or all had moved.
    """

    outcome: Outcome
    ended_at: str
    shift_started_at: str | None
    switched_at: str | None
    restored_at: str | None
    reason: str | None
    alarms: tuple[str, ...]

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the machine's outcome."""
        return cls(
            outcome=Outcome(document["Status"]),
            ended_at=document["EndedAt"],
            shift_started_at=document.get("ShiftStartedAt"),
            switched_at=document.get("SwitchedAt"),
            restored_at=document.get("RestoredAt"),
            reason=document.get("Reason"),
            alarms=tuple(document.get("Alarms", ())),
        )
