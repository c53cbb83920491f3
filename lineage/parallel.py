"""Calls that do not depend on each other, made at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MOST_AT_ONCE = 16

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_parallel(call: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The results in the items' order; the first failure is raised when all calls have ended."""
    waiting = list(items)
    if len(waiting) < 2:  # noqa: PLR2004  # a lone call needs no thread
        return [call(item) for item in waiting]
    with ThreadPoolExecutor(min(len(waiting), MOST_AT_ONCE)) as pool:
        return list(pool.map(call, waiting))
