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
    """What made the two differ, and how far that explains their metrics, in a few sentences."""
    is_same = difference["A"]["PackageArn"] == difference["B"]["PackageArn"]
    if is_same and not difference["Causes"]:
        return "A and B are the same package."
    return " ".join([_made_of(difference), *_doubts(difference)])


def _made_of(difference: Document) -> str:
    named = ", ".join(cause.lower() for cause in difference["Causes"])
    if not named:
        return "Made of the same data, code, image, hyperparameters, settings and instances."
    if len(difference["Causes"]) > 1:
        return f"Several things differ: {named}. No single one of them explains the metrics."
    if "Metrics" not in difference:
        return f"They differ in the {named} alone, and the metrics do not."
    return f"They differ in the {named} alone: nothing else on record can explain the metrics."


def _doubts(difference: Document) -> Iterator[str]:
    """What else the metrics may differ by than by what the models were made of."""
    metrics = difference.get("Metrics", {})
    if metrics and any(key.startswith("holdout.") for key in difference.get("Data", {})):
        yield "Each was judged on a holdout of its own, so the metrics do not compare one to one."
    ends = [metrics.get(key, {}) for key in ("AucLower", "AucUpper")]
    if all({"A", "B"} <= each.keys() for each in ends):
        lower, upper = ends
        if max(lower.values()) <= min(upper.values()):
            yield "The 95 % intervals of their AUCs overlap: chance may explain that difference."


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
