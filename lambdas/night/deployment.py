"""A package onto an endpoint: model, endpoint configuration, endpoint created or updated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from night.errors import EndpointBusy, EndpointConfigNotReady, EndpointFailed

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


@dataclass(frozen=True)
class Deployed:
    """What the endpoint serves, or is about to.

    Attributes:
        is_superseded: The endpoint already has a newer version of the package's group, which
            was left in place.
    """

    endpoint_arn: str
    endpoint_config_name: str
    is_superseded: bool = False


def deploy(sagemaker: Any, package_arn: str, target: Target) -> Deployed:  # noqa: ANN401  # boto3 client
    """Start serving a package; safe to repeat, and does not wait for the endpoint.

    Raises:
        EndpointBusy: the endpoint is changing; come back later.
        EndpointConfigNotReady: the new configuration is not visible yet; come back soon.
        EndpointFailed: the endpoint takes no new configuration as it is.
    """
    package = sagemaker.describe_model_package(ModelPackageName=package_arn)
    # The group's name, not the endpoint's: a stack made anew counts versions from 1 again.
    group, version = package["ModelPackageGroupName"], package["ModelPackageVersion"]
    name = f"{group}-v{version}"
    endpoint = _describe_endpoint(sagemaker, target.endpoint_name)
    if endpoint is not None and _version(endpoint["EndpointConfigName"], group) >= version:
        served = endpoint["EndpointConfigName"]
        return Deployed(endpoint["EndpointArn"], served, is_superseded=served != name)
    _refuse_unless_ready(endpoint)
    _create_model(sagemaker, name, package, target)
    _create_endpoint_config(sagemaker, name, target)
    change = sagemaker.create_endpoint if endpoint is None else sagemaker.update_endpoint
    return Deployed(_change(change, target.endpoint_name, name), name)


def _version(endpoint_config_name: str, group: str) -> int:
    """The version of a group that a configuration serves; 0 for any other configuration."""
    prefix, _, version = endpoint_config_name.rpartition("-v")
    return int(version) if prefix == group and version.isdigit() else 0


def _change(change: Any, endpoint_name: str, endpoint_config_name: str) -> str:  # noqa: ANN401
    try:
        changed = change(EndpointName=endpoint_name, EndpointConfigName=endpoint_config_name)
    except ClientError as refused:
        # Create and UpdateEndpoint read configurations from an eventually consistent store.
        if "Could not find endpoint configuration" not in refused.response["Error"]["Message"]:
            raise
        raise EndpointConfigNotReady(
            f"{endpoint_config_name} was created but {endpoint_name} cannot see it yet; try again."
        ) from refused
    return str(changed["EndpointArn"])


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
    # A model or configuration of this name is this package's: a group never reuses versions.
    try:
        create(**parameters)
    except ClientError as refused:
        if "already existing" not in refused.response["Error"]["Message"]:
            raise
