"""CreateModel and its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.endpoints.named_resources import NamedResources
from embedded_aws.sagemaker.endpoints.records import Model
from embedded_aws.sagemaker.execution_role import assumer, check_role
from embedded_aws.sagemaker.registry.catalogue import Catalogue
from embedded_aws.sagemaker.tags import Tags, refuse_duplicate_keys
from embedded_aws.sagemaker.unsupported import not_supported, refuse

SESSION_NAME = "SageMaker"

_UNSUPPORTED = ("InferenceExecutionConfig",)
_UNSUPPORTED_OF_CONTAINER = (
    "ImageConfig",
    "ModelDataSource",
    "AdditionalModelDataSources",
    "InferenceSpecificationName",
    "MultiModelConfig",
    "ContainerMetricsConfig",
)


class Models:
    """Models of one account.

    Not supported: inference pipelines of several containers, multi-model containers, private
    registries, uncompressed model data. A VPC, and isolation from the network, are told of by
    DescribeModel; they change nothing for a model that runs here.
    """

    def __init__(
        self,
        environment: Environment,
        models: NamedResources[Model],
        packages: Catalogue,
        tags: Tags,
    ) -> None:
        self._environment = environment
        self._models = models
        self._packages = packages
        self._tags = tags

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "CreateModel": self._create,
            "DescribeModel": self._describe,
            "DeleteModel": self._delete,
            "ListModels": self._list,
        }

    def _create(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        refuse(_UNSUPPORTED, parameters, "CreateModel")
        tags = parameters.pop("Tags", ())
        refuse_duplicate_keys(tags)
        name = parameters.pop("ModelName")
        model = Model(
            name=name,
            arn=self._models.arn(name),
            created_at=self._environment.clock.now(),
            members=parameters,
            container=self._resolved(_only_container(parameters)),
        )
        check_role(self._environment.clients.as_service("iam"), model.role_arn, model.arn)
        self._check_model_data(model)
        self._models.add(model)
        self._tags.register(model.arn, tags)
        return {"ModelArn": model.arn}

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._models.get(parameters["ModelName"]).described()

    def _delete(self, parameters: Parameters, _: RequestContext) -> None:
        # Endpoints that were made of it go on (API reference of DeleteModel).
        self._tags.forget(self._models.remove(parameters["ModelName"]).arn)

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._models.list("Models", parameters)

    def _resolved(self, container: Mapping[str, Any]) -> Mapping[str, Any]:
        if "ModelPackageName" not in container:
            return container
        package = self._packages.package(container["ModelPackageName"])
        if package.approval != "Approved":
            # "must be set to Approved to deploy the model" (API reference of
            # CreateModelPackage); AWS's text is not documented.
            message = f"The model package {package.arn} is {package.approval}, not Approved."
            raise ServiceError("ValidationException", message)
        containers = package.members.get("InferenceSpecification", {}).get("Containers", [])
        if len(containers) != 1:
            raise not_supported(f"a model of {len(containers)} containers, as {package.arn} has")
        environment = containers[0].get("Environment", {}) | container.get("Environment", {})
        return {**containers[0], "Environment": environment, "ModelPackageName": package.arn}

    def _check_model_data(self, model: Model) -> None:
        url = model.container.get("ModelDataUrl")
        if url is None:
            raise not_supported(f"the model {model.name} without ModelDataUrl: nothing to score")
        location = urlsplit(url)
        try:
            s3 = self._environment.clients.as_role(
                "s3", model.role_arn, SESSION_NAME, assumer(model.arn)
            )
            s3.head_object(Bucket=location.netloc, Key=location.path.lstrip("/"))
        except ClientError as refused:
            message = _unreadable(url, model.role_arn, refused)
            raise ServiceError("ValidationException", message) from refused


def _only_container(parameters: Parameters) -> Mapping[str, Any]:
    containers = [*parameters.get("Containers", ())]
    if "PrimaryContainer" in parameters:
        containers.append(parameters["PrimaryContainer"])
    if "ExecutionRoleArn" not in parameters:
        raise ServiceError("ValidationException", "ExecutionRoleArn must be given")
    if not containers:
        message = "Give a PrimaryContainer, or Containers"
        raise ServiceError("ValidationException", message)
    if len(containers) > 1:
        raise not_supported("a model of several containers (inference pipeline)")
    container: Mapping[str, Any] = containers[0]
    refuse(_UNSUPPORTED_OF_CONTAINER, container, "CreateModel's container")
    if container.get("Mode") == "MultiModel":
        raise not_supported("Mode MultiModel of CreateModel's container")
    if ("Image" in container) == ("ModelPackageName" in container):
        message = "A container has either an Image or a ModelPackageName"
        raise ServiceError("ValidationException", message)
    return container


def _unreadable(url: str, role_arn: str, refused: ClientError) -> str:
    if refused.response["Error"]["Code"] in {"404", "NoSuchBucket"}:
        return f"Could not find model data at {url}."
    return (
        f'Could not access model data at {url}. Please ensure that the role "{role_arn}" exists '
        'and that its trust relationship policy allows the action "sts:AssumeRole" for the '
        'service principal "sagemaker.amazonaws.com". Also ensure that the role has '
        '"s3:GetObject" permissions and that the object is located in the same region.'
    )
