"""The lines that Lambda itself writes around a function's output, as text or as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime

from embedded_aws.awslambda.execution_environment import Outcome
from embedded_aws.awslambda.functions import FunctionVersion


def start(version: FunctionVersion, request_id: str, now: datetime) -> str:
    """The line before an invocation's output."""
    if version.configuration.logs_json:
        return _platform(now, "start", {"requestId": request_id, "version": version.version})
    return f"START RequestId: {request_id} Version: {version.version}\n"


def timed_out(request_id: str, timeout_seconds: int, now: datetime) -> str:
    """The line that a killed function cannot write."""
    return f"{_instant(now)} {request_id} Task timed out after {timeout_seconds:.2f} seconds\n"


def report(
    version: FunctionVersion,
    request_id: str,
    outcome: Outcome,
    peak_memory_mb: int | None,
    now: datetime,
) -> list[str]:
    """The END and REPORT lines after an invocation's output."""
    memory_mb = version.configuration.memory_mb
    used_mb = memory_mb if peak_memory_mb is None else peak_memory_mb
    billed_ms = math.ceil(outcome.duration_ms + (outcome.init_ms or 0))
    if version.configuration.logs_json:
        metrics = {
            "durationMs": round(outcome.duration_ms, 3),
            "billedDurationMs": billed_ms,
            "memorySizeMB": memory_mb,
            "maxMemoryUsedMB": used_mb,
        }
        if outcome.init_ms is not None:
            metrics["initDurationMs"] = round(outcome.init_ms, 3)
        status = outcome.status or "success"
        record = {"requestId": request_id, "status": status, "metrics": metrics}
        return [_platform(now, "report", record)]
    fields = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {outcome.duration_ms:.2f} ms",
        f"Billed Duration: {billed_ms} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {used_mb} MB",
    ]
    if outcome.init_ms is not None:
        fields.append(f"Init Duration: {outcome.init_ms:.2f} ms")
    if outcome.status == "timeout":
        fields.append("Status: timeout")
    return [f"END RequestId: {request_id}\n", "\t".join([*fields, "\n"])]


def _platform(now: datetime, kind: str, record: Mapping[str, object]) -> str:
    return json.dumps({"time": _instant(now), "type": f"platform.{kind}", "record": record}) + "\n"


def _instant(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
