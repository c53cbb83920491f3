"""A difference as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document

_MOST_NAMED = 5
_PARTS = ("Data", "Code", "Image", "Hyperparameters", "Settings", "Instances", "Metrics")
_OBJECTS = {"OnlyInA": "only A read", "OnlyInB": "only B read", "Rewritten": "rewritten between"}


def as_text(difference: Document) -> str:
    """A document by schema/diff.json as text: the cause first, then each value of A and of B."""
    title = "   ".join(_identity(side, difference[side]) for side in ("A", "B"))
    lines = [title, "─" * len(title), _verdict(difference["Causes"])]
    for name in (it for it in _PARTS if it in difference):
        lines += ["", name.lower(), *_values(difference[name])]
        if name == "Data":
            lines += _objects(difference.get("SourceObjects", {}))
    return "\n".join([*lines, ""])


def _identity(side: str, package: dict[str, Any]) -> str:
    return f"{side}: version {package['Version']} of {package['DataDate']}"


def _verdict(causes: list[str]) -> str:
    named = ", ".join(cause.lower() for cause in causes)
    if not causes:
        return "Made of the same data, code, image, hyperparameters, settings and instances."
    if len(causes) == 1:
        return f"Only the {named} differ: that explains every other difference."
    return f"Several things differ: {named}. No single one of them explains the metrics."


def _values(values: dict[str, Any]) -> Iterator[str]:
    width = max(map(len, values), default=0)
    for key, sides in values.items():
        yield f"  {key:<{width}}  {_shown(sides, 'A')} → {_shown(sides, 'B')}"


def _shown(sides: dict[str, Any], side: str) -> str:
    value = sides.get(side, "none")
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _objects(changed: dict[str, list[str]]) -> Iterator[str]:
    for kind, words in _OBJECTS.items():
        uris = changed.get(kind, [])
        if uris:
            more = len(uris) - _MOST_NAMED
            yield f"  {len(uris)} files {words}:"
            yield from (f"    {uri}" for uri in uris[:_MOST_NAMED])
            yield from ([f"    and {more} more"] if more > 0 else [])
