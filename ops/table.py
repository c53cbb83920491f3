"""Fourteen nights at a glance: the table, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table

from ops.night import Night

STEPS = {
    "PrepareNight": "prep",
    "Featurise": "feat",
    "RecordFeaturise": "rec",
    "TrainXGB": "train",
    "RecordTraining": "rec",
    "Evaluate": "eval",
    "ReadAuc": "auc",
    "RecordEvaluation": "rec",
    "RegisterIfGoodEnough": "reg",
    "RecordRegistration": "rec",
    "TriggerDeploy": "deploy",
}
"""The states that take time, in their order, and their column headings."""

_STYLES = {"registered": "green", "rejected": "yellow", "none": "red"}


def as_table(nights: Iterable[Night]) -> Table:
    """One row a night; step durations in seconds."""
    listed = list(nights)
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("data date", "status", "AUC", "decision", "package"):
        table.add_column(heading, no_wrap=True)
    for heading in (*STEPS.values(), "total", "retries"):
        table.add_column(heading, justify="right", no_wrap=True)
    for night in listed:
        table.add_row(*_row(night), style=_STYLES.get(night.decision, ""))
    notes = [note for night in listed for note in _notes(night)]
    if notes:
        table.caption, table.caption_justify = "\n".join(notes), "left"
    return table


def as_json(nights: Iterable[Night]) -> list[dict[str, Any]]:
    """The table's rows as JSON values."""
    return [
        {
            "dataDate": night.data_date,
            "execution": night.name,
            "executionArn": night.execution_arn,
            "status": night.status,
            "startedAt": night.started.isoformat(),
            "seconds": _rounded(night.seconds),
            "auc": night.auc,
            "decision": night.decision,
            "packageArn": night.package_arn,
            "packageVersion": night.package_version,
            "retries": night.retries,
            "steps": [
                {
                    "name": step.name,
                    "seconds": _rounded(step.seconds),
                    "retries": step.retries,
                    "failures": list(step.failures),
                }
                for step in night.steps
            ],
            "error": night.error,
        }
        for night in nights
    ]


def _row(night: Night) -> list[str]:
    seconds = {step.name: step.seconds for step in night.steps}
    return [
        _name(night),
        night.status,
        "" if night.auc is None else f"{night.auc:.4f}",
        night.decision,
        f"v{night.package_version}" if night.package_version else "",
        *(_shown(seconds.get(name)) for name in STEPS),
        _shown(night.seconds),
        str(night.retries) if night.retries else "",
    ]


def _name(night: Night) -> str:
    """The data date, with the execution's name where that says more (a rerun)."""
    if night.name == night.data_date or not night.data_date:
        return night.name
    return f"{night.data_date} ({night.name})"


def _notes(night: Night) -> Iterator[str]:
    """What each step was tried again for, and what ended the night."""
    for step in night.steps:
        if step.retries:
            causes = ", ".join(step.failures[: step.retries])
            yield f"{_name(night)}: {step.name} again after {causes}"
    if night.error:
        yield f"{_name(night)}: {night.error}"


def _shown(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
