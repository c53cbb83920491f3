"""Lambda's way to hand out long lists: ``Marker`` in, ``NextMarker`` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from embedded_aws.awslambda.errors import invalid_parameter
from embedded_aws.gateway.paging import page_at

_PAGE_SIZE = 50


def page(member: str, items: Sequence[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The page of ``items`` that a request asks for, under the output's ``member``.

    Raises:
        ServiceError: the marker is none of ours.
    """
    size = min(parameters.get("MaxItems") or _PAGE_SIZE, _PAGE_SIZE)
    try:
        shown, rest = page_at(items, parameters.get("Marker"), size)
    except ValueError as foreign:
        raise invalid_parameter("Invalid Marker provided.") from foreign
    return {member: shown, **({"NextMarker": rest} if rest else {})}
