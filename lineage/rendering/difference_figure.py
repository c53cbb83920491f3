"""A difference as a figure: from package A to package B by way of what changed between them."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.facts import Document
from lineage.rendering.difference import CAUSES, verdict
from lineage.rendering.figure import Arrow, Figure, Kind, Node
from lineage.rendering.wording import counted

_MOST_NAMED = 2
_KINDS = {"Data": Kind.DATA, "Hyperparameters": Kind.MODEL, "Settings": Kind.NIGHT}


def figure(difference: Document) -> Figure:
    """The graph of a document by schema/diff.json; thick leads over what explains the rest."""
    changed = [name for name in CAUSES if name in difference]
    has_metrics = "Metrics" in difference
    a, b = difference["A"], difference["B"]
    return Figure(
        title=f"Version {a['Version']} and version {b['Version']}",
        description=verdict(difference),
        nodes=(
            _package("A", a),
            *(_part(name, _KINDS.get(name, Kind.JOB), difference) for name in changed),
            _package("B", b),
            *([_part("Metrics", Kind.REPORT, difference)] if has_metrics else []),
        ),
        arrows=(
            *(_ways(changed, difference["Causes"]) if changed else [Arrow("A", "B")]),
            *([Arrow("B", "Metrics")] if has_metrics else []),
        ),
    )


def _ways(changed: list[str], causes: list[str]) -> Iterator[Arrow]:
    for name in changed:
        yield Arrow("A", name, is_on_path=[name] == causes)
        yield Arrow(name, "B", is_on_path=[name] == causes)


def _package(side: str, package: Document) -> Node:
    title = f"{side}: version {package['Version']}"
    return Node(side, Kind.PACKAGE, title, package["DataDate"], package["PackageArn"])


def _part(name: str, kind: Kind, difference: Document) -> Node:
    keys = list(difference[name])
    caption = ", ".join(keys) if len(keys) <= _MOST_NAMED else counted(len(keys), "value")
    return Node(name, kind, name, caption, caption)
