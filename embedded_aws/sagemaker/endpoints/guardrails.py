"""Deployment guardrails: how an update shifts traffic, how long each step bakes, what stops it.

SageMaker guide, "Deployment guardrails for updating models in production", and its API shapes
DeploymentConfig, BlueGreenUpdatePolicy and RollingUpdatePolicy. The texts of the refusals are
not documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints.records import EndpointConfig

_WAIT, _TERMINATION_WAIT = "WaitIntervalInSeconds", "TerminationWaitInSeconds"
_LARGEST_PERCENT = 50
_SMALLEST_PERCENT = {"LinearStepSize": 10, "MaximumBatchSize": 5}


@dataclass(frozen=True)
class Size:
    """A part of a variant's capacity, in instances or in percent."""

    kind: str
    value: int

    def instances(self, total: int) -> int:
        """How many of ``total`` instances; a started one is a whole one."""
        wanted = self.value if self.kind == "INSTANCE_COUNT" else ceil(total * self.value / 100)
        return min(total, max(1, wanted))


@dataclass(frozen=True)
class Step:
    """One step of a deployment.

    Attributes:
        size: Capacity of the new fleet that takes traffic after it; None is all of it.
        times: How often ``size`` has been activated, this step included.
        wait: The parameter that says how long it bakes, and how long that is.
    """

    name: str
    size: Size | None
    times: int
    wait: tuple[str, int]

    def active(self, total: int) -> int:
        """How many of the new fleet's instances take traffic."""
        return total if self.size is None else min(total, self.size.instances(total) * self.times)


@dataclass(frozen=True)
class Plan:
    """How a deployment goes."""

    policy: Mapping[str, Any]
    alarm_names: tuple[str, ...] = ()
    is_rolling: bool = False

    @property
    def timeout_seconds(self) -> float | None:
        """After how long the deployment is given up."""
        return self.policy.get("MaximumExecutionTimeoutInSeconds")

    @property
    def rollback_size(self) -> Size | None:
        """Batches in which a rolling deployment is rolled back; None is all at once."""
        return _size(self.policy, "RollbackMaximumBatchSize")

    def steps(self, total: int) -> Iterable[Step]:
        """The steps for a variant, the largest, of ``total`` instances."""
        if self.is_rolling:
            batch, bake = _size(self.policy, "MaximumBatchSize"), (_WAIT, self.policy[_WAIT])
            return _repeated("batch", batch, total, bake, bake)
        routing: Mapping[str, Any] = self.policy.get("TrafficRoutingConfiguration", {})
        last = (_TERMINATION_WAIT, self.policy.get(_TERMINATION_WAIT, 0))
        bake = (_WAIT, routing.get(_WAIT, 0))
        match routing.get("Type", "ALL_AT_ONCE"):
            case "CANARY":
                canary = Step("canary", _size(routing, "CanarySize"), 1, bake)
                return (canary, Step("full", None, 1, last))
            case "LINEAR":
                return _repeated("linear step", _size(routing, "LinearStepSize"), total, bake, last)
            case _:
                return (Step("full", None, 1, last),)


def plan(deployment: Mapping[str, Any], config: EndpointConfig) -> Plan:
    """Read and check a DeploymentConfig for the configuration that it is to deploy.

    Raises:
        ServiceError: ``ValidationException`` for policies that contradict each other, sizes out
            of bounds, or an endpoint that guardrails do not apply to.
    """
    rolling = deployment.get("RollingUpdatePolicy")
    blue_green = deployment.get("BlueGreenUpdatePolicy")
    if rolling and blue_green:
        raise _invalid("Specify only one of BlueGreenUpdatePolicy and RollingUpdatePolicy")
    alarms = deployment.get("AutoRollbackConfiguration", {}).get("Alarms", [])
    planned = Plan(
        policy=rolling or blue_green or {},
        alarm_names=tuple(alarm["AlarmName"] for alarm in alarms if "AlarmName" in alarm),
        is_rolling=rolling is not None,
    )
    _check_exclusions(planned, config)
    _check_sizes(planned, config)
    _check_timeout(planned)
    return planned


def _check_exclusions(planned: Plan, config: EndpointConfig) -> None:
    routing = planned.policy.get("TrafficRoutingConfiguration", {})
    is_gradual = planned.is_rolling or routing.get("Type", "ALL_AT_ONCE") != "ALL_AT_ONCE"
    if config.is_serverless and (is_gradual or planned.alarm_names):
        # "Deployment guardrails only apply to Asynchronous inference and Real-time inference
        # endpoint types" (guide); what AWS answers is not documented.
        raise _invalid("Deployment guardrails do not apply to serverless endpoints")
    if planned.is_rolling and len(config.variants) > 1:
        raise _invalid("A rolling deployment is not supported for several production variants")


def _check_sizes(planned: Plan, config: EndpointConfig) -> None:
    routing = planned.policy.get("TrafficRoutingConfiguration", {})
    needed = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}
    kind = routing.get("Type")
    for of, name in needed.items():
        if (kind == of) != (name in routing):
            raise _invalid(f"{name} is for traffic routing of type {of}, and needed there")
    totals = [variant.get("InitialInstanceCount", 1) for variant in config.variants]
    for name in ("CanarySize", "LinearStepSize", "MaximumBatchSize"):
        size = _size(planned.policy, name) or _size(routing, name)
        if size is not None:
            _check_size(name, size, totals)


def _check_size(name: str, size: Size, totals: Iterable[int]) -> None:
    smallest = _SMALLEST_PERCENT.get(name, 1)
    if size.kind == "CAPACITY_PERCENT":
        percents = [float(size.value)]
    else:
        percents = [100 * size.value / total for total in totals]
    if any(not smallest <= percent <= _LARGEST_PERCENT for percent in percents):
        message = f"{name} must be {smallest}-{_LARGEST_PERCENT}% of the variant's instance count"
        raise _invalid(message)


def _check_timeout(planned: Plan) -> None:
    routing = planned.policy.get("TrafficRoutingConfiguration", planned.policy)
    waiting = routing.get(_WAIT, 0) + planned.policy.get(_TERMINATION_WAIT, 0)
    if planned.timeout_seconds is not None and planned.timeout_seconds <= waiting:
        message = "MaximumExecutionTimeoutInSeconds must be larger than the total waiting time"
        raise _invalid(f"{message} specified in {_TERMINATION_WAIT} and {_WAIT}")


def _repeated(
    name: str, size: Size | None, total: int, bake: tuple[str, int], last: tuple[str, int]
) -> Iterable[Step]:
    count = 1 if size is None else ceil(total / size.instances(total))
    steps = [Step(name, size, times, bake) for times in range(1, count)]
    return (*steps, Step("full", None, count, last))


def _size(members: Mapping[str, Any], name: str) -> Size | None:
    given = members.get(name)
    return Size(given["Type"], given["Value"]) if given else None


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
