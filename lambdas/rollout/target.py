"""An endpoint as the stack wants it: serverless or on instances, and how an update goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

VARIANT_NAME = "AllTraffic"
LONGEST_DEPLOYMENT_SECONDS = 14_400
"""The machine waits longer than that for the endpoint."""
_SECONDS_PER_MINUTE = 60
_SIZES = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}


@dataclass(frozen=True)
class Target:
    """Where a package goes, and as what.

    Attributes:
        instance_type: None for a serverless endpoint.
        traffic: How an update shifts traffic: ALL_AT_ONCE, CANARY or LINEAR.
        step_percent: The canary's part of the capacity, or that of each linear step.
        alarms: Names of the alarms that roll an update back while it bakes.
        demands_approval: Whether only approved packages may go there.
    """

    endpoint_name: str
    instance_type: str | None
    instance_count: int
    memory_size_mb: int
    max_concurrency: int
    traffic: str
    step_percent: int
    bake_seconds: int
    alarms: tuple[str, ...]
    demands_approval: bool

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        """Read what the state machine's definition passes on: texts, for it is made of texts."""
        return cls(
            endpoint_name=document["EndpointName"],
            instance_type=document["InstanceType"] or None,
            instance_count=int(document["InstanceCount"]),
            memory_size_mb=int(document["MemorySizeMb"]),
            max_concurrency=int(document["MaxConcurrency"]),
            traffic=document["Traffic"],
            step_percent=int(document["StepPercent"]),
            bake_seconds=_SECONDS_PER_MINUTE * int(document["BakeMinutes"]),
            alarms=tuple(document["Alarms"]),
            demands_approval=document["DemandsApproval"],
        )

    @property
    def is_serverless(self) -> bool:
        """Whether it has no instances."""
        return self.instance_type is None

    def variant(self, model_name: str) -> dict[str, Any]:
        """The production variant that serves a model."""
        capacity = (
            {"InstanceType": self.instance_type, "InitialInstanceCount": self.instance_count}
            if self.instance_type
            else {
                "ServerlessConfig": {
                    "MemorySizeInMB": self.memory_size_mb,
                    "MaxConcurrency": self.max_concurrency,
                }
            }
        )
        return {"VariantName": VARIANT_NAME, "ModelName": model_name, **capacity}

    def deployment_config(self) -> dict[str, Any] | None:
        """How to update the endpoint, None if it is serverless.

        "Deployment guardrails only apply to Asynchronous inference and Real-time inference
        endpoint types" (developer guide, "Deployment guardrails").
        """
        if self.is_serverless:
            return None
        return {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": self._routing(),
                "TerminationWaitInSeconds": self.bake_seconds,
                "MaximumExecutionTimeoutInSeconds": LONGEST_DEPLOYMENT_SECONDS,
            },
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in self.alarms]},
        }

    def _routing(self) -> dict[str, Any]:
        # A step may be half of the capacity at most, and a single instance has no half.
        traffic = self.traffic if self.instance_count > 1 else "ALL_AT_ONCE"
        routing = {"Type": traffic, "WaitIntervalInSeconds": self.bake_seconds}
        if traffic in _SIZES:
            size = {"Type": "CAPACITY_PERCENT", "Value": self.step_percent}
            return {**routing, _SIZES[traffic]: size}
        return routing
