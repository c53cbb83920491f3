"""How long S3 refuses to delete a record, by Object Lock; the stack's parameters say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from lineage.facts import Document


@dataclass(frozen=True)
class RetentionLock:
    """What is put on every record of a night.

    Attributes:
        mode: `GOVERNANCE`, which `s3:BypassGovernanceRetention` lifts, or `COMPLIANCE`, which
            nobody lifts (S3 user guide, "Locking objects with Object Lock").
        days: How long, from ``since`` on.
        since: An ISO instant in UTC that every attempt agrees on, so never "now".
    """

    mode: str
    days: int
    since: str

    @classmethod
    def parse(cls, night: Document) -> Self | None:
        """Read a night document; None if the stack locks no records."""
        told = night.get("RecordLock")
        return cls(told["Mode"], told["Days"], told["Since"]) if told else None

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of PutObject; with a retention S3 insists on a checksum."""
        return {
            "ObjectLockMode": self.mode,
            "ObjectLockRetainUntilDate": datetime.fromisoformat(self.since)
            + timedelta(days=self.days),
            "ChecksumAlgorithm": "SHA256",
        }
