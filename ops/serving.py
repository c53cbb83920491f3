"""What serves now on the stack's endpoints, for how long, and who let it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.rollouts.endpoints import find_endpoint
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.rollouts.unsettled import Unsettled
from lineage.rollouts.wording import provisional
from lineage.signature import Signature, signatures
from ops.clients import StepFunctions
from ops.endpoints import Period, Present, periods
from ops.registry import Package, find
from ops.rollouts import Rollout, fruitless_last, under_way
from ops.stack import Stack


@dataclass(frozen=True)
class Serving:
    """An endpoint of the stack.

    Attributes:
        role: What it is for: production, or the candidate.
        present: What SageMaker says that it has.
        period: What it serves by the record, since when and why; None if nothing served yet.
        package: What that is, if a rollout brought it there.
        provisional: Why the record may change, by schema/asof.json; None if it is final.
        rollouts: The last that ended, if it came to nothing, and those that are under way.
    """

    role: str
    endpoint_name: str
    present: Present
    period: Period | None
    package: Package | None
    provisional: dict[str, Any] | None = None
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
            "EndpointStatus": self.present.status,
            "EndpointConfigName": self.present.config_name,
            "PendingEndpointConfigName": self.present.pending_config_name,
            "Provisional": self.provisional,
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
            "Rejection": package.rejection.document if package and package.rejection else None,
            "Rollouts": [each.document for each in self.rollouts],
        }


def look(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    stepfunctions: StepFunctions,
    log: SwitchLog,
    stack: Stack,
) -> tuple[Serving, ...]:
    """Production and the candidate as they are now."""
    folders = Shelf(log.s3, log.bucket).folders()
    return tuple(
        replace(
            _look(sagemaker, log, folders, (role, name), stack.model_package_group_name),
            rollouts=_rollouts(stepfunctions, stack.rollout_state_machine_arn, name),
        )
        for role, name in stack.endpoint_names.items()
    )


def as_text(serving: Iterable[Serving]) -> str:
    """A paragraph for each endpoint."""
    return "\n".join(line for each in serving for line in _lines(each))


def _look(
    sagemaker: Any,  # noqa: ANN401
    log: SwitchLog,
    folders: Iterable[Folder],
    endpoint: tuple[str, str],
    group: str,
) -> Serving:
    role, name = endpoint
    instants = log.instants(name)
    described = find_endpoint(sagemaker, name)
    last = log.last(name, instants.of.get(name, ()))
    unsettled = Unsettled.find(log, folders, name, instants).beside(described, last)
    period = next(periods(log, name), None)
    package_arn = period and period.package_arn
    package = find(sagemaker, group, package_arn) if package_arn else None
    return Serving(role, name, Present.parse(described), period, package, unsettled.document())


def _rollouts(
    stepfunctions: StepFunctions, machine_arn: str, endpoint_name: str
) -> tuple[Rollout, ...]:
    asked = stepfunctions, machine_arn, endpoint_name
    fruitless = fruitless_last(*asked)
    return (*([fruitless] if fruitless else ()), *under_way(*asked))


def _lines(serving: Serving) -> Iterator[str]:
    yield f"{serving.role:<12}{serving.endpoint_name}, {serving.present}"
    for line in (*_served(serving.package, serving.period), *_open(serving), *serving.rollouts):
        yield f"{'':<12}{line}"


def _open(serving: Serving) -> Iterator[str]:
    if serving.provisional:
        yield f"provisional {provisional(serving.provisional)}"


def _served(package: Package | None, period: Period | None) -> Iterator[str]:
    if period is None:
        yield "nothing served yet"
        return
    yield _what(package, period)
    yield f"since {iso_milliseconds(period.since)}, {_why(period)}"
    if package and package.rejection:
        at = package.rejection.at
        yield f"rejected at {at} by {_said(package.rejection)}: it serves all the same"


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
