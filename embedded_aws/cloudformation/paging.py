"""Pages of lists, with tokens that stay right while newer items arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from embedded_aws.gateway.service import Parameters, ServiceError

PAGE_SIZE = 100


def page(name: str, items: Sequence[Any], request: Parameters) -> dict[str, Any]:
    """One page of ``items`` under ``name``, and the token of the next page if there is one.

    A token counts the items that are still to come, so that items put in front meanwhile
    (events, new stacks) move nothing.

    Raises:
        ServiceError: ``ValidationError``, the token is not one of ours.
    """
    left = _left(request.get("NextToken"), len(items))
    start = len(items) - left
    shown = list(items[start : start + PAGE_SIZE])
    rest = left - len(shown)
    return {name: shown, **({"NextToken": str(rest)} if rest else {})}


def _left(token: str | None, length: int) -> int:
    if token is None:
        return length
    if not token.isdigit() or not 0 < int(token) <= length:
        raise ServiceError("ValidationError", f"NextToken {token} is invalid; start over without")
    return int(token)
