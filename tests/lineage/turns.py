"""Parallel calls made in turn, so that a test knows which comes when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lineage.errors import LineageError
from tests.lineage.mishaps import FunctionTimedOut

_FAILURES = (BotoCoreError, ClientError, LineageError, FunctionTimedOut)


class OneAtATime:
    """Stands in for a pool of threads.

    As with threads, the others go on when one fails, and the first failure in order is raised; a
    process that is killed takes all with it.
    """

    def __init__(self, _workers: int) -> None:
        pass

    def __enter__(self) -> OneAtATime:  # noqa: D105, PYI034
        return self

    def __exit__(self, *_: object) -> None:  # noqa: D105
        pass

    def map(self, call: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """The results in the items' order."""
        waiting = list(items)
        results: dict[int, Any] = {}
        failures: dict[int, Exception] = {}
        for index in self.order(len(waiting)):
            try:
                results[index] = call(waiting[index])
            except _FAILURES as failure:
                failures[index] = failure
        for index in sorted(failures):
            raise failures[index]
        return iter([results[index] for index in range(len(waiting))])

    def order(self, size: int) -> Iterable[int]:
        """The turns of so many calls."""
        return range(size)


class AnyOrder(OneAtATime):
    """One at a time, in an order that chance decides: what may come first will come first."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def order(self, size: int) -> Iterable[int]:
        return self._chance.sample(range(size), size)
