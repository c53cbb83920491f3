"""The failure of a job, told to whoever has to do something about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from night.errors import NightError

_MOST_CHARACTERS = 2_000


def as_error(failure: Mapping[str, Any]) -> NightError:
    """An exception of the failure's own class, since Step Functions shows and matches its name.

    Args:
        failure: The machine's variable of that name: a failed job's step, error and cause, with
            the entry of the failure policy that it fits.
    """
    error_class: type[NightError] = type(failure["Class"], (NightError,), {})
    times = failure["Tries"]
    tried = f" Tried {times} times." if times > 1 else ""
    return error_class(f"{failure['Step']}: {_reason(failure)}.{tried} {failure['Advice']}")


def _reason(failure: Mapping[str, Any]) -> str:
    """The job and what it said of itself; for a call that failed, what SageMaker answered."""
    cause = failure.get("Cause", "")
    job = _job(cause)
    name = job.get("ProcessingJobName") or job.get("TrainingJobName")
    told = _said(job) or cause or "no reason given"
    return f"{name or failure['Error']}: {told}"[:_MOST_CHARACTERS].rstrip(". ")


def _said(job: Mapping[str, Any]) -> str:
    """What the job said, and how it ended: it may have been content, and then been killed."""
    message, reason = job.get("ExitMessage", ""), job.get("FailureReason", "")
    if message and reason:
        return f"{message} ({reason})"
    return message or reason or _ended(job)


def _ended(job: Mapping[str, Any]) -> str:
    """How it ended, of one that was stopped: its description is long, and has no reason."""
    status = job.get("ProcessingJobStatus") or job.get("TrainingJobStatus")
    return f"{status}, for no reason that it gives" if status else ""


def _job(cause: str) -> dict[str, Any]:
    """The job's description, unless the cause is none, or has been cut."""
    try:
        document = json.loads(cause)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
