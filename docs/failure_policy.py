"""Lists how a job may fail and what is done about it, from the machine that does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

_DEFINITION = Path(__file__).parents[1] / "statemachine" / "retrain.asl.yaml"
_SECONDS_OF_MINUTE = 60


def policy_table() -> str:
    """A Markdown table of the failure policy, in the order in which its entries are tried."""
    definition = yaml.load(_DEFINITION.read_text(), yaml.CSafeLoader)
    prepared = definition["States"]["PrepareNight"]["Assign"]
    rows = [_row(entry) for entry in prepared["failurePolicy"]]
    return "\n".join(["| class | shows as | tried again |", "|---|---|---|", *rows])


def _row(entry: Mapping[str, Any]) -> str:
    return f"| `{entry['Class']}` | {_shown(entry)} | {_retried(entry)} |"


def _shown(entry: Mapping[str, Any]) -> str:
    errors = " or ".join(f"`{error}`" for error in entry["Errors"])
    text = entry["CauseContains"]
    return f"{errors} with `{text}`" if text else errors.replace("`*`", "anything else")


def _retried(entry: Mapping[str, Any]) -> str:
    return ", ".join(_terms(entry)) if entry["RetriedBy"] != "Nobody" else "never"


def _terms(entry: Mapping[str, Any]) -> Iterator[str]:
    if "MaxAttempts" in entry:
        yield f"{entry['MaxAttempts']} times"
    if "ExpireAfterMinutes" in entry:
        yield f"for {entry['ExpireAfterMinutes']} min"
    yield f"after {_duration(entry['IntervalSeconds'])}"
    if entry["BackoffRate"] > 1:
        yield f"each wait {entry['BackoffRate']} times the last"
    if entry.get("NextTry") == "NextInstanceType":
        yield "on the next instance type"


def _duration(seconds: int) -> str:
    minutes, left = divmod(seconds, _SECONDS_OF_MINUTE)
    return f"{seconds} s" if left else f"{minutes} min"
