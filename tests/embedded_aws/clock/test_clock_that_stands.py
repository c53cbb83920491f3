"""A paused clock: nothing advances but by steps, and then by exactly as much as was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from embedded_aws.clock import Clock, ClockClosed, ClockMode, ClockRuns, Signal

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE_SECONDS = 60


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock(START, ClockMode.PAUSED)
    yield clock
    clock.close()


def test_stands_at_the_very_instant_it_is_given(clock: Clock) -> None:
    assert [clock.now() for _ in range(3)] == [START] * 3
    assert clock.mode is ClockMode.PAUSED


def test_a_sleep_does_not_pull_a_clock_that_stands(clock: Clock) -> None:
    slept = threading.Event()
    clock.spawn(lambda: (clock.sleep(60), slept.set()), "sleeper")  # type: ignore[func-returns-value]
    clock.step(59)
    assert not slept.is_set()
    clock.step(1)
    assert slept.is_set()
    assert clock.now() == START + timedelta(seconds=60)


def test_pausing_during_work_stops_time_and_not_the_work() -> None:
    clock = Clock(START)
    with clock.work():
        clock.pause()
        first = clock.now()
        worked = threading.Event()
        clock.spawn(worked.set, "worker")
        assert worked.wait(PATIENCE_SECONDS)
        assert clock.now() == first
    clock.close()


def test_resuming_goes_on_from_where_it_stood(clock: Clock) -> None:
    with clock.work():
        clock.resume()
        assert START <= clock.now() < START + HOUR
        assert clock.mode is ClockMode.SKIP


def test_resuming_keeps_the_speed_from_before() -> None:
    clock = Clock(START, ClockMode.REAL)
    clock.pause()
    clock.resume()
    assert clock.mode is ClockMode.REAL
    clock.close()


def test_resuming_lets_waits_be_skipped_again(clock: Clock) -> None:
    slept = threading.Event()
    clock.spawn(lambda: (clock.sleep(3600), slept.set()), "sleeper")  # type: ignore[func-returns-value]
    clock.resume()
    assert slept.wait(PATIENCE_SECONDS)
    assert clock.now() >= START + HOUR


def test_pausing_and_resuming_twice_is_as_good_as_once(clock: Clock) -> None:
    clock.pause()
    assert clock.now() == START
    clock.resume()
    clock.resume()
    assert START <= clock.now() < START + HOUR


def test_advancing_ends_at_the_very_instant_and_stands_again(clock: Clock) -> None:
    fired: list[datetime] = []
    clock.call_at(START + HOUR, lambda: fired.append(clock.now()))
    clock.call_at(START + 3 * HOUR, lambda: fired.append(clock.now()), pulls=True)
    clock.advance_to(START + 2 * HOUR)
    assert fired == [START + HOUR]
    assert clock.now() == START + 2 * HOUR


def test_an_advance_that_is_paused_on_its_way_goes_on_when_resumed() -> None:
    clock = Clock(START)
    paused = threading.Event()

    def pause() -> None:
        clock.pause()
        paused.set()

    clock.call_at(START + HOUR, pause)
    driver = threading.Thread(target=clock.advance_to, args=(START + 2 * HOUR,))
    driver.start()
    assert paused.wait(PATIENCE_SECONDS)
    assert START + HOUR <= clock.now() < START + 2 * HOUR
    clock.resume()
    driver.join()
    assert clock.now() >= START + 2 * HOUR
    clock.close()


def test_a_step_tells_every_timer_that_fired_in_order(clock: Clock) -> None:
    for hours, name in ((2, "second"), (1, "first"), (9, "beyond")):
        clock.call_at(START + hours * HOUR, lambda: None, name=name)
    assert [due.name for due in clock.step(2 * 3600)] == ["first", "second"]


def test_a_step_to_the_next_timer_fires_all_of_its_instant(clock: Clock) -> None:
    fired: list[int] = []
    for number in range(50):
        clock.call_at(START + HOUR, lambda number=number: fired.append(number), name=str(number))
    clock.call_at(START + 2 * HOUR, lambda: fired.append(-1))
    told = clock.step()
    assert [due.name for due in told] == [str(number) for number in range(50)]
    assert {due.at for due in told} == {START + HOUR}
    assert sorted(fired) == list(range(50))
    assert clock.now() == START + HOUR


def test_a_step_waits_for_the_work_that_its_timers_begin(clock: Clock) -> None:
    """Which takes no time, and whose own timers of the same instant belong to the step."""
    done: list[datetime] = []

    def work() -> None:
        clock.call_later(0, lambda: done.append(clock.now()))

    clock.call_at(START + HOUR, work)
    clock.step()
    assert done == [START + HOUR]


def test_a_step_to_the_next_timer_waits_for_the_work_that_may_set_one(clock: Clock) -> None:
    release = threading.Event()

    def work() -> None:
        release.wait()
        clock.call_at(START + HOUR, lambda: None, name="sooner")

    clock.call_at(START + 2 * HOUR, lambda: None, name="later")
    clock.spawn(work, "worker")
    told: list[str] = []
    stepper = threading.Thread(target=lambda: told.extend(due.name for due in clock.step()))
    stepper.start()
    release.set()
    stepper.join()
    assert told == ["sooner"]


@pytest.fixture
def answered(clock: Clock) -> threading.Event:
    """Set as soon as somebody at work gets an answer that another thread delays by 5 seconds."""
    answered = threading.Event()

    def ask() -> None:
        late = threading.Thread(target=clock.stall, args=(5,), name="late")
        late.start()
        late.join()
        answered.set()

    clock.spawn(ask, "asker")
    return answered


@pytest.mark.parametrize("seconds", [None, 10])
def test_a_step_ends_a_stall_and_waits_for_those_who_waited_for_it(
    clock: Clock, answered: threading.Event, seconds: float | None
) -> None:
    assert [due.name for due in clock.step(seconds)] == ["late"]
    assert answered.is_set()
    assert clock.now() == START + timedelta(seconds=seconds or 5)


def test_a_step_that_ends_before_a_stall_leaves_it_on(
    clock: Clock, answered: threading.Event
) -> None:
    assert clock.step(3) == ()
    assert not answered.is_set()
    assert clock.now() == START + timedelta(seconds=3)
    clock.step(2)
    assert answered.is_set()


def test_a_step_waits_for_work_that_began_beside_a_stall(
    clock: Clock, answered: threading.Event
) -> None:
    worked: list[datetime] = []
    clock.call_at(START + timedelta(seconds=4), lambda: worked.append(clock.now()))
    clock.step(4)
    assert worked == [START + timedelta(seconds=4)]
    clock.step(1)
    assert answered.is_set()


def test_without_a_timer_there_is_no_step_to_the_next(clock: Clock) -> None:
    assert clock.step() == ()
    assert clock.now() == START


def test_a_clock_that_runs_takes_no_steps(clock: Clock) -> None:
    clock.resume()
    with pytest.raises(ClockRuns, match="pause it first"):
        clock.step(60)


def test_closing_a_clock_that_stands_ends_the_threads_that_wait(clock: Clock) -> None:
    ended: list[str] = []

    def wait() -> None:
        try:
            clock.wait(Signal(), 60)
        except ClockClosed:
            ended.append("closed")
            raise

    thread = clock.spawn(wait, "waiter")
    clock.close()
    thread.join()
    assert ended == ["closed"]


def test_closing_ends_a_step_and_an_advance_that_are_on(clock: Clock) -> None:
    release = threading.Event()
    clock.spawn(release.wait, "busy")  # type: ignore[arg-type]
    drivers = [
        threading.Thread(target=clock.step, args=(60,)),
        threading.Thread(target=clock.advance_to, args=(START + HOUR,)),
    ]
    for driver in drivers:
        driver.start()
    closer = threading.Thread(target=clock.close)
    closer.start()
    for driver in drivers:
        driver.join()
    release.set()
    closer.join()
    assert clock.now() == START
