"""An impact as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import counted

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
    title = f"{asked(impact)} touched {touched(impact)}"
    lines = [line for night in impact["Nights"] for line in _lines(night)]
    lines += [] if lines else [reach(impact["OnRecord"])]
    lines += [f"It may be more: {it} cannot be read." for it in impact.get("Unreadable", ())]
    return "\n".join([title, "─" * len(title), *lines, ""])


def asked(impact: Document) -> str:
    """What was asked about."""
    subject = impact["Subject"]
    return f"{_KINDS[subject['Kind']]} {subject['Value']}"


def touched(impact: Document) -> str:
    """How much it touched, in a few words."""
    if not impact["Nights"]:
        return "nothing"
    nights = counted(len(impact["Nights"]), "night")
    packages = counted(len(impact["Packages"]), "package")
    return f"{nights}, {packages}, {', '.join(impact['Endpoints']) or 'no endpoint'}"


def reach(on_record: Document) -> str:
    """How far back and forth the records go that know of nothing."""
    if not on_record["Nights"]:
        return "No night is on record yet."
    first, last = on_record["FirstDataDate"], on_record["LastDataDate"]
    nights = counted(on_record["Nights"], "night")
    return f"No record tells of it: {nights} on record, of data dates {first} to {last}."


def _lines(night: dict[str, Any]) -> Iterator[str]:
    yield "  ".join(_cells(night))
    for each in night["Served"]:
        yield f"            on {each['EndpointName']} {_time(each)}"


def _time(served: dict[str, Any]) -> str:
    if served.get("Partly"):
        until = served.get("Until", "an instant that no record tells")
        return f"partly, while traffic moved, from {served['From']} until {until}"
    return f"from {served['From']} until {served.get('Until', 'now')}"


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
