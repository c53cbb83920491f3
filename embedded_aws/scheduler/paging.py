"""The Scheduler's way to hand out long lists: ``NextToken``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from embedded_aws.scheduler.errors import invalid

_PAGE_SIZE = 100


def page(member: str, items: Sequence[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The page of ``items`` that a request asks for, under the output's ``member``.

    Raises:
        ServiceError: the token is none of ours.
    """
    token = parameters.get("NextToken") or "0"
    if not token.isdecimal():
        raise invalid("Invalid NextToken provided.")
    start = int(token)
    end = start + (parameters.get("MaxResults") or _PAGE_SIZE)
    rest = {"NextToken": str(end)} if end < len(items) else {}
    return {member: list(items[start:end]), **rest}
