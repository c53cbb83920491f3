"""The Scheduler's way to hand out long lists: ``NextToken``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from embedded_aws.gateway.paging import page_at
from embedded_aws.scheduler.errors import invalid

_PAGE_SIZE = 100


def page(member: str, items: Sequence[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The page of ``items`` that a request asks for, under the output's ``member``.

    Raises:
        ServiceError: the token is none of ours.
    """
    size = parameters.get("MaxResults") or _PAGE_SIZE
    try:
        shown, rest = page_at(items, parameters.get("NextToken"), size)
    except ValueError as foreign:
        raise invalid("Invalid NextToken provided.") from foreign
    return {member: shown, **({"NextToken": rest} if rest else {})}
