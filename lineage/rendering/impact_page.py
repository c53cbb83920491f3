"""An impact as a page: what was touched, drawn, and where it served from when until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lineage.facts import Document
from lineage.rendering.impact import came_to, reach, served, serves_now, touched, unread
from lineage.rendering.impact_figure import MOST_DRAWN, figure
from lineage.rendering.markup import Markup, element
from lineage.rendering.page import code, drawing, page, section, table

_NIGHTS = ("Night", "Used it as", "Came to", "Served")
_ENDPOINTS = ("Endpoint", "Serves now")


def as_html(impact: Document) -> str:
    """A document by schema/impact.json as a page to open, to print and to keep."""
    drawn = figure(impact)
    ids = {node.uri: node.id for node in drawn.nodes}
    return page(
        drawn.title,
        _header(impact, drawn.title),
        section(_heading(impact), drawing(drawn, "the way to what serves now")),
        section("Nights and packages", _nights(impact, ids)),
        section("Endpoints", _endpoints(impact, ids)),
    )


def _header(impact: Document, title: str) -> Markup:
    told = [f"It touched {touched(impact)}.", *unread(impact)]
    told += [] if impact["Nights"] else [reach(impact["OnRecord"])]
    return element(
        "header",
        element("p", "Impact", class_="kicker"),
        element("h1", title, id="subject"),
        *(element("p", each) for each in told),
    )


def _heading(impact: Document) -> str:
    nights = len(impact["Nights"])
    return "Impact" if nights <= MOST_DRAWN else f"Impact on the last {MOST_DRAWN} of {nights:,}"


def _nights(impact: Document, ids: Mapping[str, str]) -> Markup:
    return table(_NIGHTS, (_night(each, ids) for each in reversed(impact["Nights"])))


def _night(night: dict[str, Any], ids: Mapping[str, str]) -> Iterator[Markup]:
    execution, package = night["ExecutionArn"], night.get("PackageArn", "")
    yield _cell(ids.get(execution), night["DataDate"], " ", code(night["RunId"]))
    yield _cell(None, ", ".join(night["Roles"]))
    yield _cell(ids.get(package), came_to(night), " ", code(package))
    yield _cell(None, *(element("div", served(each)) for each in night["Served"]))


def _endpoints(impact: Document, ids: Mapping[str, str]) -> Markup:
    serving = {
        each["EndpointName"]: came_to(night)
        for night in impact["Nights"]
        for each in night["Served"]
        if serves_now(each)
    }
    rows = (
        (_cell(ids.get(name), name), _cell(None, serving.get(name, "none of these packages")))
        for name in impact["Endpoints"]
    )
    return table(_ENDPOINTS, rows)


def _cell(node_id: str | None, *content: str) -> Markup:
    return element("td", *content, **({"id": node_id} if node_id else {}))
