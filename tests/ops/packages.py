"""Model packages as a night registers them, for tests of what operators decide on them."""

from __future__ import annotations

from typing import Any

GROUP = "fraud"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"


def create_package(
    sagemaker: Any, model_url: str = "s3://bucket/model.tar.gz", **changes: Any
) -> str:
    """The ARN of a package that nobody has decided on."""
    created = sagemaker.create_model_package(
        **{
            "ModelPackageGroupName": GROUP,
            "ModelApprovalStatus": "PendingManualApproval",
            "InferenceSpecification": {
                "Containers": [{"Image": IMAGE, "ModelDataUrl": model_url}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            "CustomerMetadataProperties": {"DataDate": "2026-11-21", "Auc": "0.9687"},
            **changes,
        }
    )
    return str(created["ModelPackageArn"])
