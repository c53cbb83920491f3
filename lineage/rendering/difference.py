"""A difference as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import counted, valued

_MOST_NAMED = 5
CAUSES = ("Data", "Code", "Image", "Hyperparameters", "Settings", "Instances")
"""What packages are made of, in the order in which it is told."""

FILES = {"OnlyInA": "only A read", "OnlyInB": "only B read", "Rewritten": "rewritten between"}
"""How the input files of two packages differ."""


def as_text(difference: Document) -> str:
    """A document by schema/diff.json as text: the cause first, then each value of A and of B."""
    title = "   ".join(identity(side, difference[side]) for side in ("A", "B"))
    lines = [title, "─" * len(title), verdict(difference)]
    for name in (it for it in (*CAUSES, "Metrics", "Champion") if it in difference):
        lines += ["", name.lower(), *_values(difference[name])]
        if name == "Data":
            lines += _objects(difference.get("SourceObjects", {}))
    return "\n".join([*lines, ""])


def identity(side: str, package: Document) -> str:
    """Which package is A, or B."""
    return f"{side}: version {package['Version']} of {package['DataDate']}"


def verdict(difference: Document) -> str:
    """What made the two differ, in a sentence or two."""
    named = ", ".join(cause.lower() for cause in difference["Causes"])
    if not named and difference["A"]["PackageArn"] == difference["B"]["PackageArn"]:
        return "A and B are the same package."
    if not named:
        return "Made of the same data, code, image, hyperparameters, settings and instances."
    if len(difference["Causes"]) == 1:
        return f"They differ in the {named} alone, which explains every difference of the metrics."
    return f"Several things differ: {named}. No single one of them explains the metrics."


def _values(values: dict[str, Any]) -> Iterator[str]:
    width = max(map(len, values), default=0)
    for key, sides in values.items():
        yield f"  {key:<{width}}  {shown(sides, 'A')} → {shown(sides, 'B')}"


def shown(sides: Document, side: str) -> str:
    """A value of A or of B."""
    return valued(sides.get(side, "none"))


def _objects(changed: dict[str, list[str]]) -> Iterator[str]:
    for kind, words in FILES.items():
        uris = changed.get(kind, [])
        if uris:
            more = len(uris) - _MOST_NAMED
            yield f"  {counted(len(uris), 'file')} {words}:"
            yield from (f"    {uri}" for uri in uris[:_MOST_NAMED])
            yield from ([f"    and {more} more"] if more > 0 else [])
