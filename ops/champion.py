"""The model in production on a night's holdout, as the night's history tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Champion:
    """What a night's model was compared with.

    Attributes:
        package_arn: Empty if what serves could not be told.
        auc: Its AUC; None if it was not compared, as the rest.
        difference: By how much the night's AUC is larger, with the interval of that.
        not_compared: Why it was not, if that is known.
    """

    package_arn: str
    auc: float | None = None
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    not_compared: str = ""

    @classmethod
    def parse(cls, pinned: object, told: object) -> Self | None:
        """Of the night document's ``Champion`` and of ReadAuc's; None without the former."""
        if not isinstance(pinned, Mapping):
            return None
        found: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
        return cls(
            package_arn=pinned.get("PackageArn", ""),
            auc=found.get("Auc"),
            difference=found.get("Difference"),
            lower=found.get("DifferenceLower"),
            upper=found.get("DifferenceUpper"),
            not_compared=pinned.get("NotComparable", "") or found.get("NotCompared", ""),
        )

    @property
    def title(self) -> str:
        """The version and its AUC: ``v3 0.9512``."""
        version = self.package_arn.rpartition("/")[2]
        return "" if self.auc is None else f"v{version} {self.auc:.4f}"

    @property
    def shown_difference(self) -> str:
        """The difference and its 95 % interval: ``+0.0012 [-0.0010, +0.0034]``."""
        if self.difference is None:
            return ""
        return f"{self.difference:+.4f} [{self.lower:+.4f}, {self.upper:+.4f}]"

    @property
    def document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "packageArn": self.package_arn,
            "auc": self.auc,
            "difference": self.difference,
            "differenceLower": self.lower,
            "differenceUpper": self.upper,
            "notCompared": self.not_compared,
        }
