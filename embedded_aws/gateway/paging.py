"""Pages of lists whose tokens are positions, as those of services that number their items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def page_at(items: Sequence[Any], token: str | None, size: int) -> tuple[list[Any], str | None]:
    """The page that a token stands for, and the token of the next page if there is one.

    Raises:
        ValueError: the token is none of ours.
    """
    start = int(token or "0")
    if start < 0:
        raise ValueError(f"{token} is not a position")
    end = start + size
    return list(items[start:end]), str(end) if end < len(items) else None
