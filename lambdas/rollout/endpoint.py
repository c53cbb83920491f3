"""The endpoint that a rollout is for, and whether it is its turn there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from lineage.rollouts.endpoints import find_endpoint
from rollout.name import RolloutName

_CHANGING = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as it is before a rollout.

    Attributes:
        is_serverless: None if SageMaker tells of neither a serverless configuration nor instances.
    """

    name: str
    status: str
    config_name: str
    failure_reason: str
    changed_at: datetime
    is_serverless: bool | None

    @classmethod
    def find(cls, sagemaker: Any, name: str) -> Self | None:  # noqa: ANN401  # boto3 client
        """Describe an endpoint; None if there is none."""
        described = find_endpoint(sagemaker, name)
        if described is None:
            return None
        return cls(
            name=name,
            status=described["EndpointStatus"],
            config_name=described["EndpointConfigName"],
            failure_reason=described.get("FailureReason", "no reason given"),
            changed_at=described["LastModifiedTime"],
            is_serverless=_is_serverless(described.get("ProductionVariants", ())),
        )

    @property
    def is_changing(self) -> bool:
        """Whether it takes no new configuration at the moment."""
        return self.status in _CHANGING

    @property
    def is_serving(self) -> bool:
        """Whether it can be updated, and be brought back to what it serves now."""
        return self.status == "InService"

    @property
    def rollout(self) -> RolloutName | None:
        """The rollout that brought what it serves."""
        return RolloutName.parse(self.config_name)


def _is_serverless(variants: Sequence[Mapping[str, Any]]) -> bool | None:
    if any("CurrentServerlessConfig" in each for each in variants):
        return True
    return False if any(each.get("CurrentInstanceCount") for each in variants) else None


def rollouts_before(stepfunctions: Any, execution_arn: str, endpoint_name: str) -> list[str]:  # noqa: ANN401  # boto3 client
    """Names of the rollouts to the endpoint that started earlier and still run.

    One goes after the other, so that what one of them rolls back to is what the one before left.
    """
    machine_arn, _, own_name = execution_arn.rpartition(":")
    started = {
        it["name"]: (it["startDate"], it["name"])
        for it in _running(stepfunctions, machine_arn.replace(":execution:", ":stateMachine:"))
        if _goes_to(it["name"], endpoint_name)
    }
    own = started.pop(own_name, None)
    # ListExecutions lags: whoever is listed while this one is not was there before.
    return sorted(name for name, since in started.items() if own is None or since < own)


def _running(stepfunctions: Any, state_machine_arn: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    pages = stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=state_machine_arn, statusFilter="RUNNING"
    )
    for page in pages:
        yield from page["executions"]


def _goes_to(execution_name: str, endpoint_name: str) -> bool:
    name = RolloutName.parse(execution_name)
    return name is not None and name.endpoint == endpoint_name
