"""Names of a data date, however often it is run, redriven, looped and retried: legal and new."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product

from hypothesis import given, settings
from hypothesis import strategies as st

from night.document import Execution, run_id
from ops.executions import free_names, named_date
from rollout.name import RolloutName
from tests.template.test_definition import JOB_NAME, JOBS, evaluate

EXECUTION_NAME = re.compile(r"[0-9A-Za-z_-]{1,80}")
RESOURCE_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
"""Of models, endpoint configurations and jobs (API reference)."""
LONGEST_STACK = "a-stack-of-twenty-ch"
MACHINE = f"arn:aws:states:us-east-1:123456789012:execution:{LONGEST_STACK}-retrain"

dates = st.dates(date(2018, 1, 1), date(2100, 1, 1))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  # made aware
counts = st.integers(min_value=0, max_value=9)


def executions(data_date: str, started: datetime, number: int) -> list[Execution]:
    """The night's executions, and those of a stack made anew, whose names begin again."""
    names = list(islice(free_names(data_date, set()), number))
    begun = [started, started + timedelta(days=1)]
    stamps = [f"{it:%Y-%m-%dT%H:%M:%S.000Z}" for it in begun]
    return [Execution(f"{MACHINE}:{n}", at, "retrain") for n, at in product(names, stamps)]


@given(dates, st.sets(st.integers(min_value=1, max_value=12)))
def test_an_execution_of_a_date_has_a_legal_name_that_is_free_and_tells_the_date(
    data_date: date, numbers: set[int]
) -> None:
    every = list(islice(free_names(data_date.isoformat(), set()), 13))
    taken = {every[number - 1] for number in numbers}
    name = next(free_names(data_date.isoformat(), taken))
    assert name not in taken
    assert EXECUTION_NAME.fullmatch(name)
    assert named_date(name) == data_date.isoformat()


@settings(max_examples=20)
@given(dates, instants, st.sets(st.tuples(counts, counts, counts), min_size=1, max_size=3))
def test_no_two_jobs_of_a_date_share_a_name_whichever_run_redrive_try_or_retry_they_are_of(
    data_date: date, started: datetime, tries: set[tuple[int, int, int]]
) -> None:
    day = data_date.isoformat()
    run_ids = [run_id(day, each) for each in executions(day, started, 2)]
    every = [
        evaluate(state, LONGEST_STACK, run, tried)
        for state, run, tried in product(JOBS, run_ids, tries)
    ]
    assert len(set(every)) == len(every)
    assert [name for name in every if not JOB_NAME.fullmatch(name)] == []


@given(st.integers(1, 9_999), instants, st.integers(1, 10_000_000))
def test_a_package_that_changes_again_is_rolled_out_under_a_new_name(
    version: int, changed: datetime, seconds: int
) -> None:
    """The name of the rollout's execution is that of its model and its configuration."""
    at = changed.replace(tzinfo=UTC, microsecond=0)
    endpoint = f"{LONGEST_STACK}-production"
    names = {
        str(RolloutName.of(endpoint, each, when))
        for each, when in product((version, version + 1), (at, at + timedelta(seconds=seconds)))
    }
    assert len(names) == 4
    assert [name for name in names if not RESOURCE_NAME.fullmatch(name)] == []
