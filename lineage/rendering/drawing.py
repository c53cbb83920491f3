"""A figure drawn as inline SVG; every node links to the section that tells its facts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lineage.rendering.figure import Arrow, Figure, Node
from lineage.rendering.layout import Layout, lay_out
from lineage.rendering.markup import Markup, element, join

_WIDTH, _HEIGHT = 122, 52
_GAP, _ROW = 34, 80
_MARGIN = 8
_LEAST_SCALE, _MOST_SCALE = 0.78, 1.4
"""Between which letters are legible, and no bigger than the page's."""

_LONGEST = 17
"""Letters that fit into a box."""

Point = tuple[float, float]


def draw(figure: Figure) -> Markup:
    """The figure from left to right, for a page that has the stylesheet's classes."""
    pairs = [(arrow.source, arrow.destination) for arrow in figure.arrows]
    straight = [pair for pair, it in zip(pairs, figure.arrows, strict=True) if it.is_on_path]
    layout = lay_out([node.id for node in figure.nodes], pairs, straight)
    width = layout.layers * (_WIDTH + _GAP) - _GAP + 2 * _MARGIN
    height = layout.height * _ROW + _HEIGHT + 2 * _MARGIN
    return element(
        "svg",
        element("title", figure.title, id="graph-title"),
        element("desc", figure.description, id="graph-description"),
        _arrowhead("head", "arrow-head"),
        _arrowhead("path-head", "arrow-head on-path"),
        *(_arrow(arrow, layout) for arrow in sorted(figure.arrows, key=lambda it: it.is_on_path)),
        *(_node(node, layout) for node in figure.nodes),
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        style=f"min-width: {_LEAST_SCALE * width:.0f}px; max-width: {_MOST_SCALE * width:.0f}px",
        role="group",
        aria_labelledby="graph-title graph-description",
        class_="graph",
    )


def _node(node: Node, layout: Layout) -> Markup:
    x, y = _middle(layout.nodes[node.id])
    left, top = x - _WIDTH / 2, y - _HEIGHT / 2
    box = {"width": _WIDTH, "height": _HEIGHT}
    return element(
        "a",
        element("title", f"{node.title}: {node.caption}\n{node.uri}"),
        element("rect", x=f"{left:.1f}", y=f"{top:.1f}", rx=9, class_="box", **box),
        element("text", _fitted(node.title), x=f"{x:.1f}", y=f"{y - 4:.1f}", class_="name"),
        element("text", _fitted(node.caption), x=f"{x:.1f}", y=f"{y + 14:.1f}", class_="caption"),
        href=f"#{node.id}",
        class_=f"node {node.kind}",
    )


def _arrow(arrow: Arrow, layout: Layout) -> Markup:
    start_x, start_y = _middle(layout.nodes[arrow.source])
    end_x, end_y = _middle(layout.nodes[arrow.destination])
    bends = layout.bends[arrow.source, arrow.destination]
    points = [
        (start_x + _WIDTH / 2, start_y),
        *(point for bend in bends for point in _across(_middle(bend))),
        (end_x - _WIDTH / 2 - 2, end_y),
    ]
    head = "path-head" if arrow.is_on_path else "head"
    return element(
        "path",
        d=_curve(points),
        class_="arrow on-path" if arrow.is_on_path else "arrow",
        marker_end=f"url(#{head})",
    )


def _curve(points: Sequence[Point]) -> str:
    (x, y), *_ = points
    steps = [f"M{x:.1f},{y:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        steps.append(f"C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f}")
    return " ".join(steps)


def _across(middle: Point) -> tuple[Point, Point]:
    x, y = middle
    return (x - _WIDTH / 2, y), (x + _WIDTH / 2, y)


def _middle(place: tuple[int, float]) -> Point:
    layer, height = place
    return (
        _MARGIN + layer * (_WIDTH + _GAP) + _WIDTH / 2,
        _MARGIN + height * _ROW + _HEIGHT / 2,
    )


def _arrowhead(name: str, class_: str) -> Markup:
    tip = element("path", d="M0,0 L8,4 L0,8 Z", class_=class_)
    size = {"markerWidth": 8, "markerHeight": 8, "refX": 7, "refY": 4}
    return element("marker", tip, id=name, orient="auto", markerUnits="userSpaceOnUse", **size)


def _fitted(text: str) -> Markup:
    # What tells long names apart is their end.
    return join(text if len(text) <= _LONGEST else f"…{text[1 - _LONGEST :]}")
