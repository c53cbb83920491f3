from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"


def package(hosting: Any, url: str, status: str) -> str:
    group = hosting.name("group")
    hosting.sagemaker.create_model_package_group(ModelPackageGroupName=group)
    made = hosting.sagemaker.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus=status,
        InferenceSpecification={"Containers": [{"Image": IMAGE, "ModelDataUrl": url}]},
    )
    return str(made["ModelPackageArn"])


def test_a_model_is_described_as_it_was_created(hosting: Any, model_url: str) -> None:
    name = hosting.model(model_url, Environment={"A": "1"})

    described = hosting.sagemaker.describe_model(ModelName=name)

    assert described["ModelName"] == name
    assert described["ModelArn"] == f"{PREFIX}:model/{name}"
    assert described["PrimaryContainer"] == {
        "Image": IMAGE,
        "ModelDataUrl": model_url,
        "Environment": {"A": "1"},
    }
    assert described["ExecutionRoleArn"] == hosting.role_arn
    assert described["EnableNetworkIsolation"] is False


def test_a_second_model_of_a_name_is_refused(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    """SageMaker SDK, session.py: "Cannot create already existing model"."""
    name = hosting.model(model_url)

    code, message = refused(
        hosting.sagemaker.create_model,
        ModelName=name,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model_url},
        ExecutionRoleArn=hosting.role_arn,
    )

    assert code == "ValidationException"
    assert message.startswith("Cannot create already existing model")


def test_an_approved_package_makes_a_model(hosting: Any, model_url: str) -> None:
    """API reference of CreateModel: a container may name a model package."""
    arn = package(hosting, model_url, "Approved")
    name = hosting.name("model")
    hosting.sagemaker.create_model(
        ModelName=name,
        Containers=[{"ModelPackageName": arn}],
        ExecutionRoleArn=hosting.role_arn,
    )

    described = hosting.sagemaker.describe_model(ModelName=name)

    assert described["Containers"] == [{"ModelPackageName": arn}]


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_a_package_that_is_not_approved_makes_none(
    status: str, hosting: Any, model_url: str, refused: Refused
) -> None:
    """API reference of CreateModelPackage: "must be set to Approved"; text unknown."""
    code, message = refused(
        hosting.sagemaker.create_model,
        ModelName=hosting.name("model"),
        PrimaryContainer={"ModelPackageName": package(hosting, model_url, status)},
        ExecutionRoleArn=hosting.role_arn,
    )

    assert code == "ValidationException"
    assert status in message


def test_a_missing_package_makes_none(hosting: Any, refused: Refused) -> None:
    code, message = refused(
        hosting.sagemaker.create_model,
        ModelName=hosting.name("model"),
        PrimaryContainer={"ModelPackageName": f"{PREFIX}:model-package/none/1"},
        ExecutionRoleArn=hosting.role_arn,
    )

    assert code == "ValidationException"
    assert "does not exist" in message


def test_missing_model_data_makes_none(hosting: Any, refused: Refused) -> None:
    """Public issue threads: "Could not find model data at ..."."""
    code, message = refused(hosting.model, url="s3://models/never/written.tar.gz")

    assert code == "ValidationException"
    assert message.startswith("Could not find model data at s3://models/never/written.tar.gz")


def test_a_role_that_does_not_exist_makes_none(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    """Public issue threads: "Could not assume role ..."."""
    code, message = refused(
        hosting.sagemaker.create_model,
        ModelName=hosting.name("model"),
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model_url},
        ExecutionRoleArn="arn:aws:iam::123456789012:role/nobody",
    )

    assert code == "ValidationException"
    assert "nobody" in message


def test_a_container_has_an_image_or_a_package(hosting: Any, refused: Refused) -> None:
    code, _ = refused(
        hosting.sagemaker.create_model,
        ModelName=hosting.name("model"),
        PrimaryContainer={"Environment": {"A": "1"}},
        ExecutionRoleArn=hosting.role_arn,
    )

    assert code == "ValidationException"


def test_pipelines_of_containers_are_refused_by_name(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    container = {"Image": IMAGE, "ModelDataUrl": model_url}

    _, message = refused(
        hosting.sagemaker.create_model,
        ModelName=hosting.name("model"),
        Containers=[container, container],
        ExecutionRoleArn=hosting.role_arn,
    )

    assert "several containers" in message


def test_what_is_not_emulated_is_refused_by_name(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    _, message = refused(hosting.model, url=model_url, Mode="MultiModel")
    assert "MultiModel" in message


@pytest.mark.parametrize(
    "network",
    [
        {"EnableNetworkIsolation": True},
        {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}},
    ],
    ids=["isolated", "in-a-vpc"],
)
def test_a_model_tells_its_network_which_serverless_endpoints_have_none_of(
    hosting: Any, model_url: str, refused: Refused, network: dict[str, Any]
) -> None:
    name = hosting.name("model")
    hosting.sagemaker.create_model(
        ModelName=name,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model_url},
        ExecutionRoleArn=hosting.role_arn,
        **network,
    )
    assert hosting.sagemaker.describe_model(ModelName=name).items() >= network.items()
    variant = {"VariantName": "AllTraffic", "ModelName": name}
    capacity = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}
    code, message = refused(
        hosting.sagemaker.create_endpoint_config,
        EndpointConfigName=name,
        ProductionVariants=[{**variant, **capacity}],
    )
    assert code == "ValidationException"
    assert "serverless" in message


def test_a_missing_model_could_not_be_found(hosting: Any, refused: Refused) -> None:
    """SageMaker SDK: a ValidationException, not ResourceNotFound."""
    for call in (hosting.sagemaker.describe_model, hosting.sagemaker.delete_model):
        code, message = refused(call, ModelName="never-made")
        assert code == "ValidationException"
        assert message == f'Could not find model "{PREFIX}:model/never-made".'


def test_models_are_listed_newest_first(hosting: Any, model_url: str) -> None:
    """API reference of ListModels: CreationTime, Descending."""
    names = [hosting.model(model_url) for _ in range(3)]

    listed = hosting.sagemaker.list_models(NameContains="model", MaxResults=3)

    assert [each["ModelName"] for each in listed["Models"]] == names[::-1]


def test_a_deleted_model_makes_room_for_its_name(hosting: Any, model_url: str) -> None:
    name = hosting.model(model_url)
    hosting.sagemaker.delete_model(ModelName=name)

    assert name not in [each["ModelName"] for each in hosting.sagemaker.list_models()["Models"]]
