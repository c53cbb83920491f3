"""What the stack's endpoints serve and served before: the switch log, read newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Served, served_since
from lineage.vocabulary import Cause, Trigger
from ops.clients import Response
from ops.stack import Stack

_ROLLING_BACK = "RollingBack"


@dataclass(frozen=True)
class Period:
    """The time from one switch of an endpoint to the next.

    Attributes:
        since: When all traffic had moved.
        cause: Why it moved.
        served: What served; None if nothing did, or nothing that a rollout on record brought.
        is_gone: Whether nothing did: the endpoint was removed, or deleted by hand.
    """

    since: datetime
    cause: Cause
    served: Served | None
    is_gone: bool = False

    @property
    def package_arn(self) -> str | None:
        """The package that served."""
        return self.served.package_arn if self.served else None

    @property
    def is_deleted(self) -> bool:
        """Whether somebody deleted the endpoint, and not a rollout that failed."""
        return self.is_gone and self.cause is Cause.FOUND

    @property
    def takes_back(self) -> bool:
        """Whether it undid all that came since its package served before."""
        is_rollback = self.served is not None and self.served.trigger is Trigger.ROLLBACK
        undoes = self.cause is not Cause.SWITCHED and not self.is_deleted
        return undoes or is_rollback


def periods(log: SwitchLog, endpoint_name: str) -> Iterator[Period]:
    """The periods of an endpoint, newest first, each read when it is asked for."""
    instants = log.instants(endpoint_name).of.get(endpoint_name, ())
    read = log.reader(endpoint_name, instants)
    for index in reversed(range(len(instants))):
        switch = read(index)
        served, is_gone = served_since(read, index), switch.endpoint_config_name is None
        yield Period(instants[index], switch.cause, served, is_gone)


def packages_serving(log: SwitchLog, stack: Stack) -> Mapping[str, str]:
    """What each endpoint of a stack is for, and the ARN of the package that it serves, if any."""
    newest = {role: next(periods(log, name), None) for role, name in stack.endpoint_names.items()}
    return {role: each.package_arn for role, each in newest.items() if each and each.package_arn}


@dataclass(frozen=True)
class Before:
    """What served before the present package.

    Attributes:
        package_arn: The place to return to; None if there is none.
        passed_over: The other packages that served since, and what took each of them back.
    """

    package_arn: str | None
    passed_over: Mapping[str, Period]


def served_before(newest_first: Iterable[Period]) -> Before:
    """What served before the present package and was not taken back since.

    A rollout that did not last, and whatever an operator rolled back from, is no place to return
    to: after 7, 8, 9 and a rollback to 8, what served before is 7. After somebody deleted the
    endpoint, it is what served last.
    """
    earlier, passed_over = iter(newest_first), dict[str, Period]()
    present = next(earlier, None)
    if present is None:
        return Before(None, {})
    following, left = present, None
    for period in earlier:
        is_other = period.package_arn not in {None, present.package_arn}
        if following.takes_back and period.package_arn != following.package_arn:
            # What was found after an aborted rollout took nothing back if it is new.
            left = left or (period.package_arn if following.cause is Cause.FOUND else None)
            if period.package_arn and is_other:
                passed_over.setdefault(period.package_arn, following)
            continue
        if is_other and period.package_arn not in passed_over:
            return Before(period.package_arn, passed_over)
        following = period
    return Before(left, passed_over)


@dataclass(frozen=True)
class Present:
    """What SageMaker says of an endpoint.

    Attributes:
        status: ``Missing`` if there is none.
        config_name: What it has, or had until the change that it is in; None if it is missing.
        pending_config_name: What it is being changed to; None if it is not.
        pending_stage: How far that is, in SageMaker's words, such as ``Baking``; empty if untold.
    """

    status: str
    config_name: str | None
    pending_config_name: str | None = None
    pending_stage: str = ""

    @classmethod
    def parse(cls, described: Response | None) -> Self:
        """Read the response of DescribeEndpoint, or that there is no such endpoint."""
        if described is None:
            return cls("Missing", None)
        pending = described.get("PendingDeploymentSummary", {})
        variants = pending.get("ProductionVariants", ())
        stages = {it["Status"]: None for each in variants for it in each.get("VariantStatus", ())}
        return cls(
            described["EndpointStatus"],
            described["EndpointConfigName"],
            pending.get("EndpointConfigName"),
            ", ".join(stages),
        )

    def __str__(self) -> str:
        """For an operator."""
        stage = f" ({self.pending_stage})" if self.pending_stage else ""
        if self.config_name is None:
            return self.status
        if self.pending_config_name in {None, self.config_name}:
            return f"{self.status} with {self.config_name}{stage}"
        if self.status == _ROLLING_BACK:
            return f"{self.status} to {self.config_name} from {self.pending_config_name}{stage}"
        change = f"with {self.config_name}, changing to {self.pending_config_name}"
        return f"{self.status} {change}{stage}"
