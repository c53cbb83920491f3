"""What is known about a rollout, typed: parsed once from the documents of its state machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lineage.facts import Document
from lineage.model import Properties
from lineage.vocabulary import Outcome, Trigger


@dataclass(frozen=True)
class Approval:
    """Who let a package go to production, when (ISO, UTC), and with what comment."""

    by: str
    at: str
    comment: str | None = None

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the member Approval of a rollout or of a switch."""
        return cls(document["By"], document["At"], document.get("Comment"))

    @classmethod
    def told_by(cls, properties: Properties) -> Self | None:
        """Read the properties of a deployment's action."""
        if "ApprovedBy" not in properties:
            return None
        by, at = properties["ApprovedBy"], properties["ApprovedAt"]
        return cls(by, at, properties.get("ApprovalComment"))

    @property
    def document(self) -> dict[str, str]:
        """What ``parse`` reads."""
        comment = {} if self.comment is None else {"Comment": self.comment}
        return {"By": self.by, "At": self.at, **comment}

    @property
    def properties(self) -> dict[str, str]:
        """What ``told_by`` reads."""
        comment = {} if self.comment is None else {"ApprovalComment": self.comment}
        return {"ApprovedBy": self.by, "ApprovedAt": self.at, **comment}


@dataclass(frozen=True)
class Rollout:
    """A package on its way onto an endpoint, as PrepareRollout described it.

    Attributes:
        id: Tells the rollouts of an endpoint apart.
        previous_endpoint_config_name: What served before; None if the endpoint is new.
        previous_since: Since when, ISO; None if nobody asked the endpoint.
        approval: None where nobody had to approve.
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
    execution_arn: str
    started_at: str
    approval: Approval | None

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the rollout document."""
        approval = document.get("Approval")
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
            execution_arn=document["ExecutionArn"],
            started_at=document["StartedAt"],
            approval=Approval.parse(approval) if approval else None,
        )


@dataclass(frozen=True)
class Ending:
    """How a rollout ended; instants are ISO in UTC, to the millisecond.

    Attributes:
        switched_at: When all traffic was on the new configuration; None if it never was.
        restored_at: When all traffic was back on the previous one, after a switch.
    """

    outcome: Outcome
    ended_at: str
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
            switched_at=document.get("SwitchedAt"),
            restored_at=document.get("RestoredAt"),
            reason=document.get("Reason"),
            alarms=tuple(document.get("Alarms", ())),
        )
