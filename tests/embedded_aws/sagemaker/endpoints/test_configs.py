from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
INSTANCES = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}


def test_a_configuration_is_described_as_it_was_created(hosting: Any, model_url: str) -> None:
    model = hosting.model(model_url)
    name = hosting.config(model, InitialVariantWeight=1.0, **INSTANCES)

    described = hosting.sagemaker.describe_endpoint_config(EndpointConfigName=name)

    assert described["EndpointConfigArn"] == f"{PREFIX}:endpoint-config/{name}"
    assert described["ProductionVariants"] == [
        {
            "VariantName": "AllTraffic",
            "ModelName": model,
            "InitialVariantWeight": 1.0,
            **INSTANCES,
        }
    ]


def test_a_configuration_needs_a_model_that_exists(hosting: Any, refused: Refused) -> None:
    code, message = refused(hosting.config, model="never-made")

    assert code == "ValidationException"
    assert message.startswith("Could not find model")


def test_a_second_configuration_of_a_name_is_refused(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    """SageMaker SDK: the "Cannot create already existing" family."""
    model = hosting.model(model_url)
    name = hosting.config(model)
    variant = {"VariantName": "v", "ModelName": model, **INSTANCES}

    code, message = refused(
        hosting.sagemaker.create_endpoint_config,
        EndpointConfigName=name,
        ProductionVariants=[variant],
    )

    assert code == "ValidationException"
    assert message.startswith("Cannot create already existing endpoint configuration")


def test_a_missing_configuration_could_not_be_found(hosting: Any, refused: Refused) -> None:
    """SageMaker SDK: a ValidationException, not ResourceNotFound."""
    code, message = refused(
        hosting.sagemaker.describe_endpoint_config, EndpointConfigName="never-made"
    )

    assert code == "ValidationException"
    assert message.startswith("Could not find endpoint configuration")


def test_a_variant_says_what_it_runs_on(hosting: Any, model_url: str, refused: Refused) -> None:
    """API reference of ProductionVariant."""
    model = hosting.model(model_url)

    assert refused(hosting.config, model=model, InstanceType="ml.m5.large")[0] == (
        "ValidationException"
    )
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
    code, _ = refused(hosting.config, model=model, ServerlessConfig=serverless, **INSTANCES)
    assert code == "ValidationException"


@pytest.mark.parametrize(
    "serverless",
    [
        {"MemorySizeInMB": 1500, "MaxConcurrency": 1},
        {"MemorySizeInMB": 7168, "MaxConcurrency": 1},
        {"MemorySizeInMB": 1024, "MaxConcurrency": 201},
        {"MemorySizeInMB": 1024, "MaxConcurrency": 1, "ProvisionedConcurrency": 2},
    ],
)
def test_serverless_sizes_are_bounded(
    serverless: dict[str, int], hosting: Any, model_url: str, refused: Refused
) -> None:
    """API reference of ProductionVariantServerlessConfig."""
    model = hosting.model(model_url)

    code, _ = refused(hosting.config, model=model, ServerlessConfig=serverless)

    assert code == "ValidationException"


@pytest.mark.parametrize(
    "changes",
    [{"VariantName": "a"}, {"InitialVariantWeight": 0.0}, {"VariantName": "b", **SERVERLESS}],
    ids=["the same name twice", "no weight at all", "serverless beside instances"],
)
def test_variants_that_contradict_each_other_are_refused(
    changes: dict[str, Any], hosting: Any, model_url: str, refused: Refused
) -> None:
    """API reference of CreateEndpointConfig and ProductionVariant."""
    first = {
        "VariantName": "a",
        "ModelName": hosting.model(model_url),
        "InitialVariantWeight": 0.0,
        **INSTANCES,
    }
    second = {**first, "VariantName": "b", "InitialVariantWeight": 1.0, **changes}
    if "ServerlessConfig" in second:
        second = {key: second[key] for key in second if key not in INSTANCES}

    code, _ = refused(
        hosting.sagemaker.create_endpoint_config,
        EndpointConfigName=hosting.name("config"),
        ProductionVariants=[first, second],
    )

    assert code == "ValidationException"


def test_a_serverless_endpoint_captures_no_data(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    """Guide "Serverless Inference": feature exclusions."""
    variant = {"VariantName": "v", "ModelName": hosting.model(model_url), **SERVERLESS}

    code, message = refused(
        hosting.sagemaker.create_endpoint_config,
        EndpointConfigName=hosting.name("config"),
        ProductionVariants=[variant],
        DataCaptureConfig={
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://b/c",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
    )

    assert code == "ValidationException"
    assert "serverless" in message


def test_managed_scaling_is_refused_by_name(hosting: Any, model_url: str, refused: Refused) -> None:
    _, message = refused(
        hosting.config,
        model=hosting.model(model_url),
        ManagedInstanceScaling={"Status": "ENABLED"},
        **INSTANCES,
    )

    assert "ManagedInstanceScaling" in message


def test_a_deleted_configuration_is_gone(hosting: Any, model_url: str, refused: Refused) -> None:
    name = hosting.config(hosting.model(model_url))
    hosting.sagemaker.delete_endpoint_config(EndpointConfigName=name)

    code, _ = refused(hosting.sagemaker.describe_endpoint_config, EndpointConfigName=name)

    assert code == "ValidationException"
