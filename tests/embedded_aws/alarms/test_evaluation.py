"""CloudWatch user guide: "Evaluating an alarm", "How CloudWatch alarms treat missing data"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from embedded_aws.alarms.evaluation import Condition

NOW = datetime(2026, 11, 1, 2, 0, 30, tzinfo=UTC)


def condition(periods: int = 3, of: int = 3, **changes: str) -> Condition:
    return Condition(
        statistic=changes.get("statistic", "Sum"),
        comparison=changes.get("comparison", "GreaterThanThreshold"),
        threshold=0,
        period_seconds=60,
        evaluation_periods=periods,
        datapoints_to_alarm=of,
        treat_missing=changes.get("treat", "missing"),
    )


def state(shown: str, treat: str = "missing", of: int = 3) -> str:
    """X is breaching, 0 is not, - is missing; the last is the newest, three are evaluated."""
    values = [{"X": 1.0, "0": 0.0, "-": None}[each] for each in shown]
    return condition(3, of, treat=treat).state(values, former="former")


@pytest.mark.parametrize(
    ("of", "shown", "missing", "ignore", "breaching", "not_breaching"),
    [
        (3, "0-X-X", "OK", "OK", "OK", "OK"),
        (3, "0----", "OK", "OK", "OK", "OK"),
        (3, "-----", "INSUFFICIENT_DATA", "former", "ALARM", "OK"),
        (3, "0XX-X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (3, "--X--", "ALARM", "former", "ALARM", "OK"),
        (3, "X----", "ALARM", "former", "ALARM", "OK"),
        (3, "----X", "INSUFFICIENT_DATA", "former", "ALARM", "OK"),
        (2, "0-X-X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (2, "00X0X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (2, "0-X--", "OK", "OK", "ALARM", "OK"),
        (2, "----0", "OK", "OK", "ALARM", "OK"),
        (2, "----X", "INSUFFICIENT_DATA", "former", "ALARM", "OK"),
    ],
)
def test_missing_data_are_treated_as_in_the_tables_of_the_guide(
    of: int, shown: str, missing: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    treats = ("missing", "ignore", "breaching", "notBreaching")
    treated = [state(shown, treat, of) for treat in treats]

    assert treated == [missing, ignore, breaching, not_breaching]


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("Sum", 6.0),
        ("Average", 2.0),
        ("Minimum", 1.0),
        ("Maximum", 3.0),
        ("SampleCount", 3),
        ("p50", 2.0),
    ],
)
def test_a_period_has_one_statistic(statistic: str, value: float) -> None:
    points = [(NOW - timedelta(seconds=number), float(number + 1)) for number in range(3)]

    assert condition(1, statistic=statistic).datapoints(points, NOW)[-1] == value


def test_periods_are_aligned_and_old_data_left_out() -> None:
    ages_seconds = (0, 31, 95, 200)
    points = [(NOW - timedelta(seconds=age), 1.0) for age in ages_seconds]

    assert condition(3).datapoints(points, NOW) == [None, 1.0, 1.0, 1.0, 1.0]
    assert condition(1).datapoints(points[3:], NOW) == [None, None, None]


def test_what_is_filled_has_data_in_every_period_but_the_current_one() -> None:
    points = [(NOW - timedelta(seconds=95), 1.0)]
    filled = replace(condition(3), fill=0.0)
    assert filled.datapoints(points, NOW) == [0.0, 0.0, 1.0, 0.0, None]


def test_what_cannot_be_evaluated_says_so() -> None:
    assert condition().is_supported
    assert not condition(statistic="IQM").is_supported
    assert not condition(comparison="LessThanLowerThreshold").is_supported
