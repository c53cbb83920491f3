"""Jobs that run although nobody waits for them: found by their nights' names, and stopped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

_JOB_NAME = re.compile(r"(?P<step>.+-\d{8}-[0-9a-f]{8})-r(?P<redrive>\d+)-a\d+-t\d+")


@dataclass(frozen=True)
class Kind:
    """One kind of SageMaker job, and how its calls are spelt."""

    noun: str

    def running(self, sagemaker: Any, name_contains: str) -> Iterator[str]:  # noqa: ANN401  # boto3 client
        """Names of the jobs in progress that contain a text."""
        pages = sagemaker.get_paginator(f"list_{self.noun.lower()}_jobs").paginate(
            NameContains=name_contains, StatusEquals="InProgress"
        )
        for page in pages:
            for job in page[f"{self.noun}JobSummaries"]:
                yield job[f"{self.noun}JobName"]

    def stop(self, sagemaker: Any, name: str) -> bool:  # noqa: ANN401  # boto3 client
        """Stop a job; False if it has come to its own end meanwhile."""
        try:
            getattr(sagemaker, f"stop_{self.noun.lower()}_job")(**{f"{self.noun}JobName": name})
        except ClientError as refused:
            # "The request was rejected because the training job is in status Completed."
            if refused.response["Error"]["Code"] != "ValidationException":
                raise
            return False
        return True


PROCESSING, TRAINING = Kind("Processing"), Kind("Training")


def stop_jobs_of_night(sagemaker: Any, run_id: str, redrive_count: int) -> list[str]:  # noqa: ANN401  # boto3 client
    """Stop whatever a night that ended left running; return the names of the jobs.

    Args:
        sagemaker: boto3 client.
        run_id: The night's.
        redrive_count: That of the run that ended: a redrive may have started jobs since, which
            carry a higher one in their names.
    """

    def is_left_over(name: str) -> bool:
        found = _JOB_NAME.fullmatch(name)
        return found is not None and int(found["redrive"]) <= redrive_count

    return [
        name
        for kind in (PROCESSING, TRAINING)
        for name in _stop(sagemaker, kind, f"-{run_id}-r", is_left_over)
    ]


def stop_other_jobs_of_step(sagemaker: Any, kind: Kind, job_name: str) -> list[str]:  # noqa: ANN401  # boto3 client
    """Stop every job of a job's step and night but itself; return their names.

    Such a job is there when the answer to a create call was lost, and the call was made again
    under a new name.
    """
    found = _JOB_NAME.fullmatch(job_name)
    if found is None:
        return []
    return _stop(sagemaker, kind, f"{found['step']}-r", lambda name: name != job_name)


def _stop(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    kind: Kind,
    name_contains: str,
    is_stray: Callable[[str], bool],
) -> list[str]:
    return [
        name
        for name in list(kind.running(sagemaker, name_contains))
        if is_stray(name) and kind.stop(sagemaker, name)
    ]
