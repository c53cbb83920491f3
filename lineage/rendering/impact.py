"""An impact as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document


def as_text(impact: Document) -> str:
    """A document by schema/impact.json as text: one line a night."""
    subject, nights = impact["Subject"], impact["Nights"]
    packages = f"{len(impact['Packages'])} packages"
    endpoints = ", ".join(impact["Endpoints"]) or "no endpoint"
    title = f"{subject['Value']} touched {len(nights)} nights, {packages}, {endpoints}"
    return "\n".join([title, "─" * len(title), *map(_line, nights), ""])


def _line(night: dict[str, Any]) -> str:
    return "  ".join(filter(None, _cells(night)))


def _cells(night: dict[str, Any]) -> Iterator[str]:
    yield night["DataDate"]
    yield night["RunId"]
    yield "as " + ", ".join(night["Roles"])
    if "PackageArn" in night:
        yield f"version {night['PackageArn'].rpartition('/')[2]}"
    else:
        yield night.get("Decision", "not decided").lower()
    if night["Endpoints"]:
        yield "on " + ", ".join(night["Endpoints"])
