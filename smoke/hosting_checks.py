"""Doubts about endpoints and approvals, and about what a teardown leaves."""

from __future__ import annotations

import json

from smoke.evidence import Aftermath, Evidence
from smoke.finding import Checks, Finding

CHECKS = Checks[Evidence]()
AFTERWARDS = Checks[Aftermath]()


@CHECKS.of("served-scores")
def served_scores(seen: Evidence) -> Finding:
    """The serverless endpoint answers CSV with the scores of the evaluation job."""
    told = seen.candidate.described
    return Finding(
        seen.candidate.status == "SUCCEEDED",
        f"{seen.candidate.status} {told.get('error', '')} {told.get('cause', '')}".strip()[:120],
    )


@CHECKS.of("approval-event")
def approval_event(seen: Evidence) -> Finding:
    """An approval sends an event with the field that changed, once, and starts one rollout."""
    run = seen.production
    return Finding(
        run is not None and run.status == "SUCCEEDED",
        f"{run.described['name']}: {run.status}" if run else "no rollout",
    )


@CHECKS.of("approver")
def approver(seen: Evidence) -> Finding:
    """The event tells the second of the registry's last change, so it is known whose that was."""
    if seen.production is None:
        return Finding(holds=False, saw="no rollout")
    given = json.loads(seen.production.described["input"])
    signed = given["Approval"]
    told = f"{signed['By']}, {signed['At']} of {given['RolloutId']}"
    return Finding(signed["By"] != "unknown", told)


@AFTERWARDS.of("stopped-night")
def stopped_night(seen: Aftermath) -> Finding:
    """StopExecution stops the job, and the event of it puts the night on record."""
    status = seen.job["ProcessingJobStatus"]
    is_stopped = status in {"Stopping", "Stopped"}
    return Finding(is_stopped and seen.failures == 1, f"job {status}, {seen.failures} on record")


@AFTERWARDS.of("endpoint-events")
def endpoint_events(seen: Aftermath) -> Finding:
    """An endpoint that is deleted sends an event, by which the switch log hears of it."""
    serves = seen.switch.endpoint_config_name
    return Finding(serves is None, f"{seen.switch.cause}, then serves {serves or 'nothing'}")
