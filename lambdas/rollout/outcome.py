"""How a rollout ended that could not say so itself, from its history and from its endpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lineage.rollouts.switches import iso_milliseconds
from night.history import Reading
from night.outcome import Ended
from rollout.endpoint import Endpoint

_LONGEST_REASON = 1000


def outcome_of(ended: Ended, reading: Reading, endpoint: Endpoint | None) -> dict[str, Any]:
    """The machine's outcome, or as much of it as can be known.

    Args:
        ended: Which end of the execution.
        reading: Its history, with the rollout document among the variables.
        endpoint: As it is since; None if there is none any more.
    """
    told: Mapping[str, str] = reading.variables.get("outcome") or {}
    if "EndedAt" in told:
        return dict(told)
    moved = _moved(ended, reading.variables["rollout"], told, endpoint)
    return {
        "Status": "RolledBack" if "RestoredAt" in moved else "Failed",
        **moved,
        "EndedAt": iso_milliseconds(ended.ended_at),
        "Reason": _reason(ended, reading),
    }


def _moved(
    ended: Ended, rollout: Mapping[str, Any], told: Mapping[str, str], endpoint: Endpoint | None
) -> dict[str, str]:
    """When traffic moved; an endpoint that still changes has not told its last."""
    seen = {it: told[it] for it in ("ShiftStartedAt", "SwitchedAt", "RestoredAt") if it in told}
    if endpoint is None:
        return {"RestoredAt": iso_milliseconds(ended.ended_at), **seen} if seen else {}
    if not endpoint.is_serving:
        return seen
    changed_at = iso_milliseconds(endpoint.changed_at)
    if endpoint.config_name == rollout["EndpointConfigName"]:
        return {"SwitchedAt": changed_at, **seen}
    is_back = endpoint.config_name == rollout.get("PreviousEndpointConfigName")
    return {"RestoredAt": changed_at, **seen} if is_back and seen else seen


def _reason(ended: Ended, reading: Reading) -> str:
    """On one line, as lineage takes it."""
    why = f"{ended.status} in {reading.step}: {reading.error} {reading.cause}"
    return re.sub(r"\s+", " ", why)[:_LONGEST_REASON].rstrip(": ")
