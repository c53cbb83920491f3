"""A package onto an endpoint: model, endpoint configuration, endpoint created or updated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from night.errors import EndpointBusy, EndpointFailed

_CHANGING = {"Creating", "Updating", "SystemUpdating", "RollingBack"}
_VARIANT_NAME = "AllTraffic"


@dataclass(frozen=True)
class Target:
    """Where to deploy, and as what."""

    endpoint_name: str
    role_arn: str
    memory_size_mb: int
    max_concurrency: int

    @classmethod
    def parse(cls, document: Mapping[str, str]) -> Self:
        """Read what the state machine's definition passes on."""
        return cls(
            endpoint_name=document["EndpointName"],
            role_arn=document["RoleArn"],
            memory_size_mb=int(document["MemorySizeMb"]),
            max_concurrency=int(document["MaxConcurrency"]),
        )


def deploy(sagemaker: Any, package_arn: str, target: Target) -> dict[str, str]:  # noqa: ANN401  # boto3 client
    """Start serving a package; safe to repeat, and does not wait for the endpoint.

    Returns:
        ``EndpointArn`` and ``EndpointConfigName``.

    Raises:
        EndpointBusy: the endpoint is changing; come back later.
        EndpointFailed: the endpoint takes no new configuration as it is.
    """
    package = sagemaker.describe_model_package(ModelPackageName=package_arn)
    name = f"{target.endpoint_name}-v{package['ModelPackageVersion']}"
    endpoint = _describe_endpoint(sagemaker, target.endpoint_name)
    if endpoint is not None and endpoint["EndpointConfigName"] == name:
        return {"EndpointArn": endpoint["EndpointArn"], "EndpointConfigName": name}
    _refuse_unless_ready(endpoint)
    _create_model(sagemaker, name, package, target)
    _create_endpoint_config(sagemaker, name, target)
    change = sagemaker.create_endpoint if endpoint is None else sagemaker.update_endpoint
    changed = change(EndpointName=target.endpoint_name, EndpointConfigName=name)
    return {"EndpointArn": changed["EndpointArn"], "EndpointConfigName": name}


def _describe_endpoint(sagemaker: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401
    try:
        described: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as refused:
        # A missing endpoint is a ValidationException, not ResourceNotFound.
        if "Could not find" not in refused.response["Error"]["Message"]:
            raise
        return None
    return described


def _refuse_unless_ready(endpoint: dict[str, Any] | None) -> None:
    if endpoint is None or endpoint["EndpointStatus"] == "InService":
        return
    name, status = endpoint["EndpointName"], endpoint["EndpointStatus"]
    if status in _CHANGING:
        raise EndpointBusy(f"{name} is {status}; try again when it is InService.")
    raise EndpointFailed(
        f"{name} is {status}: {endpoint.get('FailureReason', 'no reason given')}. Delete the"
        " endpoint, then redrive the night."
    )


def _create_model(sagemaker: Any, name: str, package: dict[str, Any], target: Target) -> None:  # noqa: ANN401
    # From the package's container, not the package itself: only approved packages may be
    # deployed as such, and the candidate endpoint serves what nobody has approved yet.
    container = package["InferenceSpecification"]["Containers"][0]
    _create_unless_there(
        sagemaker.create_model,
        ModelName=name,
        PrimaryContainer={"Image": container["Image"], "ModelDataUrl": container["ModelDataUrl"]},
        ExecutionRoleArn=target.role_arn,
    )


def _create_endpoint_config(sagemaker: Any, name: str, target: Target) -> None:  # noqa: ANN401
    _create_unless_there(
        sagemaker.create_endpoint_config,
        EndpointConfigName=name,
        ProductionVariants=[
            {
                "VariantName": _VARIANT_NAME,
                "ModelName": name,
                "ServerlessConfig": {
                    "MemorySizeInMB": target.memory_size_mb,
                    "MaxConcurrency": target.max_concurrency,
                },
            }
        ],
    )


def _create_unless_there(create: Any, **parameters: Any) -> None:  # noqa: ANN401
    # A model or configuration of this name is this package's: versions are never reused.
    try:
        create(**parameters)
    except ClientError as refused:
        if "already existing" not in refused.response["Error"]["Message"]:
            raise
