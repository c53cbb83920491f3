"""Which nights a backfill starts, awaits and leaves alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ops.backfill.plan import Action, PlannedNight, Selection, Standing, data_dates, plan
from ops.errors import InvalidSetting
from ops.executions import Execution

DATE = "2026-11-21"
MISSING = Selection({Standing.MISSING})
FAILED = Selection({Standing.FAILED})


def run(
    name: str, status: str, started: datetime = datetime(2026, 11, 22, tzinfo=UTC)
) -> Execution:
    return Execution(f"arn:{name}", name, status, started, DATE)


def planned(
    *runs: Execution, selection: Selection, recorded: Standing = Standing.MISSING
) -> PlannedNight:
    (night,) = plan([DATE], {DATE: runs}, {DATE: recorded}, selection)
    return night


def test_a_night_that_never_started_is_started_under_its_date() -> None:
    assert planned(selection=MISSING) == PlannedNight(
        DATE, Standing.MISSING, Action.START, "2026-11-21"
    )


def test_a_failed_night_is_started_under_the_next_name() -> None:
    night = planned(run(DATE, "TIMED_OUT"), run(f"{DATE}-2", "FAILED"), selection=FAILED)
    assert night == PlannedNight(DATE, Standing.FAILED, Action.START, "2026-11-21-3")


def test_a_failed_night_is_not_missing() -> None:
    night = planned(run(DATE, "ABORTED"), selection=MISSING)
    assert (night.standing, night.action) == (Standing.FAILED, Action.SKIP)


@pytest.mark.parametrize("selection", [MISSING, FAILED])
def test_a_night_that_runs_is_awaited_and_not_started_again(selection: Selection) -> None:
    night = planned(run(DATE, "FAILED"), run(f"{DATE}-2", "RUNNING"), selection=selection)
    assert night == PlannedNight(DATE, Standing.RUNNING, Action.AWAIT, "2026-11-21-2")


@pytest.mark.parametrize("since", [None, datetime(2026, 11, 21, tzinfo=UTC)])
def test_a_night_that_succeeded_once_is_left_alone(since: datetime | None) -> None:
    selection = Selection.of(missing=True, failed=True, outdated_before=since)
    night = planned(run(DATE, "SUCCEEDED"), run(f"{DATE}-2", "FAILED"), selection=selection)
    assert (night.standing, night.action) == (Standing.SUCCEEDED, Action.SKIP)


def test_all_nights_means_those_whose_last_success_is_outdated_too() -> None:
    selection = Selection.of(
        missing=False, failed=False, outdated_before=datetime(2026, 11, 23, tzinfo=UTC)
    )
    night = planned(run(DATE, "SUCCEEDED"), selection=selection)
    assert night == PlannedNight(DATE, Standing.OUTDATED, Action.START, "2026-11-21-2")


def test_what_step_functions_forgot_is_known_from_the_record() -> None:
    assert planned(selection=MISSING, recorded=Standing.SUCCEEDED).action == Action.SKIP
    assert planned(selection=FAILED, recorded=Standing.FAILED).action == Action.START
    outdated = Selection.of(missing=False, failed=False, outdated_before=datetime.now(UTC))
    assert planned(selection=outdated, recorded=Standing.SUCCEEDED).action == Action.START


def test_missing_nights_are_meant_unless_others_are_asked_for() -> None:
    def standings(**asked: bool) -> set[Standing]:
        return set(Selection.of(outdated_before=None, **asked).standings)

    assert standings(missing=False, failed=False) == {Standing.MISSING}
    assert standings(missing=False, failed=True) == {Standing.FAILED}
    assert standings(missing=True, failed=True) == {Standing.MISSING, Standing.FAILED}


def test_the_days_are_those_of_the_calendar_the_last_one_included() -> None:
    days = list(data_dates(date(2028, 2, 28), date(2028, 3, 1)))
    assert days == ["2028-02-28", "2028-02-29", "2028-03-01"]


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="exchange them"):
        data_dates(date(2026, 11, 21), date(2026, 11, 20))
