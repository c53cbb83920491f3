"""What an endpoint serves from an instant on, as a value; an instant is when all traffic moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from lineage import schema
from lineage.facts import Document
from lineage.model import Action
from lineage.records.record import Record
from lineage.signature import APPROVAL, ROLLBACK, Signature, signatures
from lineage.vocabulary import ActionType, Cause, Trigger

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Served:
    """A package on an endpoint, and the deployment that brought it there."""

    package_arn: str
    deployment: str
    record_uri: str
    trigger: Trigger
    approval: Signature | None
    rollback: Signature | None = None

    @property
    def document(self) -> dict[str, Any]:
        """What ``parse`` reads."""
        return {
            "PackageArn": self.package_arn,
            "Deployment": self.deployment,
            "RecordUri": self.record_uri,
            "Trigger": self.trigger,
            **signatures(self.approval, self.rollback),
        }

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the members of a switch that tell of the package."""
        return cls(
            package_arn=document["PackageArn"],
            deployment=document["Deployment"],
            record_uri=document["RecordUri"],
            trigger=Trigger(document["Trigger"]),
            approval=Signature.parse(document.get("Approval")),
            rollback=Signature.parse(document.get("Rollback")),
        )


@dataclass(frozen=True)
class Switch:
    """All traffic of an endpoint has moved.

    Attributes:
        at: When, to the millisecond.
        caused_by: The deployment that moved it.
        endpoint_config_name: What serves since; None if the endpoint was removed or deleted.
        served: What the deployment brought; None if it did not last and the traffic went back.
    """

    endpoint_name: str
    at: datetime
    cause: Cause
    caused_by: str
    endpoint_config_name: str | None
    served: Served | None

    def is_told_by(self, logged: Switch) -> bool:
        """Whether the log has it; the endpoint may have been looked at before the record came."""
        is_found = logged.cause is Cause.FOUND
        return self == logged or (
            is_found and self.endpoint_config_name == logged.endpoint_config_name
        )

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


@dataclass(frozen=True)
class Reign:
    """How long an endpoint served something; ``until`` is None if nothing has ended it."""

    endpoint_name: str
    served: Served
    since: datetime
    until: datetime | None


def switches_of(deployment: Action, record_uri: str) -> list[Switch]:
    """What a deployment that ended did to its endpoint's traffic.

    Nothing if the endpoint never served it, or for less than a millisecond.

    Args:
        deployment: As its last record tells of it.
        record_uri: Where that lies.
    """
    told = deployment.properties
    switched_at, restored_at = told.get("SwitchedAt"), told.get("RestoredAt")
    if switched_at is None or switched_at == restored_at:
        return []
    there = _switch(deployment, switched_at, Cause.SWITCHED)
    there = replace(there, served=_served(deployment, record_uri))
    if restored_at is None:
        return [there]
    before = told.get("PreviousEndpointConfigName")
    back = _switch(deployment, restored_at, Cause.RESTORED if before else Cause.REMOVED)
    return [there, replace(back, endpoint_config_name=before)]


def found_switch(
    endpoint_name: str, endpoint_config_name: str, since: datetime, outcome: Record | None
) -> Switch:
    """What an endpoint serves although no record tells that it does.

    It is told by when the endpoint last changed, and by how the deployment ended that brought the
    configuration, if one did: whoever finds it, and whenever, says the same.
    """
    found = Switch(
        endpoint_name, since, Cause.FOUND, endpoint_config_name, endpoint_config_name, served=None
    )
    if outcome is None:
        return found
    (deployment,) = outcome.graph.actions(ActionType.MODEL_DEPLOYMENT)
    return replace(found, caused_by=deployment.name, served=_served(deployment, outcome.uri))


def gone_switch(endpoint_name: str, endpoint_config_name: str, since: datetime) -> Switch:
    """An endpoint is gone that no rollout removed: somebody deleted it.

    Args:
        endpoint_name: Its name.
        endpoint_config_name: What it served last.
        since: When it was deleted, or found to be.
    """
    return Switch(endpoint_name, since, Cause.FOUND, endpoint_config_name, None, served=None)


def reigns(switches: Sequence[Switch]) -> Iterator[Reign]:
    """What an endpoint served, and from when until when; not what no rollout brought there.

    Args:
        switches: All of one endpoint, in the order of their instants.
    """
    for index, switch in enumerate(switches):
        served = served_since(switches.__getitem__, index)
        until = switches[index + 1].at if index + 1 < len(switches) else None
        if served:
            yield Reign(switch.endpoint_name, served, switch.at, until)


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
        elif earlier.cause is not Cause.RESTORED:
            return earlier.served
        else:
            passing = earlier.caused_by
    return None


def _switch(deployment: Action, at: str, cause: Cause) -> Switch:
    return Switch(
        endpoint_name=deployment.properties["EndpointName"],
        at=datetime.fromisoformat(at),
        cause=cause,
        caused_by=deployment.name,
        endpoint_config_name=deployment.properties["EndpointConfigName"],
        served=None,
    )


def _served(deployment: Action, record_uri: str) -> Served:
    told = deployment.properties
    return Served(
        package_arn=told["ModelPackageArn"],
        deployment=deployment.name,
        record_uri=record_uri,
        trigger=Trigger(told["Trigger"]),
        approval=Signature.told_by(told, APPROVAL),
        rollback=Signature.told_by(told, ROLLBACK),
    )


def iso_milliseconds(instant: datetime) -> str:
    """An aware instant in UTC: `2026-11-22T02:19:30.125Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
