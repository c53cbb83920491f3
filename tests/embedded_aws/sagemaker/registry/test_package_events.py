"""Events about model packages as a rule's target gets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_registration_is_an_event(delivered: Callable[[str], list[Any]], registry: Any) -> None:
    """Guide "Events that SageMaker sends to EventBridge"; custom-project-templates issue 15."""
    group = registry.group()
    arn = registry.package(group)

    (event,) = delivered(arn)

    assert event["source"] == "aws.sagemaker"
    assert event["detail"]["ModelPackageGroupName"] == group
    assert event["detail"]["ModelPackageVersion"] == 1
    assert event["detail"]["ModelApprovalStatus"] == "PendingManualApproval"
    assert event["detail"]["CreationTime"].endswith("Z")
    assert "UpdatedModelPackageFields" not in event["detail"]


def test_an_approval_names_the_updated_field(
    delivered: Callable[[str], list[Any]], registry: Any, sagemaker: Any
) -> None:
    """Guide "Events that SageMaker sends to EventBridge"."""
    arn = registry.package()
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")

    (approval,) = [
        event for event in delivered(arn) if "UpdatedModelPackageFields" in event["detail"]
    ]

    assert approval["detail"]["UpdatedModelPackageFields"] == ["ModelApprovalStatus"]
    assert approval["detail"]["ModelApprovalStatus"] == "Approved"


def test_a_metadata_edit_does_not_claim_to_have_changed_the_approval(
    delivered: Callable[[str], list[Any]], registry: Any, sagemaker: Any
) -> None:
    """Whoever deploys on approval filters on UpdatedModelPackageFields."""
    arn = registry.package(ModelApprovalStatus="Approved")
    sagemaker.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"k": "v"})

    fields = [event["detail"].get("UpdatedModelPackageFields") for event in delivered(arn)]

    assert ["CustomerMetadataProperties"] in fields
    assert not any("ModelApprovalStatus" in (each or ()) for each in fields)


def test_a_repeated_registration_is_no_second_event(
    delivered: Callable[[str], list[Any]], registry: Any
) -> None:
    group = registry.group()
    arn = registry.package(group, ClientToken="once")
    registry.package(group, ClientToken="once")

    assert len(delivered(arn)) == 1
