"""A production variant: what it runs on now, and what it is to run on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Capacity:
    """A variant's share of the traffic, and its instances or its serverless configuration."""

    weight: float
    instance_count: int | None = None
    serverless: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> Capacity:
        """What a variant of an endpoint configuration asks for."""
        return cls(
            weight=members.get("InitialVariantWeight", 1.0),
            instance_count=members.get("InitialInstanceCount"),
            serverless=members.get("ServerlessConfig"),
        )

    def described(self, when: str) -> dict[str, Any]:
        """Its members of a variant's summary; ``when`` is Current or Desired."""
        members = {
            "Weight": self.weight,
            "InstanceCount": self.instance_count,
            "ServerlessConfig": self.serverless,
        }
        return {f"{when}{name}": value for name, value in members.items() if value is not None}


@dataclass(frozen=True)
class VariantStatus:
    """A stage of a variant's deployment (API reference of ProductionVariantStatus)."""

    status: str
    message: str
    started_at: datetime

    def described(self) -> dict[str, Any]:
        """An entry of VariantStatus."""
        return {
            "Status": self.status,
            "StatusMessage": self.message,
            "StartTime": self.started_at,
        }


@dataclass(frozen=True)
class Variant:
    """One production variant of an endpoint."""

    name: str
    image_uri: str
    current: Capacity
    desired: Capacity
    instance_type: str | None = None
    status: VariantStatus | None = None

    @property
    def total(self) -> int:
        """How many instances it is to have; a serverless variant counts as one."""
        count = self.desired.instance_count
        return 1 if count is None else count

    def described(self) -> dict[str, Any]:
        """A ProductionVariantSummary."""
        images = [{"SpecifiedImage": self.image_uri, "ResolvedImage": self.image_uri}]
        return {
            "VariantName": self.name,
            "DeployedImages": images,
            **self.current.described("Current"),
            **self.desired.described("Desired"),
            **({"VariantStatus": [self.status.described()]} if self.status else {}),
        }

    def pending(self) -> dict[str, Any]:
        """A PendingProductionVariantSummary."""
        kind = {"InstanceType": self.instance_type} if self.instance_type else {}
        return {**self.described(), **kind}
