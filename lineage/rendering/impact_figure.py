"""An impact as a figure: from what was asked about over nights and packages to endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document
from lineage.rendering.figure import Arrow, Figure, Kind, Node
from lineage.rendering.impact import KINDS, asked, came_to, serves_now, touched

MOST_DRAWN = 60
"""Nights in a figure, the newest: as many as a data date touches, and as an eye takes in."""


def figure(impact: Document) -> Figure:
    """The graph of a document by schema/impact.json; thick leads to what serves now."""
    subject, nights = impact["Subject"], impact["Nights"][-MOST_DRAWN:]
    endpoints = dict.fromkeys(name for night in nights for name in night["Endpoints"])
    ids = {name: f"endpoint{number}" for number, name in enumerate(endpoints, 1)}
    kind = {"Job": Kind.JOB, "Run": Kind.NIGHT}.get(subject["Kind"], Kind.DATA)
    title = KINDS[subject["Kind"]].capitalize()
    return Figure(
        title=asked(impact),
        description=f"It touched {touched(impact)}",
        nodes=(
            Node("subject", kind, title, subject["Value"], subject["Value"]),
            *(node for number, night in enumerate(nights, 1) for node in _nodes(number, night)),
            *(Node(ids[name], Kind.ENDPOINT, "Endpoint", name, name) for name in endpoints),
        ),
        arrows=tuple(
            arrow for number, night in enumerate(nights, 1) for arrow in _arrows(number, night, ids)
        ),
    )


def _nodes(number: int, night: dict[str, Any]) -> Iterator[Node]:
    roles = ", ".join(night["Roles"])
    registered = "PackageArn" in night
    caption = roles if registered else f"{roles}, {came_to(night)}"
    yield Node(f"night{number}", Kind.NIGHT, night["DataDate"], caption, night["ExecutionArn"])
    if registered:
        arn = night["PackageArn"]
        title, caption = came_to(night).capitalize(), arn.split("/")[-2]
        yield Node(f"package{number}", Kind.PACKAGE, title, caption, arn)


def _arrows(number: int, night: dict[str, Any], endpoints: dict[str, str]) -> Iterator[Arrow]:
    serving = {each["EndpointName"] for each in night["Served"] if serves_now(each)}
    yield Arrow("subject", f"night{number}", is_on_path=bool(serving))
    if "PackageArn" in night:
        yield Arrow(f"night{number}", f"package{number}", is_on_path=bool(serving))
    for name in night["Endpoints"]:
        yield Arrow(f"package{number}", endpoints[name], is_on_path=name in serving)
