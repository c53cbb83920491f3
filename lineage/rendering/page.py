"""The frame and the parts of every page; it needs nothing else: no network, no script, no font."""

from __future__ import annotations

from collections.abc import Iterable

from lineage.rendering.drawing import draw
from lineage.rendering.figure import Figure, Node
from lineage.rendering.markup import Markup, element, join
from lineage.rendering.stylesheet import STYLESHEET
from lineage.rendering.wording import Facts

# The page cannot load or run anything, whatever its values say.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_LONGEST_WORD = 12
"""What is longer and has no blanks is a name to copy: shown in letters of one width."""


def page(title: str, *body: Markup) -> str:
    """A page to open, to print and to keep."""
    head = (
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", title),
        element("style", Markup(STYLESHEET)),
    )
    written = element("html", element("head", *head), element("body", *body), lang="en")
    return f"<!doctype html>\n{written}\n"


def section(heading: str, *content: Markup, **attributes: str) -> Markup:
    """A part of a page under a heading."""
    return element("section", element("h2", heading), *content, **attributes)


def panel(heading: str, content: Markup, **attributes: str) -> Markup:
    """A part of a page's top, in a frame."""
    return section(heading, content, class_="panel", **attributes)


def drawing(figure: Figure, thick: str) -> Markup:
    """A figure, and what its thick arrows mean."""
    line = element("span", class_="stroke")
    legend = element("p", line, thick, class_="legend")
    return join(element("div", draw(figure), class_="canvas"), legend)


def cards(drawn: Figure) -> Markup:
    """The facts of every node; the drawing's links lead there."""
    return element("div", *map(_card, drawn.nodes), class_="cards")


def table(headings: Iterable[str], rows: Iterable[Iterable[Markup]]) -> Markup:
    """Rows of cells, each a `td`, below headings."""
    head = element("tr", *(element("th", each, scope="col") for each in headings))
    body = element("tbody", *(element("tr", *cells) for cells in rows))
    return element("div", element("table", element("thead", head), body), class_="canvas")


def definitions(told: Facts) -> Markup:
    """Facts, a line each."""
    rows = [
        element("div", element("dt", name), element("dd", code(value)))
        for name, value in told.items()
    ]
    return element("dl", *rows)


def code(value: str) -> Markup:
    """A text, in letters of one width if it is a name to copy."""
    is_name = " " not in value and len(value) > _LONGEST_WORD
    return element("code", value) if is_name else join(value)


def _card(node: Node) -> Markup:
    tables = [
        join(element("h4", heading) if heading else "", definitions(group))
        for heading, group in node.groups.items()
    ]
    heading = element("h3", node.title, element("small", node.caption))
    return element("article", heading, *tables, id=node.id, class_=f"card {node.kind}")
