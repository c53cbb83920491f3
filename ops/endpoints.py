"""What the stack's endpoints serve and served before: the switch log, read newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lineage.rollouts.endpoints import find_endpoint
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Served, served_since
from lineage.vocabulary import Cause, Trigger
from ops.clients import SageMaker
from ops.stack import Stack


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


def served_before(newest_first: Iterable[Period]) -> str | None:
    """The ARN of the package that served before the present one and was not taken back since.

    A rollout that did not last, and whatever an operator rolled back from, is no place to return
    to: after 7, 8, 9 and a rollback to 8, what served before is 7. After somebody deleted the
    endpoint, it is what served last.
    """
    earlier = iter(newest_first)
    present = next(earlier, None)
    if present is None:
        return None
    following, left = present, None
    for period in earlier:
        if following.takes_back and period.package_arn != following.package_arn:
            # What was found after an aborted rollout took nothing back if it is new.
            left = left or (period.package_arn if following.cause is Cause.FOUND else None)
            continue
        if period.package_arn not in {None, present.package_arn}:
            return period.package_arn
        following = period
    return left


def status(sagemaker: SageMaker, endpoint_name: str) -> str:
    """SageMaker's status of an endpoint; ``Missing`` if there is none."""
    described = find_endpoint(sagemaker, endpoint_name)
    return str(described["EndpointStatus"]) if described else "Missing"
