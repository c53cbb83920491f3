from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from embedded_aws.instance import Instance

Refused = Callable[..., tuple[str, str]]
ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


def test_versions_count_from_one(registry: Any) -> None:
    group = registry.group()

    arns = [registry.package(group) for _ in range(2)]

    assert arns == [f"{PREFIX}:model-package/{group}/{version}" for version in (1, 2)]


def test_a_version_is_described_as_it_was_registered(sagemaker: Any, registry: Any) -> None:
    """Guide "View the Details of a Model Version"."""
    group = registry.group()
    members = {
        "ModelPackageDescription": "night of 2026-11-21",
        "ModelApprovalStatus": "PendingManualApproval",
        "CustomerMetadataProperties": {"AUC": "0.957", "Run": "20261121-1a2b3c4d"},
        "MetadataProperties": {"CommitId": "abc", "GeneratedBy": "arn:execution"},
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {"ContentType": "application/json", "S3Uri": "s3://b/e.json"}
            }
        },
        "SkipModelValidation": "All",
        "SourceUri": "s3://b/run/",
    }
    arn = registry.package(group, **members)

    described = sagemaker.describe_model_package(ModelPackageName=arn)

    assert {name: described[name] for name in members} == members
    assert described["ModelPackageGroupName"] == group
    assert described["ModelPackageVersion"] == 1
    assert described["ModelPackageStatus"] == "Completed"
    assert described["ModelPackageStatusDetails"] == {
        "ValidationStatuses": [],
        "ImageScanStatuses": [],
    }
    assert described["InferenceSpecification"]["SupportedResponseMIMETypes"] == ["text/csv"]
    assert "ModelPackageName" not in described


def test_approval_is_pending_unless_given(sagemaker: Any, registry: Any) -> None:
    """SageMaker SDK's default; the API reference names none."""
    described = sagemaker.describe_model_package(ModelPackageName=registry.package())

    assert described["ModelApprovalStatus"] == "PendingManualApproval"


def test_a_repeated_client_token_returns_the_first_version(sagemaker: Any, registry: Any) -> None:
    """API reference of CreateModelPackage: "guarantees that the call is idempotent"."""
    group = registry.group()

    first = registry.package(group, ClientToken="night-1")
    again = registry.package(group, ClientToken="night-1")

    assert first == again
    listed = sagemaker.list_model_packages(ModelPackageGroupName=group)
    assert len(listed["ModelPackageSummaryList"]) == 1


def test_a_client_token_with_another_request_is_refused(registry: Any, refused: Refused) -> None:
    """API model: ConflictException; which requests conflict is undocumented."""
    group = registry.group()
    registry.package(group, ClientToken="night-2")

    code, _ = refused(
        registry.package, group=group, ClientToken="night-2", ModelPackageDescription="another"
    )

    assert code == "ConflictException"


def test_of_concurrent_calls_with_one_token_one_registers(registry: Any) -> None:
    group = registry.group()

    with ThreadPoolExecutor(8) as pool:
        arns = set(pool.map(lambda _: registry.package(group, ClientToken="raced"), range(8)))

    assert arns == {f"{PREFIX}:model-package/{group}/1"}


def test_tags_on_a_version_are_refused(registry: Any, refused: Refused) -> None:
    """API reference of CreateModelPackage: "you cannot supply a tag argument"."""
    code, message = refused(registry.package, Tags=[{"Key": "k", "Value": "v"}])

    assert code == "ValidationException"
    assert "tag" in message.lower()


def test_unversioned_packages_are_refused_by_name(sagemaker: Any, refused: Refused) -> None:
    code, message = refused(sagemaker.create_model_package, ModelPackageName="alone")

    assert code == "ValidationException"
    assert "unversioned" in message


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("CertifyForMarketplace", True),
        ("ManagedStorageType", "Restricted"),
        ("ModelPackageRegistrationType", "Logged"),
        (
            "SourceAlgorithmSpecification",
            {"SourceAlgorithms": [{"AlgorithmName": "some-algorithm"}]},
        ),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(
    member: str, value: object, registry: Any, refused: Refused
) -> None:
    code, message = refused(registry.package, **{member: value})

    assert code == "ValidationException"
    assert member in message


def test_registering_needs_a_group_that_exists(registry: Any, refused: Refused) -> None:
    """Observed text, public issue threads."""
    code, message = refused(registry.package, group="never-made")

    assert code == "ValidationException"
    assert "does not exist" in message


def test_a_missing_version_does_not_exist(sagemaker: Any, registry: Any, refused: Refused) -> None:
    missing = f"{PREFIX}:model-package/{registry.group()}/7"

    code, message = refused(sagemaker.describe_model_package, ModelPackageName=missing)

    assert code == "ValidationException"
    assert "does not exist" in message
    assert refused(sagemaker.delete_model_package, ModelPackageName=missing)[0] == code
    assert refused(sagemaker.update_model_package, ModelPackageArn=missing)[0] == code


def test_approving_keeps_everything_else(sagemaker: Any, registry: Any) -> None:
    arn = registry.package(CustomerMetadataProperties={"AUC": "0.95"})
    before = sagemaker.describe_model_package(ModelPackageName=arn)

    sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="looks good"
    )

    after = sagemaker.describe_model_package(ModelPackageName=arn)
    assert after["ModelApprovalStatus"] == "Approved"
    assert after["ApprovalDescription"] == "looks good"
    assert after["CustomerMetadataProperties"] == {"AUC": "0.95"}
    assert after["InferenceSpecification"] == before["InferenceSpecification"]
    assert after["LastModifiedTime"] > before["LastModifiedTime"]
    assert after["CreationTime"] == before["CreationTime"]


def test_a_version_tells_who_registered_and_who_approved_it(
    aws: Instance, client: Callable[[str], Any], sagemaker: Any, registry: Any
) -> None:
    """API reference of UserContext: IamIdentity, for model packages and groups only."""
    approver = client("iam").create_role(
        RoleName="approver", AssumeRolePolicyDocument=json.dumps(ANYBODY)
    )["Role"]["Arn"]
    approving = {"Effect": "Allow", "Action": "sagemaker:UpdateModelPackage", "Resource": "*"}
    client("iam").put_role_policy(
        RoleName="approver",
        PolicyName="approve",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": approving}),
    )
    arn = registry.package()

    aws.environment.clients.as_role("sagemaker", approver, "alice").update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved"
    )

    described = sagemaker.describe_model_package(ModelPackageName=arn)
    registrar = client("sts").get_caller_identity()["Arn"]
    assert described["CreatedBy"]["IamIdentity"]["Arn"] == registrar
    assert described["LastModifiedBy"]["IamIdentity"]["Arn"] == (
        "arn:aws:sts::123456789012:assumed-role/approver/alice"
    )


def test_customer_metadata_is_merged_and_removed_by_key(sagemaker: Any, registry: Any) -> None:
    """API reference of UpdateModelPackage."""
    arn = registry.package(CustomerMetadataProperties={"a": "1", "b": "2"})

    sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"c": "3"},
        CustomerMetadataPropertiesToRemove=["a"],
    )

    described = sagemaker.describe_model_package(ModelPackageName=arn)
    assert described["CustomerMetadataProperties"] == {"b": "2", "c": "3"}


def test_more_than_50_metadata_properties_are_refused(
    sagemaker: Any, registry: Any, refused: Refused
) -> None:
    """API model: CustomerMetadataMap; also when an update would bring them together."""
    many = {str(number): "v" for number in range(50)}
    arn = registry.package(CustomerMetadataProperties=many)

    code, _ = refused(
        sagemaker.update_model_package,
        ModelPackageArn=arn,
        CustomerMetadataProperties={"one more": "v"},
    )

    assert code == "ValidationException"
    code, _ = refused(registry.package, CustomerMetadataProperties={**many, "one more": "v"})
    assert code == "ValidationException"


def test_metadata_values_have_a_charset_and_a_length(registry: Any, refused: Refused) -> None:
    """API model: CustomerMetadataValue, letters, digits, space and _.:/=+-@, at most 256."""
    for value in ('{"json": 1}', "v" * 257):
        code, _ = refused(registry.package, CustomerMetadataProperties={"k": value})
        assert code == "ValidationException"


def test_a_deleted_versions_number_is_not_used_again(sagemaker: Any, registry: Any) -> None:
    """Undocumented; the safe assumption for whoever names things after versions."""
    group = registry.group()
    sagemaker.delete_model_package(ModelPackageName=registry.package(group))

    assert registry.package(group) == f"{PREFIX}:model-package/{group}/2"


def test_versions_are_listed_by_approval_and_order(sagemaker: Any, registry: Any) -> None:
    group = registry.group()
    for status in ("Approved", "Rejected", "Approved"):
        registry.package(group, ModelApprovalStatus=status)

    def versions(**filters: str) -> list[int]:
        listed = sagemaker.list_model_packages(ModelPackageGroupName=group, **filters)
        return [each["ModelPackageVersion"] for each in listed["ModelPackageSummaryList"]]

    assert versions() == [1, 2, 3]
    assert versions(SortOrder="Descending") == [3, 2, 1]
    assert versions(ModelApprovalStatus="Approved") == [1, 3]


def test_versions_are_not_listed_without_a_group_unless_asked_for(
    sagemaker: Any, registry: Any
) -> None:
    """API reference of ListModelPackages: the default type is UNVERSIONED."""
    registry.package()

    assert sagemaker.list_model_packages()["ModelPackageSummaryList"] == []
    assert sagemaker.list_model_packages(ModelPackageType="Versioned")["ModelPackageSummaryList"]


def test_listing_a_missing_group_is_refused(sagemaker: Any, refused: Refused) -> None:
    code, _ = refused(sagemaker.list_model_packages, ModelPackageGroupName="never-made")

    assert code == "ValidationException"


def test_a_repeated_update_under_one_token_is_one_update(
    sagemaker: Any, registry: Any, refused: Refused
) -> None:
    """API reference of UpdateModelPackage: "guarantees that the call is idempotent"."""
    arn = registry.package()
    approve = {"ModelPackageArn": arn, "ModelApprovalStatus": "Approved", "ClientToken": "update-1"}
    sagemaker.update_model_package(**approve)
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")

    sagemaker.update_model_package(**approve)

    described = sagemaker.describe_model_package(ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "Rejected"
    code, _ = refused(sagemaker.update_model_package, **approve, ApprovalDescription="another")
    assert code == "ConflictException"


def test_more_than_15_additional_specifications_are_refused(
    sagemaker: Any, registry: Any, refused: Refused
) -> None:
    """API reference of UpdateModelPackage; also when an update would bring them together."""

    def specifications(count: int, prefix: str) -> list[dict[str, Any]]:
        containers = [{"Image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/x:1"}]
        return [{"Name": f"{prefix}-{number}", "Containers": containers} for number in range(count)]

    arn = registry.package(AdditionalInferenceSpecifications=specifications(10, "a"))

    code, _ = refused(
        sagemaker.update_model_package,
        ModelPackageArn=arn,
        AdditionalInferenceSpecificationsToAdd=specifications(6, "b"),
    )

    assert code == "ValidationException"


def test_several_versions_are_described_at_once(sagemaker: Any, registry: Any) -> None:
    """API model of BatchDescribeModelPackage: what is not there is an error of its own."""
    arn = registry.package()
    missing = f"{PREFIX}:model-package/never-made/1"

    answer = sagemaker.batch_describe_model_package(ModelPackageArnList=[arn, missing])

    assert answer["ModelPackageSummaries"][arn]["ModelApprovalStatus"] == "PendingManualApproval"
    assert set(answer["BatchDescribeModelPackageErrorMap"]) == {missing}
    assert (
        answer["BatchDescribeModelPackageErrorMap"][missing]["ErrorCode"] == "ValidationException"
    )
