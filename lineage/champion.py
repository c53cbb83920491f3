"""What a night's model was compared with: production's, told as values and never as a node.

An edge to it would make another night's data an ancestor of this one's package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from lineage.facts import Document
from lineage.model import Properties

_PACKAGE, _NOT_COMPARED = "ChampionPackageArn", "ChampionNotCompared"
_FIGURES = {
    "auc": "ChampionAuc",
    "difference": "AucDifference",
    "lower": "AucDifferenceLower",
    "upper": "AucDifferenceUpper",
}


@dataclass(frozen=True)
class Figures:
    """A champion's AUC, by how much the night's is larger, and the 95 % interval of that."""

    auc: float
    difference: float
    lower: float
    upper: float

    @classmethod
    def told_by(cls, properties: Mapping[str, str]) -> Self | None:
        """Read the properties that a comparison has; None if it has no figures."""
        if not properties.keys() >= set(_FIGURES.values()):
            return None
        return cls(**{name: float(properties[key]) for name, key in _FIGURES.items()})

    @property
    def properties(self) -> dict[str, float]:
        """What ``told_by`` reads."""
        return {_FIGURES[name]: value for name, value in asdict(self).items()}

    @property
    def shown_difference(self) -> str:
        """The difference and its interval: ``+0.0012 [-0.0010, +0.0034]``."""
        return f"{self.difference:+.4f} [{self.lower:+.4f}, {self.upper:+.4f}]"


@dataclass(frozen=True)
class Comparison:
    """A night's model beside the one in production, on the holdout of the night.

    Attributes:
        package_arn: The champion's; None if what serves could not be told.
        figures: None if the two were not compared.
        not_compared: Why they were not, if that is known.
    """

    package_arn: str | None
    figures: Figures | None = None
    not_compared: str | None = None

    @classmethod
    def of(cls, pinned: Document, told: Document | None) -> Self:
        """Of the ``Champion`` of a night document, and the ``champion`` of its evaluation.json."""
        arn = pinned.get("PackageArn")
        if told is None:
            why = pinned.get("NotComparable", "the evaluation tells of no champion")
            return cls(arn, not_compared=why)
        if "not_compared" in told:
            return cls(arn, not_compared=told["not_compared"])
        difference = told["auc_difference"]
        bounds = (difference["lower"], difference["upper"])
        return cls(arn, Figures(told["auc"]["value"], difference["value"], *bounds))

    @classmethod
    def told_by(cls, properties: Properties) -> Self | None:
        """Of a report's properties, or a package's in the registry; None if nothing served."""
        found = cls(
            properties.get(_PACKAGE), Figures.told_by(properties), properties.get(_NOT_COMPARED)
        )
        return None if found == cls(None) else found

    @property
    def champion_version(self) -> str:
        """The champion's version in the registry; empty if it could not be told."""
        return (self.package_arn or "").rpartition("/")[2]

    @property
    def properties(self) -> dict[str, object]:
        """What ``told_by`` reads."""
        told = {_PACKAGE: self.package_arn, _NOT_COMPARED: self.not_compared}
        return {
            **{key: value for key, value in told.items() if value is not None},
            **(self.figures.properties if self.figures else {}),
        }

    @property
    def document(self) -> dict[str, Any]:
        """As an explanation tells it."""
        return {name.removeprefix("Champion"): value for name, value in self.properties.items()}
