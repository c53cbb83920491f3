"""Filters, sorts and pages jobs as ListProcessingJobs and ListTrainingJobs do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from embedded_aws.gateway.service import Parameters
from embedded_aws.sagemaker import listing

# The API reference leaves the default page size open; 100 is the largest page.
DEFAULT_PAGE = 100
_COMMON = ("CreationTime", "LastModifiedTime")
_SUMMARIES: Mapping[str, tuple[str, ...]] = {
    "Processing": ("ProcessingEndTime", "FailureReason", "ExitMessage"),
    "Training": ("TrainingEndTime", "SecondaryStatus"),
}


def page(noun: str, jobs: Iterable[Mapping[str, Any]], parameters: Parameters) -> dict[str, Any]:
    """One page of summaries of Describe documents.

    Raises:
        ServiceError: ``ValidationException`` for a token that no page gave.
    """
    key = {"Name": f"{noun}JobName", "Status": f"{noun}JobStatus"}.get(
        parameters.get("SortBy", ""), "CreationTime"
    )
    found = listing.page(
        (job for job in jobs if _matches(noun, job, parameters)),
        lambda job: (_sortable(job[key]), job[f"{noun}JobName"]),
        {"MaxResults": DEFAULT_PAGE, **parameters},
        default_order="Ascending",
    )
    return found.answer(f"{noun}JobSummaries", lambda job: _summary(noun, job))


def _sortable(value: datetime | str) -> float | str:
    return value.timestamp() if isinstance(value, datetime) else value


def _summary(noun: str, job: Mapping[str, Any]) -> dict[str, Any]:
    own = (f"{noun}JobName", f"{noun}JobArn", f"{noun}JobStatus")
    names = (*own, *_COMMON, *_SUMMARIES[noun])
    return {name: job[name] for name in names if name in job}


def _matches(noun: str, job: Mapping[str, Any], parameters: Parameters) -> bool:
    return (
        parameters.get("NameContains", "") in job[f"{noun}JobName"]
        and parameters.get("StatusEquals", job[f"{noun}JobStatus"]) == job[f"{noun}JobStatus"]
        and all(_is_between(job[name], name, parameters) for name in _COMMON)
    )


def _is_between(when: Any, name: str, parameters: Parameters) -> bool:  # noqa: ANN401  # datetime
    after, before = parameters.get(f"{name}After"), parameters.get(f"{name}Before")
    return (after is None or when > after) and (before is None or when < before)
