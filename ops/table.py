"""Fourteen nights at a glance: the table, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.table import Table

from ops import champion
from ops.night import Night

STEPS = {
    "PrepareNight": "prep",
    "Featurise": "feat",
    "RecordFeaturise": "rec-f",
    "TrainXGB": "train",
    "RecordTraining": "rec-t",
    "Evaluate": "eval",
    "ReadAuc": "auc",
    "RecordEvaluation": "rec-e",
    "RegisterIfGoodEnough": "reg",
    "RecordRegistration": "rec-r",
    "TriggerDeploy": "deploy",
}
"""The states that take time, in their order, and their column headings."""

_REASONS = {"NonInferiorityNotShown": "it was not shown to be as good as production's model"}
"""The gate's reasons in words; any but the first of all, which the AUC shows, is told."""
_SHOWN_BY_AUC = "AucBelowThreshold"

HANDBOOK = "docs/operations.md says what each error asks for."

_STYLES = {"registered": "green", "rejected": "yellow", "none": "red"}


def as_table(nights: Iterable[Night], serving: Mapping[str, str] | None = None) -> Table:
    """One row a night, step durations in seconds; below it what serves, and why nights failed.

    What served in production has columns if a night met any.
    ``serving`` has the ARN of the package that serves, by what the endpoint is for.
    """
    listed = list(nights)
    remarks = [*_serving(listed, serving or {}), *(it for each in listed for it in _notes(each))]
    if any(night.error for night in listed):
        remarks.append(HANDBOOK)
    table = Table(
        box=None,
        header_style="bold",
        pad_edge=False,
        padding=(0, 2, 0, 0),
        caption="\n".join(remarks) or None,
        caption_justify="left",
    )
    is_challenged = any(night.compared for night in listed)
    challenge = ("champion", "diff [95 %]") if is_challenged else ()
    for heading in ("data date", "status", "AUC", *challenge, "decision", "package"):
        table.add_column(heading, no_wrap=True)
    for heading in (*STEPS.values(), "total", "retries"):
        table.add_column(heading, justify="right", no_wrap=True)
    for night in listed:
        table.add_row(
            *_row(night, is_challenged=is_challenged), style=_STYLES.get(night.decision, "")
        )
    return table


def as_json(
    nights: Iterable[Night], serving: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
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
            "champion": champion.document(night.compared),
            "decision": night.decision,
            "reason": night.reason,
            "packageArn": night.package_arn,
            "packageVersion": night.package_version,
            "serves": _roles(night, serving or {}),
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


def _row(night: Night, *, is_challenged: bool) -> list[str]:
    seconds = {step.name: step.seconds for step in night.steps}
    return [
        _name(night),
        night.status,
        "" if night.auc is None else f"{night.auc:.4f}",
        *(champion.columns(night.compared) if is_challenged else ()),
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


def _serving(nights: Iterable[Night], serving: Mapping[str, str]) -> Iterator[str]:
    for night in nights:
        roles = _roles(night, serving)
        if roles:
            yield f"{_name(night)}: v{night.package_version} serves as {' and '.join(roles)}"


def _roles(night: Night, serving: Mapping[str, str]) -> list[str]:
    """What the endpoints are for that serve a night's package."""
    return [role for role, package_arn in serving.items() if package_arn == night.package_arn]


def _notes(night: Night) -> Iterator[str]:
    """What each step was tried again for, and what ended the night."""
    for step in night.steps:
        if step.retries:
            causes = _counted(step.failures[: step.retries])
            yield f"{_name(night)}: {step.name} again after {causes}"
    if night.compared and night.compared.not_compared:
        yield f"{_name(night)}: not compared with production: {night.compared.not_compared}"
    if night.reason not in {"", _SHOWN_BY_AUC}:
        yield f"{_name(night)}: rejected, for {_REASONS.get(night.reason, night.reason)}"
    if night.error:
        yield f"{_name(night)}: {night.error}"


def _counted(causes: Iterable[str]) -> str:
    """Each cause once, in the order in which they came."""
    counts = Counter(causes)
    return ", ".join(f"{count} x {it}" if count > 1 else it for it, count in counts.items())


def _shown(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
