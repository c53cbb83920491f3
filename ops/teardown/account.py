"""What an operator is told before a teardown and after it: what ends, what serves, what stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage.rollouts.switch_log import SwitchLog
from ops.endpoints import packages_serving
from ops.teardown.estate import Estate
from ops.teardown.leftover import Leftover

_VERBS = {
    "schedule": "disable",
    "night": "stop",
    "job": "stop",
    "rollout": "stop",
    "record": "await",
}


def line(leftover: Leftover) -> str:
    """What is done about one thing."""
    verb = _VERBS.get(leftover.kind, "delete" if leftover.end else "await the end of")
    return f"{verb} {leftover}"


def before(estate: Estate, found: Sequence[Leftover], log: SwitchLog | None) -> Iterator[str]:
    """The plan, line by line, and whom it takes a model away from."""
    if estate.stack is None:
        yield f"There is no stack {estate.stack_name}; by its name there are:"
    yield from (f"  {line(each)}" for each in found)
    if not found:
        yield "  nothing to end or to delete"
    if log and estate.stack:
        for role, package_arn in packages_serving(log, estate.stack).items():
            version = package_arn.rpartition("/")[2]
            yield f"{role} serves version {version}: who asks it gets no more answers."


def after(estate: Estate) -> Iterator[str]:
    """What stays although everything was ended, and what is the next step."""
    if estate.stack is None:
        return
    yield "What outlives the stack stays:"
    yield f"  bucket {estate.stack.bucket_name}: the records of all nights, their data and models"
    yield f"  model package group {estate.stack.model_package_group_name}, with its packages"
    yield "  SageMaker's lineage graph of the nights: entities and contexts, which count for quotas"
    yield "  the logs of jobs and endpoints, below /aws/sagemaker/"
    yield f"Now: sam delete --stack-name {estate.stack_name}"
