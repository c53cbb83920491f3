"""Starts the rollout that a night, an approval or an operator asks for, at most once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from botocore.exceptions import ClientError

from lineage.rollouts.switches import iso_milliseconds
from rollout.errors import InvalidRollout
from rollout.name import RolloutName
from rollout.package import UNKNOWN, last_change

_TRIGGERS = (NIGHT, APPROVAL, ROLLBACK) = ("Night", "Approval", "Rollback")
_EVENT_RESOLUTION = timedelta(seconds=1)


@dataclass(frozen=True)
class Request:
    """What is to be rolled out, and why.

    Attributes:
        changed_at: When the package was approved, if an event told of it: a second delivery
            says the same, whatever else has happened to the package meanwhile.
    """

    trigger: str
    package_arn: str
    changed_at: datetime | None = None

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> Self:
        """Read ``{"Trigger": ..., "PackageArn": ...}``, or EventBridge's event of an approval.

        The former is told of an approval, too, which is given once more: of a package that is
        Approved already, the registry tells no event.

        Raises:
            InvalidRollout: it is neither.
        """
        if event.get("detail-type") == "SageMaker Model Package State Change":
            detail = event["detail"]
            changed_at = detail.get("LastModifiedTime")
            # Not the event's own time instead: one change may be told of in several events.
            return cls(
                APPROVAL, detail["ModelPackageArn"], _instant(changed_at) if changed_at else None
            )
        if event.get("Trigger") not in _TRIGGERS or "PackageArn" not in event:
            raise InvalidRollout(
                f'{dict(event)} asks for no rollout; send {{"Trigger": {" or ".join(_TRIGGERS)},'
                ' "PackageArn": ...}'
            )
        return cls(event["Trigger"], event["PackageArn"])


@dataclass(frozen=True)
class Starter:
    """Starts executions of the rollout machine."""

    sagemaker: Any
    stepfunctions: Any
    state_machine_arn: str
    candidate: str
    production: str

    def start(self, request: Request) -> dict[str, Any]:
        """Start a rollout unless it was started before; the execution's name is the lock."""
        package = self.sagemaker.describe_model_package(ModelPackageName=request.package_arn)
        name = self._name(request, package)
        given = {
            "Trigger": request.trigger,
            "PackageArn": request.package_arn,
            "EndpointName": name.endpoint,
            "RolloutId": name.id,
            # Now: until it is this rollout's turn, somebody else may have edited the package.
            **({request.trigger: _signature(request, package)} if request.trigger != NIGHT else {}),
        }
        answer = {"Rollout": str(name), "EndpointName": name.endpoint}
        try:
            started = self.stepfunctions.start_execution(
                stateMachineArn=self.state_machine_arn, name=str(name), input=json.dumps(given)
            )
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
            return {**answer, "Started": False}
        return {**answer, "Started": True, "ExecutionArn": started["executionArn"]}

    def _name(self, request: Request, package: Mapping[str, Any]) -> RolloutName:
        version, registered_at = package["ModelPackageVersion"], package["CreationTime"]
        if request.trigger == NIGHT:
            # Not its last change: an old night that is redriven takes no endpoint back.
            return RolloutName.of(self.candidate, version, registered_at)
        changed_at = request.changed_at or package.get("LastModifiedTime", registered_at)
        return RolloutName.of(self.production, version, changed_at)


def _signature(request: Request, package: Mapping[str, Any]) -> dict[str, str]:
    """Who asked for it: who changed the package last, unless that was after the approval.

    The registry knows the last change alone, and an event may come late. It has whole seconds, cut
    off or rounded, for which of the two is not documented.
    """
    change, approved_at = last_change(package), request.changed_at
    if approved_at is None:
        return change
    if abs(datetime.fromisoformat(change["At"]) - approved_at) < _EVENT_RESOLUTION:
        return change
    return {"By": UNKNOWN, "At": iso_milliseconds(approved_at)}


def _instant(told: str | int) -> datetime:
    """An instant of an event: ISO in the guide's sample, milliseconds in others on its page.

    (Developer guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge".)
    """
    text = str(told)
    if text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
