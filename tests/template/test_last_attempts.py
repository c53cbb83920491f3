"""States that tell their function that it is their last attempt, for what it raises then."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from docs.generate import ROOT

LEAST_PATIENCE_SECONDS = 480
RECORDING = {
    f"{machine}.{name}": state
    for machine in ("retrain", "rollout")
    for name, state in yaml.safe_load((ROOT / f"statemachine/{machine}.asl.yaml").read_text())[
        "States"
    ].items()
    if any("LineageNotReady" in it["ErrorEquals"] for it in state.get("Retry", ()))
}


def told_from(state: dict[str, Any]) -> int:
    """How many retries a state has behind it when it says that it is the last attempt."""
    condition = state["Arguments"]["Payload"]["LastAttempt"]
    found = re.fullmatch(r"\{% \$states\.context\.State\.RetryCount >= (\d+) %\}", condition)
    assert found
    return int(found[1])


def retriers(state: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """That of an index that lags, and all others."""
    (waiting,) = (it for it in state["Retry"] if "LineageNotReady" in it["ErrorEquals"])
    return waiting, [it for it in state["Retry"] if it is not waiting]


def patience_seconds(retrier: dict[str, Any], retries: int) -> float:
    waits = (
        retrier["IntervalSeconds"] * retrier["BackoffRate"] ** retry for retry in range(retries)
    )
    return sum(min(wait, retrier["MaxDelaySeconds"]) for wait in waits)


@pytest.mark.parametrize("name", RECORDING)
def test_no_lagging_index_ends_a_state_without_being_called_incomplete(name: str) -> None:
    """Nor is it called so while it would be asked again, if nothing else went wrong."""
    waiting, _ = retriers(RECORDING[name])
    assert told_from(RECORDING[name]) == waiting["MaxAttempts"]


@pytest.mark.parametrize("name", RECORDING)
def test_an_index_may_lag_for_minutes_however_often_the_function_fails_otherwise(
    name: str,
) -> None:
    """RetryCount counts the retries of all retriers of a state, and tells no retrier's own."""
    waiting, others = retriers(RECORDING[name])
    left = told_from(RECORDING[name]) - sum(it["MaxAttempts"] for it in others)
    assert patience_seconds(waiting, left) >= LEAST_PATIENCE_SECONDS


def test_every_stage_of_both_machines_is_looked_at() -> None:
    assert len(RECORDING) == 6
