from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints import guardrails
from embedded_aws.sagemaker.endpoints.records import EndpointConfig

INSTANCES = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 4}
SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}


def config(*variants: dict[str, Any]) -> Any:
    named = [{"VariantName": f"v{number}", **each} for number, each in enumerate(variants)]
    return EndpointConfig("c", "arn", None, {"ProductionVariants": named})  # type: ignore[arg-type]


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def count(value: int) -> dict[str, Any]:
    return {"Type": "INSTANCE_COUNT", "Value": value}


def blue_green(kind: str, wait: int = 300, termination: int = 600, **sizes: Any) -> dict[str, Any]:
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, **sizes}
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": termination,
        }
    }


def rolling(**members: Any) -> dict[str, Any]:
    return {"RollingUpdatePolicy": {"WaitIntervalInSeconds": 300, **members}}


@pytest.mark.parametrize(
    ("deployment", "active", "waits"),
    [
        ({}, [4], [0]),
        (blue_green("ALL_AT_ONCE"), [4], [600]),
        (blue_green("CANARY", CanarySize=percent(30)), [2, 4], [300, 600]),
        (blue_green("CANARY", CanarySize=count(1)), [1, 4], [300, 600]),
        (blue_green("LINEAR", LinearStepSize=percent(33)), [2, 4], [300, 600]),
        (blue_green("LINEAR", LinearStepSize=count(1)), [1, 2, 3, 4], [300, 300, 300, 600]),
        (rolling(MaximumBatchSize=percent(50)), [2, 4], [300, 300]),
    ],
)
def test_a_policy_is_a_list_of_steps(
    deployment: dict[str, Any], active: list[int], waits: list[int]
) -> None:
    """Guide "Deployment guardrails": traffic shifting modes and their baking periods."""
    steps = list(guardrails.plan(deployment, config(INSTANCES)).steps(4))

    assert [step.active(4) for step in steps] == active
    assert [step.wait[1] for step in steps] == waits


@pytest.mark.parametrize(
    "deployment",
    [
        blue_green("CANARY", CanarySize=percent(51)),
        blue_green("CANARY", CanarySize=count(3)),
        blue_green("CANARY"),
        blue_green("CANARY", LinearStepSize=percent(10), CanarySize=percent(10)),
        blue_green("LINEAR", LinearStepSize=percent(9)),
        blue_green("LINEAR", LinearStepSize=percent(51)),
        rolling(MaximumBatchSize=percent(4)),
        rolling(MaximumBatchSize=percent(51)),
        {**blue_green("ALL_AT_ONCE"), **rolling(MaximumBatchSize=percent(50))},
    ],
)
def test_sizes_have_bounds_and_policies_their_own(deployment: dict[str, Any]) -> None:
    """API reference of TrafficRoutingConfig, RollingUpdatePolicy and BlueGreenUpdatePolicy."""
    with pytest.raises(ServiceError) as refused:
        guardrails.plan(deployment, config(INSTANCES))

    assert refused.value.code == "ValidationException"


def test_a_timeout_must_leave_time_for_the_waits() -> None:
    """API reference of BlueGreenUpdatePolicy, MaximumExecutionTimeoutInSeconds."""
    deployment = blue_green("CANARY", 300, 600, CanarySize=percent(25))
    deployment["BlueGreenUpdatePolicy"]["MaximumExecutionTimeoutInSeconds"] = 900

    with pytest.raises(ServiceError, match="MaximumExecutionTimeoutInSeconds"):
        guardrails.plan(deployment, config(INSTANCES))


@pytest.mark.parametrize(
    ("deployment", "variants"),
    [
        (blue_green("CANARY", CanarySize=percent(25)), [SERVERLESS]),
        (rolling(MaximumBatchSize=percent(25)), [SERVERLESS]),
        (rolling(MaximumBatchSize=percent(25)), [INSTANCES, INSTANCES]),
        ({"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}]}}, [SERVERLESS]),
    ],
)
def test_some_endpoints_have_no_guardrails(
    deployment: dict[str, Any], variants: list[dict[str, Any]]
) -> None:
    """Guide "Deployment guardrails" and its "Exclusions"."""
    with pytest.raises(ServiceError) as refused:
        guardrails.plan(deployment, config(*variants))

    assert refused.value.code == "ValidationException"
