"""What serves now on the stack's endpoints, for how long, and who let it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from ops.endpoints import Period, periods, status
from ops.registry import Package, find
from ops.stack import Stack


@dataclass(frozen=True)
class Serving:
    """An endpoint of the stack.

    Attributes:
        role: What it is for: production, or the candidate.
        status: SageMaker's status of it.
        period: Since when it serves that, and why; None if nothing served yet.
        package: What it serves, if a rollout brought it there.
    """

    role: str
    endpoint_name: str
    status: str
    period: Period | None
    package: Package | None

    @property
    def document(self) -> dict[str, Any]:
        """For programs."""
        package, period = self.package, self.period
        return {
            "Role": self.role,
            "EndpointName": self.endpoint_name,
            "EndpointStatus": self.status,
            "PackageArn": package.arn if package else None,
            "Version": package.version if package else None,
            "DataDate": package.data_date if package else None,
            "Auc": package.auc if package else None,
            "Since": iso_milliseconds(period.since) if period else None,
            "Cause": period.cause if period else None,
            "Trigger": period.served.trigger if period and period.served else None,
            "Approval": _approval(period),
        }


def look(sagemaker: Any, log: SwitchLog, stack: Stack) -> tuple[Serving, ...]:  # noqa: ANN401  # boto3 client
    """Production and the candidate as they are now."""
    return tuple(_look(sagemaker, log, stack, role) for role in stack.endpoint_names)


def as_text(serving: Iterable[Serving]) -> str:
    """A paragraph for each endpoint."""
    return "\n".join(line for each in serving for line in _lines(each))


def _look(sagemaker: Any, log: SwitchLog, stack: Stack, role: str) -> Serving:  # noqa: ANN401
    name = stack.endpoint_names[role]
    period = next(periods(log, name), None)
    package_arn = period and period.package_arn
    package = find(sagemaker, stack.model_package_group_name, package_arn) if package_arn else None
    return Serving(role, name, status(sagemaker, name), period, package)


def _lines(serving: Serving) -> Iterator[str]:
    yield f"{serving.role:<12}{serving.endpoint_name}, {serving.status}"
    if serving.period is None:
        yield f"{'':<12}nothing served yet"
        return
    served = serving.package.title if serving.package else "what no rollout on record brought"
    yield f"{'':<12}{served}"
    yield f"{'':<12}since {iso_milliseconds(serving.period.since)}, {_why(serving.period)}"


def _why(period: Period) -> str:
    if period.served is None or period.served.approval is None:
        return period.cause.lower()
    approval = period.served.approval
    said = f', "{approval.comment}"' if approval.comment else ""
    return f"{period.cause.lower()}, approved by {approval.by}{said}"


def _approval(period: Period | None) -> dict[str, str] | None:
    if period is None or period.served is None or period.served.approval is None:
        return None
    return period.served.approval.document
