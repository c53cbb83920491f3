"""Pages of lists: tokens that stay valid while the list grows."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from embedded_aws.gateway.service import ServiceError

_Item = TypeVar("_Item")
_DEFAULT_SIZE = 100


def page(
    items: Sequence[_Item], parameters: Mapping[str, Any], key: Callable[[_Item], object]
) -> tuple[list[_Item], dict[str, str]]:
    """One page, and ``{"nextToken": ...}`` if there are more.

    Args:
        items: The whole list, in the order to be returned.
        parameters: The request, with ``maxResults`` and ``nextToken`` as it has them.
        key: What identifies an item: a token names the last one returned.

    Raises:
        ServiceError: ``InvalidToken``.
    """
    size = parameters.get("maxResults") or _DEFAULT_SIZE
    start = _start(items, parameters.get("nextToken"), key)
    chosen = list(items[start : start + size])
    if start + size >= len(items):
        return chosen, {}
    return chosen, {"nextToken": _encode(key(chosen[-1]))}


def _start(items: Sequence[_Item], token: str | None, key: Callable[[_Item], object]) -> int:
    if token is None:
        return 0
    last = _decode(token)
    for index, item in enumerate(items):
        if str(key(item)) == last:
            return index + 1
    raise _invalid_token()


def _encode(last: object) -> str:
    return base64.urlsafe_b64encode(str(last).encode()).decode()


def _decode(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode()
    except ValueError as foreign:
        raise _invalid_token() from foreign


def _invalid_token() -> ServiceError:
    return ServiceError("InvalidToken", "Invalid Token: 'Invalid token'")
