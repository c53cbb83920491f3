"""What fourteen nights left behind, gathered once for all who look at it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lineage.schema import require_valid
from ops.night import Night
from tests.machine.application import Application
from tests.machine.lineage_index import LineageIndex


@dataclass(frozen=True)
class Fortnight:
    """The nights, their jobs and their lineage, on the application that ran them."""

    application: Application
    nights: list[Night]
    transactions: Path
    jobs: list[dict[str, Any]]
    index: LineageIndex
    notices: list[dict[str, Any]] = field(default_factory=list)

    @property
    def registered(self) -> list[Night]:
        """The nights that registered a package, oldest first."""
        return [night for night in self.nights if night.package_arn]

    @property
    def rejected(self) -> list[Night]:
        """The nights that did not."""
        return [night for night in self.nights if not night.package_arn]

    def run_id(self, night: Night) -> str:
        """The id that PrepareNight gave a night."""
        (run_id,) = {
            it["Properties"]["RunId"]
            for it in self.index.actions.values()
            if it["Source"]["SourceUri"] == night.execution_arn
        }
        return str(run_id)

    def records(self, night: Night) -> dict[str, dict[str, Any]]:
        """A night's records in S3, by stage."""
        s3, bucket = self.application.client("s3"), self.application.outputs["BucketName"]
        prefix = f"lineage/dt={night.data_date}/{self.run_id(night)}/"
        keys = [it["Key"] for it in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]]
        documents = [json.load(s3.get_object(Bucket=bucket, Key=key)["Body"]) for key in keys]
        return {it["Stage"]: it for it in documents if "Stage" in it}

    def explain(self, night: Night) -> dict[str, Any]:
        """The deployed query Lambda's answer for a night's package."""
        return self.ask("explain", Package=night.package_arn)

    def ask(self, operation: str, **asked: str) -> dict[str, Any]:
        """The deployed query Lambda's answer to a question."""
        event = {"Operation": operation, **asked}
        answer: dict[str, Any] = self.application.invoke("QueryLineageFunction", event)
        require_valid(answer, operation)
        return answer
