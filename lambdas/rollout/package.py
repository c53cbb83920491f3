"""A registered model package, as far as a rollout needs to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from lineage.rollouts.switches import iso_milliseconds
from lineage.signature import identity
from rollout.errors import InvalidRollout

APPROVED = "Approved"
UNKNOWN = "unknown"
_SAMPLE = "sample.json"


@dataclass(frozen=True)
class Deployable:
    """A version of the stack's group that a night registered.

    Attributes:
        sample_uri: Rows and the scores that an endpoint must return for them; the evaluation job
            wrote it beside the evaluation that the package names.
    """

    arn: str
    group: str
    version: int
    data_date: str
    run_id: str
    container: Mapping[str, Any]
    sample_uri: str
    approval_status: str
    last_change: Mapping[str, str]

    @classmethod
    def parse(cls, described: Mapping[str, Any]) -> Self:
        """Read the response of DescribeModelPackage.

        Raises:
            InvalidRollout: no night registered it.
        """
        told = described.get("CustomerMetadataProperties", {})
        quality = described.get("ModelMetrics", {}).get("ModelQuality", {})
        if not {"DataDate", "RunId"} <= told.keys() or "Statistics" not in quality:
            raise InvalidRollout(
                f"{described['ModelPackageArn']} was not registered by a night, so nobody knows"
                " what to test it by: reject it, or deploy it by hand"
            )
        return cls(
            arn=described["ModelPackageArn"],
            group=described["ModelPackageGroupName"],
            version=described["ModelPackageVersion"],
            data_date=told["DataDate"],
            run_id=told["RunId"],
            container=described["InferenceSpecification"]["Containers"][0],
            sample_uri=_beside(quality["Statistics"]["S3Uri"], _SAMPLE),
            approval_status=described["ModelApprovalStatus"],
            last_change=last_change(described),
        )

    @property
    def model_uri(self) -> str:
        """Where the model artifact is."""
        uri: str = self.container["ModelDataUrl"]
        return uri

    @property
    def endpoint_arns(self) -> str:
        """What the ARNs of endpoints beside this package begin with."""
        return f"{self.arn.partition(':model-package/')[0]}:endpoint/"

    def model_container(self, *, demands_approval: bool) -> dict[str, str]:
        """What CreateModel makes a model of.

        SageMaker itself refuses to deploy a package as such unless it is approved; what nobody
        has approved yet goes to the candidate endpoint by its image and artifact.
        """
        if demands_approval:
            return {"ModelPackageName": self.arn}
        return {"Image": self.container["Image"], "ModelDataUrl": self.model_uri}


def _beside(uri: str, name: str) -> str:
    return f"{uri.rpartition('/')[0]}/{name}"


def last_change(described: Mapping[str, Any]) -> dict[str, str]:
    """Who changed the package last, when, and why: just after an approval, who approved it."""
    changed_at: datetime = described.get("LastModifiedTime", described["CreationTime"])
    change = {
        "By": identity(described.get("LastModifiedBy", {})) or UNKNOWN,
        "At": iso_milliseconds(changed_at),
        "Comment": described.get("ApprovalDescription"),
    }
    return {name: value for name, value in change.items() if value}
