"""What an endpoint serves from an instant on, as a value; an instant is when all traffic moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from lineage import names, schema
from lineage.facts import Document
from lineage.rollout_facts import Approval, Rollout
from lineage.vocabulary import Cause, Trigger

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Served:
    """A package on an endpoint, and the deployment that brought it there."""

    package_arn: str
    deployment: str
    record_uri: str
    trigger: Trigger
    approval: Approval | None

    @property
    def document(self) -> dict[str, Any]:
        """What ``parse`` reads."""
        return {
            "PackageArn": self.package_arn,
            "Deployment": self.deployment,
            "RecordUri": self.record_uri,
            "Trigger": self.trigger,
            **({"Approval": self.approval.document} if self.approval else {}),
        }

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the members of a switch that tell of the package."""
        approval = document.get("Approval")
        return cls(
            package_arn=document["PackageArn"],
            deployment=document["Deployment"],
            record_uri=document["RecordUri"],
            trigger=Trigger(document["Trigger"]),
            approval=Approval.parse(approval) if approval else None,
        )


@dataclass(frozen=True)
class Switch:
    """All traffic of an endpoint has moved.

    Attributes:
        at: When, to the millisecond.
        caused_by: The deployment that moved it.
        endpoint_config_name: What serves since; None if the endpoint was removed.
        served: What the deployment brought; None if it did not last and the traffic went back.
    """

    endpoint_name: str
    at: datetime
    cause: Cause
    caused_by: str
    endpoint_config_name: str | None
    served: Served | None

    @property
    def document(self) -> dict[str, Any]:
        """The switch by schema/switch.json."""
        return {
            "SchemaVersion": SCHEMA_VERSION,
            "EndpointName": self.endpoint_name,
            "At": iso_milliseconds(self.at),
            "Cause": self.cause,
            "CausedBy": self.caused_by,
            "EndpointConfigName": self.endpoint_config_name,
            **(self.served.document if self.served else {}),
        }

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read a stored switch.

        Raises:
            InvalidDocument: it is not one by schema/switch.json.
        """
        schema.require_valid(document, "switch")
        return cls(
            endpoint_name=document["EndpointName"],
            at=datetime.fromisoformat(document["At"]),
            cause=Cause(document["Cause"]),
            caused_by=document["CausedBy"],
            endpoint_config_name=document["EndpointConfigName"],
            served=Served.parse(document) if "PackageArn" in document else None,
        )


def switch_to(started: Rollout, at: datetime, record_uri: str) -> Switch:
    """A rollout's own switch, which its record tells of."""
    deployment = names.deployment(started.endpoint_name, started.id)
    return Switch(
        endpoint_name=started.endpoint_name,
        at=at,
        cause=Cause.SWITCHED,
        caused_by=deployment,
        endpoint_config_name=started.endpoint_config_name,
        served=Served(
            started.package_arn, deployment, record_uri, started.trigger, started.approval
        ),
    )


def switch_back(started: Rollout, at: datetime) -> Switch:
    """The end of a rollout that did not last: what served before it does so again, or nothing."""
    config_name = started.previous_endpoint_config_name
    return Switch(
        endpoint_name=started.endpoint_name,
        at=at,
        cause=Cause.RESTORED if config_name else Cause.REMOVED,
        caused_by=names.deployment(started.endpoint_name, started.id),
        endpoint_config_name=config_name,
        served=None,
    )


def served_since(read: Callable[[int], Switch], index: int) -> Served | None:
    """What an endpoint serves from its switch of a number on.

    What was restored is looked up, not copied: so each switch tells facts of one rollout only, and
    it does not matter in which order rollouts are recorded.

    Args:
        read: Gives the switches of the endpoint by their number, in the order of their instants.
        index: The number of the switch.

    Returns:
        None if nothing serves, or if no deployment on record brought it there.
    """
    switch = read(index)
    if switch.cause is not Cause.RESTORED:
        return switch.served
    passing = switch.caused_by
    for earlier in (read(each) for each in reversed(range(index))):
        if earlier.endpoint_config_name != switch.endpoint_config_name:
            if earlier.caused_by != passing:
                return None
        elif earlier.cause is Cause.SWITCHED:
            return earlier.served
        else:
            passing = earlier.caused_by
    return None


def iso_milliseconds(instant: datetime) -> str:
    """An aware instant in UTC: `2026-11-22T02:19:30.125Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
