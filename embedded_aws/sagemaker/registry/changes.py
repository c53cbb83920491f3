"""What Create and Update requests make of a package's members; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import Parameters, ServiceError

MAX_CUSTOMER_METADATA = 50
MAX_ADDITIONAL_SPECIFICATIONS = 15

_NOT_KEPT = {"ClientToken", "ModelPackageGroupName", "ModelPackageArn", "Tags"}
_MERGED = {
    "CustomerMetadataProperties",
    "CustomerMetadataPropertiesToRemove",
    "AdditionalInferenceSpecificationsToAdd",
}


def created(parameters: Parameters) -> dict[str, Any]:
    """The members of a new version."""
    given = {name: value for name, value in parameters.items() if name not in _NOT_KEPT}
    # The API model has no default; the SageMaker SDK's is this one.
    return {"ModelApprovalStatus": "PendingManualApproval", **given}


def updated(members: Mapping[str, Any], parameters: Parameters) -> dict[str, Any]:
    """The members of a version after an update: given ones replaced, metadata merged."""
    replaced = {
        name: value for name, value in parameters.items() if name not in _NOT_KEPT | _MERGED
    }
    return {
        **members,
        **replaced,
        **_metadata(members, parameters),
        **_specifications(members, parameters),
    }


def _metadata(members: Mapping[str, Any], parameters: Parameters) -> dict[str, Any]:
    removed = set(parameters.get("CustomerMetadataPropertiesToRemove", ()))
    known = members.get("CustomerMetadataProperties", {})
    kept = {key: value for key, value in known.items() if key not in removed}
    merged = {**kept, **parameters.get("CustomerMetadataProperties", {})}
    if len(merged) > MAX_CUSTOMER_METADATA:
        message = f"A model package holds {MAX_CUSTOMER_METADATA} metadata properties at most"
        raise ServiceError("ValidationException", message)
    return {"CustomerMetadataProperties": merged} if merged or known else {}


def _specifications(members: Mapping[str, Any], parameters: Parameters) -> dict[str, Any]:
    known = members.get("AdditionalInferenceSpecifications", [])
    added = parameters.get("AdditionalInferenceSpecificationsToAdd", [])
    if len(known) + len(added) > MAX_ADDITIONAL_SPECIFICATIONS:
        message = (
            f"A model package holds {MAX_ADDITIONAL_SPECIFICATIONS} additional inference "
            "specifications at most"
        )
        raise ServiceError("ValidationException", message)
    return {"AdditionalInferenceSpecifications": [*known, *added]} if added else {}
