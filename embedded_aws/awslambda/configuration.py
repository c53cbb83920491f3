"""A function's configuration as a value: read from requests, checked, described in AWS's shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from embedded_aws.awslambda.errors import invalid_parameter, refuse_others, unsupported
from embedded_aws.awslambda.packages import Package

MAX_TIMEOUT_SECONDS = 900
MAX_MEMORY_MB = 10_240
MAX_ENVIRONMENT_BYTES = 4096

_PYTHON = re.compile(r"python3\.\d+")
# Lambda developer guide, "Defined runtime environment variables": the reserved ones.
_RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
SETTINGS = (
    "Runtime",
    "Role",
    "Handler",
    "Description",
    "Timeout",
    "MemorySize",
    "DeadLetterConfig",
    "Environment",
    "TracingConfig",
    "Layers",
    "EphemeralStorage",
    "LoggingConfig",
    "SnapStart",
)


@dataclass(frozen=True)
class UsedLayer:
    """A layer version that a function uses; the archive outlives the version's deletion."""

    version_arn: str
    package: Package


@dataclass(frozen=True)
class Configuration:
    """What a function runs, under which role and limits."""

    function_name: str
    role_arn: str
    runtime: str
    handler: str
    package: Package
    description: str = ""
    timeout_seconds: int = 3
    memory_mb: int = 128
    architecture: str = "x86_64"
    ephemeral_storage_mb: int = 512
    tracing_mode: str = "PassThrough"
    dead_letter_arn: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[UsedLayer, ...] = ()
    logging: Mapping[str, str] = field(default_factory=dict)

    @property
    def log_group(self) -> str:
        """Where the function's output goes."""
        return self.logging.get("LogGroup") or f"/aws/lambda/{self.function_name}"

    @property
    def session_name(self) -> str:
        """The role session's name; STS wants two characters, Lambda only one."""
        return self.function_name.ljust(2, "-")

    @property
    def logs_json(self) -> bool:
        """Whether system and application logs are JSON documents."""
        return self.logging.get("LogFormat") == "JSON"

    @property
    def has_system_log(self) -> bool:
        """Whether Lambda's own start and report records are wanted: they are of level INFO."""
        return self.logging.get("SystemLogLevel", "INFO") != "WARN"

    def describe(self) -> dict[str, Any]:
        """The members of AWS's FunctionConfiguration that configuration decides."""
        described = {
            "FunctionName": self.function_name,
            "Role": self.role_arn,
            "Runtime": self.runtime,
            "Handler": self.handler,
            "CodeSize": self.package.size_bytes,
            "CodeSha256": self.package.code_sha256,
            "Description": self.description,
            "Timeout": self.timeout_seconds,
            "MemorySize": self.memory_mb,
            "Architectures": [self.architecture],
            "EphemeralStorage": {"Size": self.ephemeral_storage_mb},
            "TracingConfig": {"Mode": self.tracing_mode},
            "LoggingConfig": {"LogFormat": "Text", **self.logging, "LogGroup": self.log_group},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "PackageType": "Zip",
        }
        if self.environment:
            described["Environment"] = {"Variables": dict(self.environment)}
        if self.dead_letter_arn:
            described["DeadLetterConfig"] = {"TargetArn": self.dead_letter_arn}
        if self.layers:
            described["Layers"] = [
                {"Arn": layer.version_arn, "CodeSize": layer.package.size_bytes}
                for layer in self.layers
            ]
        return described


def created(
    function_name: str,
    parameters: Mapping[str, Any],
    package: Package,
    layers: tuple[UsedLayer, ...],
) -> Configuration:
    """The configuration that CreateFunction asks for.

    Raises:
        ServiceError: a value is invalid, or legal but not supported here.
    """
    if parameters.get("PackageType", "Zip") != "Zip":
        raise unsupported("functions from container images; use a zip archive")
    if not parameters.get("Runtime") or not parameters.get("Handler"):
        raise invalid_parameter(
            "Runtime and Handler are mandatory parameters for functions created with deployment "
            "packages."
        )
    blank = Configuration(function_name, "", "", "", package)
    return changed(blank, parameters, layers)


def changed(
    current: Configuration, parameters: Mapping[str, Any], layers: tuple[UsedLayer, ...]
) -> Configuration:
    """``current`` with every setting of a request that is given.

    Raises:
        ServiceError: a value is invalid, or legal but not supported here.
    """
    if (parameters.get("SnapStart") or {}).get("ApplyOn", "None") != "None":
        raise unsupported("Lambda's SnapStart")
    asked = {
        "runtime": parameters.get("Runtime"),
        "role_arn": parameters.get("Role"),
        "handler": parameters.get("Handler"),
        "description": parameters.get("Description"),
        "timeout_seconds": parameters.get("Timeout"),
        "memory_mb": parameters.get("MemorySize"),
        "architecture": (parameters.get("Architectures") or [None])[0],
        "ephemeral_storage_mb": _member(parameters, "EphemeralStorage", "Size"),
        "tracing_mode": _member(parameters, "TracingConfig", "Mode"),
        "dead_letter_arn": _member(parameters, "DeadLetterConfig", "TargetArn"),
        "environment": _member(parameters, "Environment", "Variables"),
        "layers": layers if parameters.get("Layers") is not None else None,
        "logging": parameters.get("LoggingConfig"),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    configuration = replace(current, **given)
    _check(configuration)
    return configuration


def refuse_unsupported(parameters: Mapping[str, Any], *others: str) -> None:
    """Refuse settings that nothing here carries out.

    Raises:
        ServiceError: naming the first of them.
    """
    vpc = parameters.get("VpcConfig") or {}
    if any(vpc.values()):
        raise unsupported("Lambda's VpcConfig")
    refuse_others(parameters, ("FunctionName", "VpcConfig", *SETTINGS, *others))


def _member(parameters: Mapping[str, Any], structure: str, member: str) -> Any:  # noqa: ANN401  # any member
    return (parameters.get(structure) or {}).get(member)


def _check(configuration: Configuration) -> None:
    if not _PYTHON.fullmatch(configuration.runtime):
        raise unsupported(f"the runtime {configuration.runtime}; it runs python3.x only")
    _check_most("timeout", configuration.timeout_seconds, MAX_TIMEOUT_SECONDS)
    _check_most("memorySize", configuration.memory_mb, MAX_MEMORY_MB)
    levels = {"ApplicationLogLevel", "SystemLogLevel"} & configuration.logging.keys()
    if levels and not configuration.logs_json:
        raise invalid_parameter(f"{' and '.join(sorted(levels))} need the JSON log format.")
    reserved = sorted(_RESERVED_VARIABLES & configuration.environment.keys())
    if reserved:
        raise invalid_parameter(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    if len(json.dumps(dict(configuration.environment))) > MAX_ENVIRONMENT_BYTES:
        raise invalid_parameter(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided exceeded the 4KB limit."
        )


def _check_most(name: str, value: int, most: int) -> None:
    if value > most:
        raise invalid_parameter(
            f"Value '{value}' at '{name}' failed to satisfy constraint: Member must have value "
            f"less than or equal to {most}"
        )
