"""Nights of a plan are run oldest first, a few at a time, whatever becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import pytest

from embedded_aws.clock import Clock, ClockMode
from embedded_aws.settings import Settings
from ops.backfill.plan import PlannedNight, Selection, Standing, data_dates, plan
from ops.backfill.pursuit import Pursuit
from ops.executions import by_data_date
from ops.night import Night
from ops.start import start
from tests.ops.machines import NIGHT, NIGHT_MINUTES, create_machine, deliver, stack_of

DATES = tuple(data_dates(date(2026, 11, 18), date(2026, 11, 21)))
WITHOUT_DATA = DATES[1]
MISSING, FAILED = (Selection({each}) for each in (Standing.MISSING, Standing.FAILED))
_numbers = count()


@dataclass
class Nights:
    """A machine of the test's own, and backfills of its nights."""

    stepfunctions: Any
    machine_arn: str
    clock: Clock
    most_at_once: int = 0

    def plan(self, selection: Selection) -> tuple[PlannedNight, ...]:
        runs = by_data_date(self.stepfunctions, self.machine_arn)
        return plan(DATES, runs, {}, selection)

    def pursue(self, planned: tuple[PlannedNight, ...], *names: list[str]) -> Iterator[Night]:
        """Run a plan, two nights at once; note the names that it begins with."""
        pursuit = Pursuit(
            self.stepfunctions, stack_of(self.machine_arn), [], concurrency=2, wait=self._wait
        )
        return pursuit.run(planned, *(begun.append for begun in names))

    def names(self) -> dict[str, str]:
        """Every execution and its status."""
        runs = by_data_date(self.stepfunctions, self.machine_arn)
        return {run.name: run.status for each in sorted(runs) for run in runs[each]}

    def _wait(self) -> None:
        running = list(self.names().values()).count("RUNNING")
        self.most_at_once = max(self.most_at_once, running)
        self.clock.step(NIGHT_MINUTES * 60)


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A clock that stands: nights last until the tests let time pass."""
    return Settings(tmp_path_factory.mktemp("aws"), clock_mode=ClockMode.PAUSED)


@pytest.fixture
def nights(client: Callable[[str], Any], clock: Clock) -> Nights:
    """Four nights to come, of which the second has no data."""
    machine_arn = create_machine(client, f"pursued-{next(_numbers)}", NIGHT)
    for data_date in {*DATES} - {WITHOUT_DATA}:
        deliver(client, machine_arn, data_date)
    return Nights(client("stepfunctions"), machine_arn, clock)


ONE_FAILED = {each: "FAILED" if each == WITHOUT_DATA else "SUCCEEDED" for each in DATES}


def test_nights_begin_oldest_first_and_one_that_fails_stops_no_other(nights: Nights) -> None:
    begun: list[str] = []
    ended = list(nights.pursue(nights.plan(MISSING), begun))
    assert begun == list(DATES)
    assert nights.names() == ONE_FAILED
    assert {night.name: night.status for night in ended} == ONE_FAILED
    (failed,) = (night for night in ended if night.error)
    assert failed.data_date == WITHOUT_DATA


def test_no_more_nights_run_at_once_than_is_allowed(nights: Nights) -> None:
    list(nights.pursue(nights.plan(MISSING)))
    assert nights.most_at_once == 2


def test_an_interrupted_backfill_goes_on_where_it_was(nights: Nights) -> None:
    interrupted = nights.pursue(nights.plan(MISSING))
    assert next(interrupted).name == DATES[0]
    interrupted.close()
    again = nights.plan(MISSING)
    ended = list(nights.pursue(again))
    assert {night.name for night in ended} == {*DATES[2:]}
    assert nights.names() == ONE_FAILED


def test_an_interruption_leaves_running_what_was_started_and_it_is_awaited(nights: Nights) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    stack = stack_of(nights.machine_arn)
    with pytest.raises(KeyboardInterrupt):
        list(Pursuit(nights.stepfunctions, stack, [], 2, interrupt).run(nights.plan(MISSING)))
    nights.clock.step(1)
    assert nights.names()[DATES[0]] == "RUNNING"
    begun: list[str] = []
    ended = list(nights.pursue(nights.plan(MISSING), begun))
    assert begun == list(DATES[2:])
    assert {night.name for night in ended} == {*DATES} - {WITHOUT_DATA}
    assert nights.names() == ONE_FAILED


def test_a_failed_night_succeeds_under_the_next_name_once_it_has_data(
    nights: Nights, client: Callable[[str], Any]
) -> None:
    list(nights.pursue(nights.plan(MISSING)))
    deliver(client, nights.machine_arn, WITHOUT_DATA)
    (night,) = nights.pursue(nights.plan(FAILED))
    assert (night.name, night.status) == (f"{WITHOUT_DATA}-2", "SUCCEEDED")
    assert list(nights.pursue(nights.plan(FAILED))) == []


def test_a_night_that_somebody_else_starts_meanwhile_runs_once(nights: Nights) -> None:
    planned = nights.plan(MISSING)
    for data_date in DATES[:2]:
        start(nights.stepfunctions, nights.machine_arn, {"DataDate": data_date}, data_date)
    ended = list(nights.pursue(planned))
    assert {night.name: night.status for night in ended} == nights.names() == ONE_FAILED
