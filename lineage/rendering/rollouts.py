"""The table of a package's rollouts: where it served, from when until when, and who approved it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.rendering.markup import Markup, element
from lineage.rendering.page import table
from lineage.rendering.wording import UNTOLD, approved, outcome

_HEADINGS = ("Endpoint", "Started by", "Approved", "All traffic from", "Until", "Outcome")


def rollouts(deployments: list[dict[str, Any]]) -> Markup:
    """A row a rollout, oldest first."""
    if not deployments:
        return element("p", "It was deployed nowhere.")
    rows = ((element("td", cell) for cell in _cells(it)) for it in deployments)
    return table(_HEADINGS, rows)


def _cells(deployment: dict[str, Any]) -> Iterator[str]:
    yield deployment["EndpointName"]
    yield deployment.get("Trigger", "unknown").lower()
    yield approved(deployment)
    yield from _times(deployment)
    yield ": ".join(_ending(deployment))


def _times(deployment: dict[str, Any]) -> tuple[str, str]:
    served = deployment["Served"]
    if served:
        since, until = zip(*((it["From"], it.get("Until", "now")) for it in served), strict=True)
        return "; ".join(since), "; ".join(until)
    if "SwitchedAt" in deployment:
        return deployment["SwitchedAt"], deployment.get("RestoredAt", UNTOLD)
    return "never", ""


def _ending(deployment: dict[str, Any]) -> Iterator[str]:
    yield outcome(deployment)
    if deployment.get("Reason"):
        yield deployment["Reason"]
    if deployment.get("Alarms"):
        yield f"alarms {', '.join(deployment['Alarms'])}"
