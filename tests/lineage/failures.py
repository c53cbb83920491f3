"""Nights that end without success, as EventBridge and the history tell of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lineage.facts import Document, Failure


def a_failure(document: Document, /, **told: Any) -> Failure:
    failure = Failure(
        run_id=document["RunId"],
        data_date=document["DataDate"],
        execution_arn=document["ExecutionArn"],
        workflow=document["Workflow"],
        redrive_count=0,
        status="FAILED",
        step="TrainXGB",
        error="AlgorithmError",
        cause="the loss is NaN",
        ended_at="2026-11-22T02:30:00Z",
        night=document,
    )
    return replace(failure, **told)
