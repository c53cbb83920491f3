from __future__ import annotations

from threading import Barrier

import pytest

from lineage.parallel import map_parallel


def test_results_come_in_the_order_of_the_items() -> None:
    assert map_parallel(lambda number: number * 2, range(40)) == list(range(0, 80, 2))


def test_nothing_gives_nothing() -> None:
    assert map_parallel(str, []) == []


def test_calls_are_made_at_the_same_time() -> None:
    """The barrier opens only when four calls wait at it together."""
    barrier = Barrier(4, timeout=60)
    assert sorted(map_parallel(lambda _: barrier.wait(), range(4))) == [0, 1, 2, 3]


def test_a_failure_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        map_parallel(lambda number: 1 // number, [1, 0, 1])
