"""Backoff and jitter (Amazon States Language, "Retrying after an error")."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.stepfunctions.definition import Retrier
from embedded_aws.stepfunctions.retries import Retries, backoff_seconds


def chance(seed: int = 0) -> Random:
    return Random(seed)  # noqa: S311  # repeatable


@pytest.mark.parametrize(
    ("retrier", "delays"),
    [
        (Retrier(("X",)), [1, 2, 4]),
        (Retrier(("X",), interval_seconds=3, backoff_rate=1.5), [3, 4.5, 6.75]),
        (Retrier(("X",), interval_seconds=2, max_delay_seconds=5), [2, 4, 5]),
    ],
)
def test_delays_grow_up_to_their_cap(retrier: Retrier, delays: list[float]) -> None:
    retries = Retries([retrier], chance())
    assert [retries.delay_seconds("X") for _ in range(4)] == [*delays, None]


def test_each_retrier_counts_on_its_own() -> None:
    retries = Retries([Retrier(("X",), max_attempts=1), Retrier(("Y",), max_attempts=1)], chance())
    asked = ["X", "Y", "X", "Y"]
    assert [retries.delay_seconds(error) for error in asked] == [1, 1, None, None]


def test_a_used_up_retrier_does_not_hand_over_to_the_next() -> None:
    retries = Retries([Retrier(("X",), max_attempts=0), Retrier(("States.ALL",))], chance())
    assert retries.delay_seconds("X") is None


@given(st.integers(1, 1000), st.integers(0, 20), st.integers())
def test_full_jitter_stays_below_the_delay_and_repeats_itself(
    interval: int, used: int, seed: int
) -> None:
    retrier = Retrier(("X",), interval_seconds=interval, max_attempts=99, full_jitter=True)

    def delay() -> float | None:
        retries = Retries([retrier], chance(seed))
        return [retries.delay_seconds("X") for _ in range(used + 1)][-1]

    once = delay()
    assert once is not None
    assert 0 <= once <= backoff_seconds(retrier, used)
    assert delay() == once


def test_a_thousand_retries_do_not_overflow() -> None:
    assert backoff_seconds(Retrier(("X",)), 5000) < float("inf")
