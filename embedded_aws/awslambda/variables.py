"""The environment variables of an execution environment, and nothing of ours among them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from embedded_aws.awslambda.functions import FunctionVersion
from embedded_aws.clients import Credentials


@dataclass(frozen=True)
class Place:
    """Where an execution environment lives on this machine.

    Attributes:
        task_root: The unpacked code; ``/var/task`` on AWS.
        layers_root: The layers, merged; ``/opt`` on AWS.
        temporary: A writable folder of its own; ``/tmp`` on AWS.
    """

    task_root: Path
    layers_root: Path | None
    temporary: Path
    runtime_api: str
    endpoint_url: str
    region: str
    log_stream: str


def environment_variables(
    version: FunctionVersion, place: Place, credentials: Credentials
) -> dict[str, str]:
    """What the process sees (developer guide, "Defined runtime environment variables").

    ``TMPDIR`` and ``HOME`` are ours: they keep environments apart, and away from the
    user's own AWS configuration. ``AWS_ENDPOINT_URL`` leads SDKs back to this instance,
    and ``AWS_EC2_METADATA_DISABLED`` keeps them from asking a machine in the cloud who they are.
    """
    configuration = version.configuration
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "PYTHONPATH": _python_path(configuration.runtime, place.layers_root),
        "PYTHONNOUSERSITE": "1",
        "TMPDIR": str(place.temporary),
        "HOME": str(place.temporary),
        "AWS_ENDPOINT_URL": place.endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        **configuration.environment,
        **_logging_variables(configuration.logging.get("ApplicationLogLevel")),
        "TZ": ":UTC",
        "_HANDLER": configuration.handler,
        "LAMBDA_TASK_ROOT": str(place.task_root),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "AWS_REGION": place.region,
        "AWS_DEFAULT_REGION": place.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration.runtime}",
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_LAMBDA_RUNTIME_API": place.runtime_api,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_NAME": configuration.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": version.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": configuration.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": place.log_stream,
        "AWS_LAMBDA_LOG_FORMAT": configuration.logging.get("LogFormat", "Text"),
    }


def _logging_variables(level: str | None) -> dict[str, str]:
    return {"AWS_LAMBDA_LOG_LEVEL": level} if level else {}


def _python_path(runtime: str, layers_root: Path | None) -> str:
    # The code itself comes first: it is the working directory, and `python -m` puts that in
    # front. "Packaging your layer content" names the two folders of a layer.
    if layers_root is None:
        return ""
    return f"{layers_root}/python/lib/{runtime}/site-packages:{layers_root}/python"
