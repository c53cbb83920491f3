"""Measures the jobs of a night by their states: how long each ran, and how often it was retried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

_RETRIES = re.compile(r"-a(?P<attempt>\d+)-t(?P<retry>\d+)$")


def measure_job(step: str, job: Mapping[str, str]) -> None:
    """Add JobSeconds and JobRetries of a job that completed, with its state as the dimension.

    Args:
        step: The state that ran it.
        job: The properties of its action in the lineage: JobName, StartedAt, EndedAt.
    """
    started, ended = (datetime.fromisoformat(job[key]) for key in ("StartedAt", "EndedAt"))
    metrics = _of(step)
    metrics.add_metric("JobSeconds", MetricUnit.Seconds, (ended - started).total_seconds())
    metrics.add_metric("JobRetries", MetricUnit.Count, _retries(job["JobName"]))
    metrics.flush_metrics()


def measure_failed_job(step: str, tries: int) -> None:
    """Add JobRetries of a job that was given up on."""
    metrics = _of(step)
    metrics.add_metric("JobRetries", MetricUnit.Count, tries - 1)
    metrics.flush_metrics()


def _of(step: str) -> EphemeralMetrics:
    # What a function else measures has its own name as the dimension.
    metrics = EphemeralMetrics()
    metrics.add_dimension("Step", step)
    return metrics


def _retries(job_name: str) -> int:
    """By the machine's attempts and the last one's retries, which a job's name counts."""
    found = _RETRIES.search(job_name)
    return int(found["attempt"]) + int(found["retry"]) if found else 0
