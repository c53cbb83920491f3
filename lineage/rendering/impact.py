"""An impact as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import counted

KINDS = {
    "DataDate": "data date",
    "Object": "object",
    "Digest": "digest",
    "Image": "image",
    "Commit": "commit",
    "Job": "job",
    "Run": "run",
}
"""What each kind of subject is called."""


def as_text(impact: Document) -> str:
    """A document by schema/impact.json as text: a line a night, and one for each time it served."""
    title = f"{asked(impact)} touched {touched(impact)}"
    lines = [line for night in impact["Nights"] for line in _lines(night)]
    lines += [] if lines else [reach(impact["OnRecord"])]
    lines += unread(impact)
    return "\n".join([title, "─" * len(title), *lines, ""])


def asked(impact: Document) -> str:
    """What was asked about."""
    subject = impact["Subject"]
    return f"{KINDS[subject['Kind']]} {subject['Value']}"


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


def unread(impact: Document) -> list[str]:
    """What keeps the answer from being sure, if anything does."""
    return [f"It may be more: {it} cannot be read." for it in impact.get("Unreadable", ())]


def came_to(night: Document) -> str:
    """The version that a night registered, or how it ended without one."""
    if "PackageArn" in night:
        return f"version {night['PackageArn'].rpartition('/')[2]}"
    if night["Status"] == "Failed":
        return "failed"
    return str(night.get("Decision", "not decided")).lower()


def served(time: Document) -> str:
    """Where a night's package served, from when until when."""
    if time.get("Partly"):
        until = time.get("Until", "an instant that no record tells")
        told = f"partly, while traffic moved, from {time['From']} until {until}"
    else:
        told = f"from {time['From']} until {time.get('Until', 'now')}"
    return f"on {time['EndpointName']} {told}"


def serves_now(time: Document) -> bool:
    """Whether it is the end of the story."""
    return "Until" not in time and not time.get("Partly")


def _lines(night: dict[str, Any]) -> Iterator[str]:
    roles = ", ".join(night["Roles"])
    yield f"{night['DataDate']}  {night['RunId']}  as {roles}  {came_to(night)}"
    for each in night["Served"]:
        yield f"            {served(each)}"
