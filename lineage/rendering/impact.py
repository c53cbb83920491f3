"""An impact as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document

_KINDS = {
    "DataDate": "data date",
    "Object": "object",
    "Digest": "digest",
    "Image": "image",
    "Commit": "commit",
    "Job": "job",
}


def as_text(impact: Document) -> str:
    """A document by schema/impact.json as text: a line a night, and one for each time it served."""
    subject, nights = impact["Subject"], impact["Nights"]
    packages = f"{len(impact['Packages'])} packages"
    endpoints = ", ".join(impact["Endpoints"]) or "no endpoint"
    asked = f"{_KINDS[subject['Kind']]} {subject['Value']}"
    title = f"{asked} touched {len(nights)} nights, {packages}, {endpoints}"
    lines = [line for night in nights for line in _lines(night)]
    lines += [f"It may be more: {it} cannot be read." for it in impact.get("Unreadable", ())]
    return "\n".join([title, "─" * len(title), *lines, ""])


def _lines(night: dict[str, Any]) -> Iterator[str]:
    yield "  ".join(_cells(night))
    for each in night["Served"]:
        until = each.get("Until", "now")
        yield f"            on {each['EndpointName']} from {each['From']} until {until}"


def _cells(night: dict[str, Any]) -> Iterator[str]:
    yield night["DataDate"]
    yield night["RunId"]
    yield "as " + ", ".join(night["Roles"])
    yield _came_to(night)


def _came_to(night: dict[str, Any]) -> str:
    if "PackageArn" in night:
        return f"version {night['PackageArn'].rpartition('/')[2]}"
    if night["Status"] == "Failed":
        return "failed"
    return str(night.get("Decision", "not decided")).lower()
