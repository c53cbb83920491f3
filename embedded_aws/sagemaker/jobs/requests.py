"""Which processing and training jobs can be created, and what a new job's record starts with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from embedded_aws.gateway.service import Parameters, ServiceError
from embedded_aws.sagemaker.jobs import images, metrics
from embedded_aws.sagemaker.jobs.refusals import Only, refuse
from embedded_aws.sagemaker.jobs.sandbox import is_within
from embedded_aws.sagemaker.jobs.training import MESSAGES

Documents = Callable[[Parameters, datetime], dict[str, Any]]

DEFAULT_MAX_RUNTIME_SECONDS = 86_400
# CreateProcessingJob: ProcessingS3Input and ProcessingS3Output.
_PROCESSING_ROOT = "/opt/ml/processing"

PROCESSING_RULES = (
    Only("ProcessingInputs[].AppManaged", (False,)),
    Only("ProcessingInputs[].DatasetDefinition"),
    Only("ProcessingInputs[].S3Input.S3InputMode", ("File",)),
    Only("ProcessingInputs[].S3Input.S3CompressionType", ("None",)),
    Only("ProcessingOutputConfig.Outputs[].AppManaged", (False,)),
    Only("ProcessingOutputConfig.Outputs[].FeatureStoreOutput"),
    Only("ProcessingOutputConfig.Outputs[].S3Output.S3UploadMode", ("EndOfJob",)),
    Only("ProcessingResources.ClusterConfig.InstancePreferences"),
    Only("ProcessingResources.ClusterConfig.SelectedInstanceType"),
    Only("ProcessingResources.ClusterConfig.SelectedInstanceCount"),
)
TRAINING_RULES = (
    Only("AlgorithmSpecification.AlgorithmName"),
    Only("AlgorithmSpecification.TrainingInputMode", ("File",)),
    Only("AlgorithmSpecification.ContainerEntrypoint"),
    Only("AlgorithmSpecification.ContainerArguments"),
    Only("AlgorithmSpecification.TrainingImageConfig"),
    Only("InputDataConfig[].InputMode", ("File",)),
    Only("InputDataConfig[].CompressionType", ("None",)),
    Only("InputDataConfig[].RecordWrapperType", ("None",)),
    Only("InputDataConfig[].ShuffleConfig"),
    Only("InputDataConfig[].DataSource.FileSystemDataSource"),
    Only("InputDataConfig[].DataSource.DatasetSource"),
    Only("InputDataConfig[].DataSource.S3DataSource.S3DataType", ("S3Prefix", "ManifestFile")),
    Only("InputDataConfig[].DataSource.S3DataSource.AttributeNames", ([],)),
    Only("InputDataConfig[].DataSource.S3DataSource.InstanceGroupNames", ([],)),
    Only("InputDataConfig[].DataSource.S3DataSource.ModelAccessConfig"),
    Only("InputDataConfig[].DataSource.S3DataSource.HubAccessConfig"),
    Only("OutputDataConfig.CompressionType", ("GZIP",)),
    Only("ResourceConfig.KeepAlivePeriodInSeconds", (0,)),
    Only("ResourceConfig.InstanceGroups", ([],)),
    Only("ResourceConfig.TrainingPlanArn"),
    Only("ResourceConfig.InstancePlacementConfig"),
    Only("ResourceConfig.InstancePreferences"),
    Only("ResourceConfig.SelectedInstanceType"),
    Only("ResourceConfig.SelectedInstanceCount"),
    Only("StoppingCondition.MaxWaitTimeInSeconds"),
    Only("EnableManagedSpotTraining", (False,)),
    Only("CheckpointConfig"),
    Only("DebugHookConfig"),
    Only("DebugRuleConfigurations", ([],)),
    Only("TensorBoardOutputConfig"),
    Only("ProfilerConfig.DisableProfiler", (True,)),
    Only("ProfilerConfig.S3OutputPath"),
    Only("ProfilerRuleConfigurations", ([],)),
    Only("RemoteDebugConfig.EnableRemoteDebug", (False,)),
    Only("InfraCheckConfig.EnableInfraCheck", (False,)),
    Only("SessionChainingConfig.EnableSessionTagChaining", (False,)),
    Only("ServerlessJobConfig"),
    Only("MlflowConfig"),
    Only("ModelPackageConfig"),
    # Script mode.
    Only("HyperParameters.sagemaker_program"),
    Only("HyperParameters.sagemaker_submit_directory"),
)
# The model has these optional for kinds of job that are refused above, and the entrypoint for
# images with one of their own, which none of the emulated ones has for processing.
_PROCESSING_REQUIRED = (
    "AppSpecification.ContainerEntrypoint",
    "ProcessingResources.ClusterConfig.InstanceType",
    "ProcessingResources.ClusterConfig.InstanceCount",
)
_TRAINING_REQUIRED = (
    "AlgorithmSpecification.TrainingImage",
    "ResourceConfig.InstanceType",
    "ResourceConfig.InstanceCount",
    "ResourceConfig.VolumeSizeInGB",
)


def processing_document(request: Parameters, now: datetime) -> dict[str, Any]:
    """A new processing job's Describe members: the request as it came, and defaults.

    Raises:
        ServiceError: ``ValidationException``: not a job that AWS, or this emulation, can run.
    """
    refuse(request, PROCESSING_RULES)
    _require(request, _PROCESSING_REQUIRED)
    for each in request.get("ProcessingInputs", ()):
        _check_local_path(each.get("S3Input"), f"ProcessingInputs.{each['InputName']}.S3Input")
    for each in request.get("ProcessingOutputConfig", {}).get("Outputs", ()):
        _check_local_path(each.get("S3Output"), f"Outputs.{each['OutputName']}.S3Output")
    return _document(request, now, ProcessingJobStatus="InProgress")


def training_document(request: Parameters, now: datetime) -> dict[str, Any]:
    """A new training job's Describe members: the request as it came, and defaults.

    Raises:
        ServiceError: ``ValidationException``: not a job that AWS, or this emulation, can run.
    """
    refuse(request, TRAINING_RULES)
    _require(request, _TRAINING_REQUIRED)
    for channel in request.get("InputDataConfig", ()):
        if "S3DataSource" not in channel["DataSource"]:
            raise _missing(f"InputDataConfig.{channel['ChannelName']}.DataSource.S3DataSource")
    starting = {"Status": "Starting", "StartTime": now, "StatusMessage": MESSAGES["Starting"]}
    defaults = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
    }
    return _document(
        {**defaults, **request, "AlgorithmSpecification": _algorithm_specification(request)},
        now,
        TrainingJobStatus="InProgress",
        SecondaryStatus="Starting",
        SecondaryStatusTransitions=[starting],
    )


def _algorithm_specification(request: Parameters) -> Mapping[str, Any]:
    specification: Mapping[str, Any] = request["AlgorithmSpecification"]
    if not images.is_known(specification["TrainingImage"]):
        return specification
    if specification.get("MetricDefinitions"):
        message = (
            "You can't override the metric definitions for Amazon SageMaker algorithms. "
            "Please retry the request without specifying metric definitions."
        )
        raise ServiceError("ValidationException", message)
    return {**specification, "MetricDefinitions": list(metrics.XGBOOST_DEFINITIONS)}


def _document(
    request: Mapping[str, Any],
    now: datetime,
    **members: Any,  # noqa: ANN401  # of the Describe output
) -> dict[str, Any]:
    stopping = {
        "MaxRuntimeInSeconds": DEFAULT_MAX_RUNTIME_SECONDS,
        **request.get("StoppingCondition", {}),
    }
    kept = {name: value for name, value in request.items() if name != "Tags"}
    times = {"CreationTime": now, "LastModifiedTime": now}
    return {**kept, "StoppingCondition": stopping, **times, **members}


def _require(request: Parameters, paths: tuple[str, ...]) -> None:
    for path in paths:
        value: Any = request
        for name in path.split("."):
            value = (value or {}).get(name)
        if value is None:
            raise _missing(path)


def _check_local_path(location: Mapping[str, Any] | None, path: str) -> None:
    if location is None:
        raise _missing(path)
    local_path = location.get("LocalPath")
    if local_path is None:
        raise _missing(f"{path}.LocalPath")
    if not is_within(local_path, _PROCESSING_ROOT):
        message = f"{path}.LocalPath must lie under {_PROCESSING_ROOT}/, not at {local_path}"
        raise ServiceError("ValidationException", message)


def _missing(path: str) -> ServiceError:
    message = f"Value null at '{path}' failed to satisfy constraint: Member must not be null"
    return ServiceError("ValidationException", f"1 validation error detected: {message}")
