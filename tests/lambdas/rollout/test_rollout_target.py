from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from rollout.target import Target

SHAPES = botocore.session.get_session().get_service_model("sagemaker")


def target(**changes: Any) -> Target:
    document = {
        "EndpointName": "stack-production",
        "DemandsApproval": True,
        "InstanceType": "ml.m5.large",
        "InstanceCount": "2",
        "MemorySizeMb": "2048",
        "MaxConcurrency": "5",
        "Traffic": "CANARY",
        "StepPercent": "10",
        "BakeMinutes": "10",
        "Alarms": ["errors", "latency"],
    }
    return Target.parse(document | changes)


def assert_valid(shape: str, document: dict[str, Any]) -> None:
    report = ParamValidator().validate(document, SHAPES.shape_for(shape))
    assert not report.has_errors(), report.generate_report()


def policy(of: Target) -> dict[str, Any]:
    config = of.deployment_config()
    assert config is not None
    blue_green: dict[str, Any] = config["BlueGreenUpdatePolicy"]
    return blue_green


@given(
    st.sampled_from(["ALL_AT_ONCE", "CANARY", "LINEAR"]),
    st.integers(1, 100),
    st.integers(10, 50),
    st.integers(1, 20),
)
def test_every_deployment_is_one_that_sagemaker_takes(
    traffic: str, count: int, percent: int, minutes: int
) -> None:
    made = target(
        Traffic=traffic,
        InstanceCount=str(count),
        StepPercent=str(percent),
        BakeMinutes=str(minutes),
    )
    assert_valid("DeploymentConfig", made.deployment_config() or {})
    assert_valid("ProductionVariant", made.variant("model"))


def test_an_alarm_rolls_an_update_back() -> None:
    config = target().deployment_config() or {}
    alarms = config["AutoRollbackConfiguration"]["Alarms"]
    assert [it["AlarmName"] for it in alarms] == ["errors", "latency"]


@pytest.mark.parametrize(
    ("traffic", "size"), [("CANARY", "CanarySize"), ("LINEAR", "LinearStepSize")]
)
def test_each_step_takes_the_percentage_and_bakes(traffic: str, size: str) -> None:
    routing = policy(target(Traffic=traffic))["TrafficRoutingConfiguration"]
    assert routing == {
        "Type": traffic,
        "WaitIntervalInSeconds": 600,
        size: {"Type": "CAPACITY_PERCENT", "Value": 10},
    }


def test_a_single_instance_has_no_half_so_it_takes_all_traffic_and_bakes_then() -> None:
    single = policy(target(InstanceCount="1"))
    assert single["TrafficRoutingConfiguration"]["Type"] == "ALL_AT_ONCE"
    assert single["TerminationWaitInSeconds"] == 600


def test_a_serverless_endpoint_knows_no_guardrails() -> None:
    serverless = target(InstanceType="")
    assert serverless.deployment_config() is None
    assert serverless.variant("model")["ServerlessConfig"] == {
        "MemorySizeInMB": 2048,
        "MaxConcurrency": 5,
    }
