from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from embedded_aws.clock import Clock, ClockMode, Due, Signal

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE_SECONDS = 60


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock(START)
    yield clock
    clock.close()


def test_begins_at_the_instant_it_is_given(clock: Clock) -> None:
    assert START <= clock.now() < START + HOUR


def test_tells_the_time_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_jumps_over_a_sleep_when_nothing_works(clock: Clock) -> None:
    clock.sleep(10 * 365 * 24 * 3600)
    assert clock.now() >= START + timedelta(days=3650)


def test_passes_at_real_speed_while_something_works(clock: Clock) -> None:
    """The sleep would be over before the timer of a few real milliseconds fires."""
    fired = threading.Event()
    with clock.work():
        clock.spawn(lambda: clock.sleep(3600), "sleeper")
        clock.call_later(0.02, fired.set)
        fired.wait()
        assert clock.now() < START + HOUR


def test_a_worker_that_waits_does_not_hold_the_clock(clock: Clock) -> None:
    with clock.work():
        clock.sleep(3600)
    assert clock.now() >= START + HOUR


def test_what_is_waited_for_does_not_give_up_its_waiters_work(clock: Clock) -> None:
    """The wait ends as the 20 ms do, at real speed: the sleeper never gets a jump."""
    with clock.work(), clock.waited_for():
        clock.spawn(lambda: clock.sleep(3600), "sleeper")
        clock.wait(Signal(), 0.02)
        assert clock.now() < START + HOUR


def test_nested_work_is_given_up_and_taken_again_as_a_whole(clock: Clock) -> None:
    fired = threading.Event()
    with clock.work(), clock.work():
        clock.sleep(1)
        clock.spawn(lambda: clock.sleep(3600), "sleeper")
        clock.call_later(0.02, fired.set)
        fired.wait()
        assert clock.now() < START + HOUR


def test_a_guard_does_not_pull_the_clock(clock: Clock) -> None:
    fired = threading.Event()
    clock.call_later(3600, fired.set)
    clock.advance_to(START + timedelta(minutes=59))
    assert not fired.is_set()


def test_a_guard_on_the_way_of_a_jump_fires_at_its_time(clock: Clock) -> None:
    at: list[datetime] = []
    clock.call_at(START + HOUR, lambda: at.append(clock.now()))
    clock.sleep(7200)
    assert at
    assert START + HOUR <= at[0] < START + 2 * HOUR


def test_advancing_fires_timers_in_the_order_of_their_times(clock: Clock) -> None:
    fired: list[int] = []
    for hours in (3, 1, 2):
        clock.call_at(START + hours * HOUR, lambda hours=hours: fired.append(hours))
    clock.advance_to(START + 3 * HOUR)
    assert fired == [1, 2, 3]


def test_advancing_waits_for_every_timer_of_the_last_instant(clock: Clock) -> None:
    fired: list[int] = []
    for number in range(100):
        clock.call_at(START + HOUR, lambda number=number: fired.append(number))
    clock.advance_to(START + HOUR)
    assert sorted(fired) == list(range(100))


def test_advancing_waits_for_the_work_that_timers_begin(clock: Clock) -> None:
    """Also for what that work waits for in its turn."""
    done: list[datetime] = []

    def work() -> None:
        clock.sleep(600)
        clock.spawn(lambda: done.append(clock.now()), "second")

    clock.call_at(START + HOUR, work)
    clock.advance_to(START + HOUR)
    assert done
    assert done[0] >= START + HOUR + timedelta(seconds=600)


def test_advancing_to_the_past_returns_and_moves_nothing(clock: Clock) -> None:
    clock.advance_to(START - HOUR)
    assert START <= clock.now() < START + HOUR


def test_a_cancelled_timer_never_fires(clock: Clock) -> None:
    fired = threading.Event()
    timer = clock.call_later(60, fired.set)
    clock.cancel(timer)
    clock.advance_to(START + HOUR)
    assert not fired.is_set()


def test_a_cancelled_pulling_timer_pulls_no_more(clock: Clock) -> None:
    """Otherwise advancing would go on to its time, a day later."""
    with clock.work():
        clock.cancel(clock.call_later(86_400, lambda: None, pulls=True))
    clock.advance_to(START + HOUR)
    assert clock.now() < START + 2 * HOUR


def test_cancelling_a_timer_that_fired_is_without_effect(clock: Clock) -> None:
    timer = clock.call_later(60, lambda: None)
    clock.advance_to(START + HOUR)
    clock.cancel(timer)


def test_waiting_ends_with_true_when_the_signal_is_set(clock: Clock) -> None:
    signal = Signal()
    clock.spawn(lambda: clock.set(signal), "setter")
    assert clock.wait(signal, 3600)


def test_waiting_for_a_signal_that_is_set_returns_at_once(clock: Clock) -> None:
    signal = Signal()
    clock.set(signal)
    assert clock.wait(signal)


def test_waiting_ends_with_false_at_its_timeout(clock: Clock) -> None:
    assert not clock.wait(Signal(), 3600, pulls=True)
    assert clock.now() >= START + HOUR


def test_a_signal_wakes_every_waiter(clock: Clock) -> None:
    signal = Signal()
    woken: list[bool] = []
    with clock.work():
        for _ in range(5):
            clock.spawn(lambda: woken.append(clock.wait(signal)), "waiter")
    clock.spawn(lambda: clock.set(signal), "setter")
    clock.advance_to(START + HOUR)
    assert woken == [True] * 5


def test_the_clock_cannot_jump_between_waking_and_going_on(clock: Clock) -> None:
    """Whoever wakes a worker gives it its work back before giving up its own."""
    signal, seen = Signal(), []

    def woken() -> None:
        clock.wait(signal)
        seen.append(clock.now())

    def wakes() -> None:
        clock.set(signal)
        clock.sleep(3600)

    clock.spawn(woken, "woken")
    clock.spawn(wakes, "wakes")
    clock.advance_to(START + HOUR)
    assert seen[0] < START + HOUR


def test_at_real_speed_only_an_advance_jumps(clock: Clock) -> None:
    clock.set_mode(ClockMode.REAL)
    slept, fired = threading.Event(), threading.Event()
    clock.spawn(lambda: (clock.sleep(3600), slept.set()), "sleeper")  # type: ignore[func-returns-value]
    clock.call_later(0.02, fired.set)
    fired.wait()
    assert not slept.is_set()
    clock.advance_to(clock.now() + HOUR)
    assert slept.is_set()


def test_at_real_speed_an_advance_does_not_wait_for_what_is_due_later(clock: Clock) -> None:
    clock.set_mode(ClockMode.REAL)
    clock.call_later(86_400, lambda: None, pulls=True)
    clock.advance_to(START + HOUR)
    assert START + HOUR <= clock.now() < START + 2 * HOUR


def test_skipping_again_jumps_over_the_wait_that_is_on(clock: Clock) -> None:
    clock.set_mode(ClockMode.REAL)
    slept = threading.Event()
    clock.spawn(lambda: (clock.sleep(3600), slept.set()), "sleeper")  # type: ignore[func-returns-value]
    clock.set_mode(ClockMode.SKIP)
    assert slept.wait(PATIENCE_SECONDS)


def test_tells_what_is_due_the_next_first(clock: Clock) -> None:
    with clock.work():
        clock.call_at(START + 2 * HOUR, lambda: None, name="later")
        clock.call_at(START + HOUR, lambda: None, pulls=True, name="sooner")
        assert clock.timers() == (
            Due(START + HOUR, "sooner", pulls=True),
            Due(START + 2 * HOUR, "later", pulls=False),
        )


def test_a_timer_without_a_name_is_called_after_where_it_comes_from(clock: Clock) -> None:
    clock.call_at(START + HOUR, lambda: None)
    (due,) = clock.timers()
    assert due.name == "test_a_timer_without_a_name_is_called_after_where_it_comes_from"


def test_a_stall_passes_though_others_wait_for_it_at_work(clock: Clock) -> None:
    """A request that is answered late: whoever sent it holds the clock, and cannot let go."""
    with clock.work():
        thread = threading.Thread(target=clock.stall, args=(3600,))
        thread.start()
        thread.join()
    assert clock.now() >= START + HOUR


def test_work_that_begins_during_a_stall_holds_the_clock(clock: Clock) -> None:
    at: list[datetime] = []
    release = threading.Event()

    def work() -> None:
        release.wait()
        at.append(clock.now())

    with clock.work():
        clock.call_at(START + HOUR, work)
        thread = threading.Thread(target=clock.stall, args=(7200,))
        thread.start()
        release.set()
        thread.join()
    assert START + HOUR <= at[0] < START + 2 * HOUR


def test_closing_ends_the_threads_that_wait() -> None:
    clock = Clock(START)
    thread = clock.spawn(lambda: clock.wait(Signal()) and None, "waits for ever")
    clock.close()
    thread.join()
    assert not thread.is_alive()


def test_timers_of_a_closed_clock_never_fire() -> None:
    clock = Clock(START)
    fired = threading.Event()
    clock.call_later(3600, fired.set)
    clock.close()
    clock.advance_to(START + HOUR)
    assert not fired.is_set()


def test_closing_waits_for_work_to_unwind(clock: Clock) -> None:
    """A waiter that is woken by the end still gives its work back, once."""
    asleep, unwound = threading.Event(), threading.Event()

    def work() -> None:
        try:
            asleep.set()
            clock.wait(Signal())
        finally:
            unwound.set()

    clock.spawn(work, "worker")
    asleep.wait()
    clock.close()
    assert unwound.wait(PATIENCE_SECONDS)
    clock.close()
