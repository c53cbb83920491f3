"""A registry, and a machine whose executions run until they are stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from embedded_aws.clock import Clock, ClockMode
from embedded_aws.settings import Settings
from embedded_aws.testing import make_role
from tests.model_archive import model_archive
from tests.ops.packages import create_package

WAITING = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 864000, "End": True}}}

Register = Callable[..., str]


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A clock that jumps over no wait, so that executions run until they are stopped."""
    return Settings(tmp_path_factory.mktemp("embedded-aws"), clock_mode=ClockMode.REAL)


@pytest.fixture(scope="module")
def role_arn(client: Callable[[str], Any]) -> str:
    """A role for endpoints and machines, which may do anything."""
    client("s3").create_bucket(Bucket="models")
    return make_role(client("iam"), "any", "sagemaker", "states")


@pytest.fixture(scope="module")
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture(scope="module")
def stepfunctions(client: Callable[[str], Any]) -> Any:
    return client("stepfunctions")


@pytest.fixture
def machine_arn(stepfunctions: Any, role_arn: str) -> str:
    """A machine whose executions do not end by themselves."""
    created = stepfunctions.create_state_machine(
        name=f"rollout-{uuid4().hex[:8]}", definition=json.dumps(WAITING), roleArn=role_arn
    )
    return str(created["stateMachineArn"])


@pytest.fixture
def register(client: Callable[[str], Any], sagemaker: Any, role_arn: str) -> Register:  # noqa: ARG001  # makes the bucket
    """Register a package as a night does, with its model and its sample in S3."""

    def run(**changes: Any) -> str:
        group = f"group-{uuid4().hex[:8]}"
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
        for name, content in {"model.tar.gz": model_archive(), "sample.json": b"{}"}.items():
            client("s3").put_object(Bucket="models", Key=f"{group}/{name}", Body=content)
        evaluation = {
            "ContentType": "application/json",
            "S3Uri": f"s3://models/{group}/evaluation.json",
        }
        given = {
            "ModelPackageGroupName": group,
            "ModelMetrics": {"ModelQuality": {"Statistics": evaluation}},
            "CustomerMetadataProperties": {"DataDate": "2026-11-21", "RunId": "20261121-0a1b2c3d"},
            **changes,
        }
        return create_package(sagemaker, f"s3://models/{group}/model.tar.gz", **given)

    return run


@pytest.fixture
def later(clock: Clock) -> Callable[[timedelta], None]:
    """Let virtual time go by."""
    return lambda time: clock.advance_to(clock.now() + time)
