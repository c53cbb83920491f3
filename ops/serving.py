"""What serves now on the stack's endpoints, for how long, and who let it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.signature import Signature, signatures
from ops.clients import StepFunctions
from ops.endpoints import Period, periods, status
from ops.registry import Package, find
from ops.rollouts import Rollout, failed_last, under_way
from ops.stack import Stack


@dataclass(frozen=True)
class Serving:
    """An endpoint of the stack.

    Attributes:
        role: What it is for: production, or the candidate.
        status: SageMaker's status of it.
        period: Since when it serves that, and why; None if nothing served yet.
        package: What it serves, if a rollout brought it there.
        rollouts: The last that ended, if it failed, and those that are under way.
    """

    role: str
    endpoint_name: str
    status: str
    period: Period | None
    package: Package | None
    rollouts: tuple[Rollout, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """For programs."""
        package, period = self.package, self.period
        served = period.served if period else None
        signed = signatures(served.approval, served.rollback) if served else {}
        return {
            "Role": self.role,
            "EndpointName": self.endpoint_name,
            "EndpointStatus": self.status,
            "PackageArn": package.arn if package else None,
            "Version": package.version if package else None,
            "DataDate": package.data_date if package else None,
            "Execution": package.execution if package else None,
            "Auc": package.auc if package else None,
            "Since": iso_milliseconds(period.since) if period else None,
            "Cause": period.cause if period else None,
            "Trigger": served.trigger if served else None,
            "Approval": signed.get("Approval"),
            "Rollback": signed.get("Rollback"),
            "Rollouts": [each.document for each in self.rollouts],
        }


def look(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    stepfunctions: StepFunctions,
    log: SwitchLog,
    stack: Stack,
) -> tuple[Serving, ...]:
    """Production and the candidate as they are now."""
    return tuple(
        replace(
            _look(sagemaker, log, stack, role),
            rollouts=_rollouts(stepfunctions, stack.rollout_state_machine_arn, name),
        )
        for role, name in stack.endpoint_names.items()
    )


def as_text(serving: Iterable[Serving]) -> str:
    """A paragraph for each endpoint."""
    return "\n".join(line for each in serving for line in _lines(each))


def _look(sagemaker: Any, log: SwitchLog, stack: Stack, role: str) -> Serving:  # noqa: ANN401
    name = stack.endpoint_names[role]
    period = next(periods(log, name), None)
    package_arn = period and period.package_arn
    package = find(sagemaker, stack.model_package_group_name, package_arn) if package_arn else None
    return Serving(role, name, status(sagemaker, name), period, package)


def _rollouts(
    stepfunctions: StepFunctions, machine_arn: str, endpoint_name: str
) -> tuple[Rollout, ...]:
    asked = stepfunctions, machine_arn, endpoint_name
    failed = failed_last(*asked)
    return (*([failed] if failed else ()), *under_way(*asked))


def _lines(serving: Serving) -> Iterator[str]:
    yield f"{serving.role:<12}{serving.endpoint_name}, {serving.status}"
    for line in (*_served(serving.package, serving.period), *serving.rollouts):
        yield f"{'':<12}{line}"


def _served(package: Package | None, period: Period | None) -> Iterator[str]:
    if period is None:
        yield "nothing served yet"
        return
    yield _what(package, period)
    yield f"since {iso_milliseconds(period.since)}, {_why(period)}"


def _what(package: Package | None, period: Period) -> str:
    if period.is_gone:
        return "nothing"
    return package.title if package else "what no rollout on record brought"


def _why(period: Period) -> str:
    told = ["deleted by no rollout" if period.is_deleted else period.cause.lower()]
    if period.served and period.served.approval:
        told.append(f"approved by {_said(period.served.approval)}")
    if period.served and period.served.rollback:
        told.append(f"rolled back by {_said(period.served.rollback)}")
    return ", ".join(told)


def _said(signature: Signature) -> str:
    return signature.by + (f', "{signature.comment}"' if signature.comment else "")
