"""Lambda's way to hand out long lists: ``Marker`` in, ``NextMarker`` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_PAGE_SIZE = 50


def page(member: str, items: Sequence[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The page of ``items`` that a request asks for, under the output's ``member``."""
    start = int(parameters.get("Marker") or 0)
    end = start + min(parameters.get("MaxItems") or _PAGE_SIZE, _PAGE_SIZE)
    rest = {"NextMarker": str(end)} if end < len(items) else {}
    return {member: list(items[start:end]), **rest}
