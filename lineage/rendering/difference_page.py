"""A difference as a page: A and B in two columns, part by part, with the cause marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document
from lineage.rendering.difference import CAUSES, FILES, identity, shown, verdict
from lineage.rendering.difference_figure import figure
from lineage.rendering.markup import Markup, element, join
from lineage.rendering.page import code, definitions, drawing, page, section, table
from lineage.rendering.wording import counted, facts


def as_html(difference: Document) -> str:
    """A document by schema/diff.json as a page to open, to print and to keep."""
    drawn = figure(difference)
    return page(
        drawn.title,
        element(
            "header",
            element("p", "Difference", class_="kicker"),
            element("h1", drawn.title),
            element("p", verdict(difference)),
            element("p", *_badges(difference["Causes"]), class_="badges"),
            element("div", *_sides(difference), class_="panels"),
        ),
        section("From A to B", drawing(drawn, "the one change that explains the rest")),
        *_parts(difference),
    )


def _badges(causes: list[str]) -> Iterator[Markup]:
    yield from (element("span", "Cause: ", it.lower(), class_="badge") for it in causes)


def _sides(difference: Document) -> Iterator[Markup]:
    for side in ("A", "B"):
        package = difference[side]
        told = definitions(facts(package))
        yield section(identity(side, package), told, class_="panel", id=side)


def _parts(difference: Document) -> Iterator[Markup]:
    for name in (it for it in (*CAUSES, "Metrics", "Champion") if it in difference):
        heading = f"{name}, a cause" if name in difference["Causes"] else name
        values = table(_headings(difference), map(_cells, difference[name].items()))
        files = difference.get("SourceObjects", {}) if name == "Data" else {}
        yield section(heading, values, *_files(files), id=name)


def _headings(difference: Document) -> tuple[str, str, str]:
    return ("", identity("A", difference["A"]), identity("B", difference["B"]))


def _cells(value: tuple[str, Any]) -> tuple[Markup, ...]:
    key, sides = value
    told = (code(shown(sides, side)) for side in ("A", "B"))
    return (element("td", key), *(element("td", it) for it in told))


def _files(changed: dict[str, list[str]]) -> Iterator[Markup]:
    for kind, words in FILES.items():
        uris = changed.get(kind, [])
        if uris:
            listed = element("ul", *(element("li", code(uri)) for uri in uris))
            yield join(element("h3", f"{counted(len(uris), 'file')} {words}"), listed)
