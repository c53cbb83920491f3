"""The rollout's machine alone: of its functions, only the one that records how it ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from docs.generate import ROLLOUT_DEFINITION

MACHINE: dict[str, Any] = yaml.load(ROLLOUT_DEFINITION.read_text(), yaml.CSafeLoader)
IMAGE_URI = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
RECORDER = "recorder"
"""The function that records outcomes."""
BAKE_SECONDS = 60
MODEL_BEFORE = "before"


@dataclass(frozen=True)
class Story:
    """What a rollout is to meet, whatever else befalls it.

    Attributes:
        is_first: Nothing served before.
        is_good: The endpoint scores as the model was evaluated.
        rings: The endpoint has instances, and an alarm that rings.
    """

    name: str
    is_first: bool = False
    is_good: bool = True
    rings: bool = False

    @property
    def endpoint(self) -> str:
        return f"endpoint-{self.name}"

    @property
    def before(self) -> str:
        """The configuration that serves before."""
        return f"before-{self.name}"

    @property
    def wanted(self) -> str:
        """The configuration that the rollout brings."""
        return f"wanted-{self.name}"

    @property
    def alarm(self) -> str:
        return f"alarm-{self.name}"


def variant(story: Story, model_name: str) -> dict[str, Any]:
    """Serverless, which comes up soon; on instances where traffic is to move under an alarm."""
    capacity: dict[str, Any] = (
        {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        if story.rings
        else {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}
    )
    return {"VariantName": "AllTraffic", "ModelName": model_name, **capacity}


def document(story: Story, package_arn: str, model_url: str) -> dict[str, Any]:
    """The rollout document, as PrepareRollout would make it, and how the smoke test will go."""
    before = {} if story.is_first else {"PreviousEndpointConfigName": story.before}
    return {
        "PackageArn": package_arn,
        "EndpointName": story.endpoint,
        "RolloutId": "v2-20261101T000000Z",
        "ModelName": story.wanted,
        "EndpointConfigName": story.wanted,
        "DemandsApproval": True,
        "Container": {"Image": IMAGE_URI, "ModelDataUrl": model_url},
        "Variant": variant(story, story.wanted),
        "Alarms": [story.alarm] if story.rings else [],
        "IsGood": story.is_good,
        **({"DeploymentConfig": _watched_by(story.alarm)} if story.rings else {}),
        **before,
    }


def _watched_by(alarm: str) -> dict[str, Any]:
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": BAKE_SECONDS}
    policy = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": BAKE_SECONDS}
    return {
        "BlueGreenUpdatePolicy": policy,
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]},
    }


def definition(host_role_arn: str) -> dict[str, Any]:
    """The machine, told its document by its input, and how well an endpoint scores."""
    states = dict(MACHINE["States"])
    told = {"rollout": "{% $states.input %}", "protection": {"Network": {}, "Volume": {}}}
    states["PrepareRollout"] = _told(states["PrepareRollout"], told)
    states["RecordRollout"] = _told(states["RecordRollout"], {})
    passed = {"Passed": "{% $rollout.IsGood %}", "Differences": "row 0"}
    states["SmokeTest"] = _told(states["SmokeTest"], {"smokeTest": passed})
    recording = states["RecordOutcome"]["Arguments"] | {"FunctionName": RECORDER}
    states["RecordOutcome"] = states["RecordOutcome"] | {"Arguments": recording}
    text = json.dumps({**MACHINE, "States": states}).replace("${EndpointRoleArn}", host_role_arn)
    machine: dict[str, Any] = json.loads(text)
    return machine


def _told(state: Mapping[str, Any], assigned: Mapping[str, Any]) -> dict[str, Any]:
    """A state that calls nobody: it knows already."""
    return {
        "Type": "Pass",
        "Assign": {**state.get("Assign", {}), **assigned},
        "Next": state["Next"],
    }
