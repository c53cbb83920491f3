"""What a night's model was compared with: production's, told as values and never as a node.

An edge to it would make another night's data an ancestor of this one's package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lineage.facts import Document
from lineage.model import Properties

_PACKAGE, _NOT_COMPARED = "ChampionPackageArn", "ChampionNotCompared"
_FIGURES = {
    "Auc": "ChampionAuc",
    "AucDifference": "AucDifference",
    "AucDifferenceLower": "AucDifferenceLower",
    "AucDifferenceUpper": "AucDifferenceUpper",
}


@dataclass(frozen=True)
class Champion:
    """The model in production, on the holdout of a night.

    Attributes:
        package_arn: None if what serves could not be told.
        figures: Its AUC, how much larger the night's is, and the interval of that.
        not_compared: Why there are no figures.
    """

    package_arn: str | None
    figures: Mapping[str, float]
    not_compared: str | None

    @classmethod
    def of(cls, pinned: Document, told: Document | None) -> Self:
        """Of the ``Champion`` of a night document, and the ``champion`` of its evaluation.json."""
        arn = pinned.get("PackageArn")
        if told is None:
            return cls(arn, {}, pinned.get("NotComparable", "the evaluation tells of no champion"))
        if "not_compared" in told:
            return cls(arn, {}, told["not_compared"])
        difference = told["auc_difference"]
        figures = {
            "Auc": told["auc"]["value"],
            "AucDifference": difference["value"],
            "AucDifferenceLower": difference["lower"],
            "AucDifferenceUpper": difference["upper"],
        }
        return cls(arn, figures, None)

    @classmethod
    def told_by(cls, properties: Properties) -> Self | None:
        """Of a report's properties; None if nothing served in production."""
        figures = {
            name: float(properties[key]) for name, key in _FIGURES.items() if key in properties
        }
        not_compared = properties.get(_NOT_COMPARED)
        if not figures and not_compared is None:
            return None
        return cls(properties.get(_PACKAGE), figures, not_compared)

    @property
    def properties(self) -> dict[str, object]:
        """What ``told_by`` reads."""
        told = {_PACKAGE: self.package_arn, _NOT_COMPARED: self.not_compared}
        return {
            **{key: value for key, value in told.items() if value is not None},
            **{_FIGURES[name]: value for name, value in self.figures.items()},
        }

    @property
    def document(self) -> dict[str, Any]:
        """As an explanation tells it."""
        told = {"PackageArn": self.package_arn, "NotCompared": self.not_compared}
        return {**{key: value for key, value in told.items() if value}, **self.figures}
