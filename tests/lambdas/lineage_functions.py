"""Loads a lineage function's module as the Lambda runtime does, against a serving embedded AWS."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from embedded_aws.instance import Instance

LAMBDAS = Path(__file__).parents[2] / "lambdas"
CONTEXT = SimpleNamespace(
    function_name="lineage",
    function_version="1",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:lineage:1",
    aws_request_id="8c5ed9c8-1a2b-4d5e-8f90-123456789abc",
    get_remaining_time_in_millis=lambda: 240_000,
)


PRODUCTION = "nightly-retrain-production"


def of_the_stack(group: str, bucket: str) -> dict[str, str]:
    """What the template tells QueryLineage of its stack."""
    endpoints = f"nightly-retrain-candidate {PRODUCTION}"
    return {"MODEL_PACKAGE_GROUP": group, "BUCKET": bucket, "ENDPOINT_NAMES": endpoints}


def load(name: str, aws: Instance, environment: dict[str, str]) -> ModuleType:
    """A fresh module, whose clients are made at its top level from the environment."""
    with pytest.MonkeyPatch.context() as patched:
        for key, value in {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_REGION": aws.environment.settings.region,
            "AWS_DEFAULT_REGION": aws.environment.settings.region,
            "AWS_ACCESS_KEY_ID": "AKIDLAMBDA",
            "AWS_SECRET_ACCESS_KEY": "unused",
            **environment,
        }.items():
            patched.setenv(key, value)
        spec = importlib.util.spec_from_file_location(f"loaded_{name}", LAMBDAS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module
