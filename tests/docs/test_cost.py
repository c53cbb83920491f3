"""The page on cost adds up what it says, from histories that are held to be so."""

from __future__ import annotations

import re

import pytest

from docs.cost import Counted, bill, bill_table, golden_transitions, others_table, transitions
from docs.prices import PRICES


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (["ExecutionStarted", "TaskStateEntered A", "TaskScheduled", "ExecutionSucceeded"], 2),
        (["TaskStateEntered A", "TaskScheduled", "TaskFailed", "TaskScheduled"], 3),
        (["TaskStateEntered A", "TaskScheduled", "TaskTimedOut States.Timeout", "X"], 2),
        (["ChoiceStateEntered A", "WaitStateEntered B", "PassStateEntered C"], 4),
        (["TaskStateEntered A", "TaskFailed", "ExecutionRedriven", "TaskScheduled"], 3),
    ],
    ids=["a state and the end", "a retry", "a failure", "every type of state", "a redrive"],
)
def test_a_transition_is_a_state_entered_a_retry_or_the_end(
    history: list[str], expected: int
) -> None:
    assert transitions(history) == expected


def test_retries_and_redrives_cost_more_than_a_night_that_goes_well() -> None:
    counted = golden_transitions()
    assert counted["rejected"] < counted["registered"] < counted["retried-failed-and-redriven"]


def test_the_bill_is_the_sum_of_its_lines() -> None:
    (total,) = re.findall(r"\*\*\$([0-9.]+)\*\*", bill_table())
    assert float(total) == pytest.approx(sum(it.dollars for it in bill()), abs=1e-5)


def test_what_is_counted_higher_costs_more() -> None:
    assert sum(it.dollars for it in bill(Counted(s3_reads=10_000))) > sum(
        it.dollars for it in bill()
    )


def test_every_price_has_the_page_that_publishes_it() -> None:
    assert {it.source.split("/")[2] for it in PRICES.values()} == {"aws.amazon.com"}
    assert {it.known for it in PRICES.values()} == {"the page's text", "second-hand"}


def test_the_others_are_priced_by_the_hours_that_they_run() -> None:
    assert "| MWAA, small | 730 hours: an environment does not stop | $357.70 |" in others_table()
