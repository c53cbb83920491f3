"""What an endpoint serves from an instant on, as a value; an instant is when all traffic moved."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Switch:
    """All traffic of an endpoint has moved.

    Attributes:
        at: When, to the millisecond.
        caused_by: The deployment that moved it; after a restore not the one that serves.
        endpoint_config_name: What serves since; None if the endpoint was removed.
        served: What that is; None if no deployment on record brought it there.
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
            **self.served_document,
        }

    @property
    def served_document(self) -> dict[str, Any]:
        """The part of it that tells of the package."""
        served = self.served
        if served is None:
            return {"PackageArn": None}
        return {
            "PackageArn": served.package_arn,
            "Deployment": served.deployment,
            "RecordUri": served.record_uri,
            "Trigger": served.trigger,
            **({"Approval": served.approval.document} if served.approval else {}),
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
            served=_parse_served(document) if document["PackageArn"] else None,
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


def switch_back(started: Rollout, at: datetime, before: Switch | None) -> Switch:
    """What a rollout that did not last left to serve: what served before it, or nothing.

    Args:
        started: The rollout.
        at: When all traffic was back.
        before: The endpoint's last switch before that of the rollout.
    """
    config_name = started.previous_endpoint_config_name
    is_known = before is not None and before.endpoint_config_name == config_name
    return Switch(
        endpoint_name=started.endpoint_name,
        at=at,
        cause=Cause.RESTORED if config_name else Cause.REMOVED,
        caused_by=names.deployment(started.endpoint_name, started.id),
        endpoint_config_name=config_name,
        served=before.served if before and is_known else None,
    )


def iso_milliseconds(instant: datetime) -> str:
    """An aware instant in UTC: `2026-11-22T02:19:30.125Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parse_served(document: Document) -> Served:
    approval = document.get("Approval")
    return Served(
        package_arn=document["PackageArn"],
        deployment=document["Deployment"],
        record_uri=document["RecordUri"],
        trigger=Trigger(document["Trigger"]),
        approval=Approval.parse(approval) if approval else None,
    )
