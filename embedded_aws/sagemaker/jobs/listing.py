"""Filters, sorts and pages jobs as ListProcessingJobs and ListTrainingJobs do."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from embedded_aws.gateway.service import Parameters, ServiceError

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
    matching = [job for job in jobs if _matches(noun, job, parameters)]
    key = {"Name": f"{noun}JobName", "Status": f"{noun}JobStatus"}.get(
        parameters.get("SortBy", ""), "CreationTime"
    )
    is_descending = parameters.get("SortOrder") == "Descending"
    matching.sort(key=lambda job: (job[key], job[f"{noun}JobName"]), reverse=is_descending)
    first = _offset(parameters.get("NextToken"))
    last = first + parameters.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {
        f"{noun}JobSummaries": [_summary(noun, job) for job in matching[first:last]]
    }
    if last < len(matching):
        answer["NextToken"] = base64.b64encode(str(last).encode()).decode()
    return answer


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


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError as malformed:
        raise ServiceError("ValidationException", "Invalid NextToken") from malformed
