from __future__ import annotations

from collections.abc import Callable
from typing import Any

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


def test_a_group_is_described_as_it_was_created(sagemaker: Any) -> None:
    arn = sagemaker.create_model_package_group(
        ModelPackageGroupName="Described", ModelPackageGroupDescription="fraud"
    )["ModelPackageGroupArn"]

    described = sagemaker.describe_model_package_group(ModelPackageGroupName="Described")

    assert described["ModelPackageGroupName"] == "Described"
    assert described["ModelPackageGroupDescription"] == "fraud"
    assert described["ModelPackageGroupStatus"] == "Completed"
    assert described["ModelPackageGroupArn"] == arn


def test_arns_hold_the_name_in_lower_case(sagemaker: Any) -> None:
    """API reference of CreateModelPackage: names are lower-cased in the examples' ARNs."""
    answer = sagemaker.create_model_package_group(ModelPackageGroupName="MixedCase")

    assert answer["ModelPackageGroupArn"] == f"{PREFIX}:model-package-group/mixedcase"


def test_an_arn_serves_as_a_name(sagemaker: Any, registry: Any) -> None:
    """API model: ArnOrName."""
    name = registry.group()

    described = sagemaker.describe_model_package_group(
        ModelPackageGroupName=f"{PREFIX}:model-package-group/{name}"
    )

    assert described["ModelPackageGroupName"] == name


def test_a_second_group_of_a_name_is_refused(
    sagemaker: Any, registry: Any, refused: Refused
) -> None:
    """Observed text, public issue threads; stock moto accepts the duplicate."""
    name = registry.group()

    code, message = refused(sagemaker.create_model_package_group, ModelPackageGroupName=name)

    assert code == "ValidationException"
    assert "already exists" in message


def test_a_missing_group_does_not_exist(sagemaker: Any, refused: Refused) -> None:
    """Observed text, public issue threads: not a ResourceNotFound."""
    code, message = refused(
        sagemaker.describe_model_package_group, ModelPackageGroupName="never-made"
    )

    assert code == "ValidationException"
    assert "does not exist" in message


def test_only_an_empty_group_can_be_deleted(
    sagemaker: Any, registry: Any, refused: Refused
) -> None:
    """Resource type AWS::SageMaker::ModelPackageGroup; API model: ConflictException."""
    name = registry.group()
    package_arn = registry.package(name)

    code, _ = refused(sagemaker.delete_model_package_group, ModelPackageGroupName=name)
    assert code == "ConflictException"

    sagemaker.delete_model_package(ModelPackageName=package_arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    code, _ = refused(sagemaker.describe_model_package_group, ModelPackageGroupName=name)
    assert code == "ValidationException"


def test_groups_are_listed_by_name_in_pages(sagemaker: Any) -> None:
    for letter in "bca":
        sagemaker.create_model_package_group(ModelPackageGroupName=f"listed-{letter}")

    pages = sagemaker.get_paginator("list_model_package_groups").paginate(
        NameContains="listed-", SortBy="Name", PaginationConfig={"PageSize": 2}
    )

    names = [
        group["ModelPackageGroupName"]
        for page in pages
        for group in page["ModelPackageGroupSummaryList"]
    ]
    assert names == ["listed-a", "listed-b", "listed-c"]


def test_groups_carry_tags(sagemaker: Any, registry: Any) -> None:
    name = registry.group(Tags=[{"Key": "team", "Value": "fraud"}])

    tags = sagemaker.list_tags(ResourceArn=f"{PREFIX}:model-package-group/{name}")["Tags"]

    assert tags == [{"Key": "team", "Value": "fraud"}]


def test_managed_storage_is_refused_by_name(sagemaker: Any, refused: Refused) -> None:
    _, message = refused(
        sagemaker.create_model_package_group,
        ModelPackageGroupName="managed",
        ManagedConfiguration={"ManagedStorageType": "Restricted"},
    )

    assert "ManagedConfiguration" in message
