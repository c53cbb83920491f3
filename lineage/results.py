"""What the jobs of a night found, typed, and what was decided on it: parsed once from documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lineage.facts import Document
from lineage.vocabulary import Channel, Decision


@dataclass(frozen=True)
class ChannelSummary:
    """The rows that featurise put into one channel; days are ISO dates, inclusive."""

    rows: int
    frauds: int
    first_day: str
    last_day: str


@dataclass(frozen=True)
class FeatureSummary:
    """What featurise read, wrote and left out."""

    data_date: str
    source_digest: str
    source_objects: int
    source_rows: int
    channels: Mapping[Channel, ChannelSummary]
    left_out_customers: int
    left_out_transactions: int
    features: tuple[str, ...]
    content_type: str

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read featurise's summary.json."""
        return cls(
            data_date=document["dataDate"],
            source_digest=document["sourceDigest"],
            source_objects=document["source"]["objects"],
            source_rows=document["source"]["rows"],
            channels={
                name: ChannelSummary(
                    rows=channel["rows"],
                    frauds=channel["frauds"],
                    first_day=channel["firstDay"],
                    last_day=channel["lastDay"],
                )
                for name in Channel
                for channel in (document["channels"][name],)
            },
            left_out_customers=document["leftOut"]["customers"],
            left_out_transactions=document["leftOut"]["transactions"],
            features=tuple(document["features"]),
            content_type=document["contentType"],
        )


@dataclass(frozen=True)
class Evaluation:
    """What evaluation.json says about a model on the holdout."""

    auc: float
    auc_standard_error: float
    auc_lower: float
    auc_upper: float
    average_precision: float
    rows: int
    positives: int
    champion: Document | None

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read evaluation.json, in SageMaker's model quality layout."""
        metrics = document["binary_classification_metrics"]
        return cls(
            auc=metrics["auc"]["value"],
            auc_standard_error=metrics["auc"]["standard_deviation"],
            auc_lower=document["auc_interval"]["lower"],
            auc_upper=document["auc_interval"]["upper"],
            average_precision=metrics["average_precision"]["value"],
            rows=document["counts"]["rows"],
            positives=document["counts"]["positives"],
            champion=document.get("champion"),
        )


@dataclass(frozen=True)
class Gate:
    """The decision on a model, taken once by the state machine.

    Attributes:
        mode: GateMode of schema/night.json.
        margin: NonInferiorityMargin, if it counted.
        difference_lower: What was held against the margin.
        reason: Why the model was rejected, if it was.
    """

    passed: bool
    auc: float
    threshold: float
    mode: str
    margin: float | None
    difference_lower: float | None
    reason: str | None

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the machine's gate variable."""
        return cls(
            passed=document["passed"],
            auc=document["auc"],
            threshold=document["threshold"],
            mode=document["mode"],
            margin=document.get("margin"),
            difference_lower=document.get("differenceLower"),
            reason=document.get("reason"),
        )

    @property
    def told(self) -> dict[str, object]:
        """The decision, and what it was made on."""
        optional = {"NonInferiorityMargin": self.margin, "Reason": self.reason}
        return {
            "Auc": self.auc,
            "AucThreshold": self.threshold,
            "GateMode": self.mode,
            **{name: value for name, value in optional.items() if value is not None},
            "Decision": self.decision,
        }

    @property
    def decision(self) -> Decision:
        """The decision as a word."""
        return Decision.PASSED if self.passed else Decision.REJECTED
