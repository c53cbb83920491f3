from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pytest

from demo import fraud_patterns as patterns
from demo.fraud_patterns import Pattern, is_raid_day
from demo.population import Payments, Population, Scale

POPULATION = Population.settle(1, Scale())
QUIET_DAY = date(2026, 11, 10)
RAID_DAY = date(2026, 11, 6)


def after(pattern: Pattern, day: date) -> tuple[Payments, Payments]:
    """The honest payments of a day, and what the pattern makes of them."""
    honest = POPULATION.honest_payments(day)
    return honest, pattern(honest, POPULATION, day)


def days_back(newest: date, first: int, last: int) -> Iterable[date]:
    return (newest - timedelta(days=age) for age in range(first, last + 1))


@pytest.mark.parametrize("pattern", patterns.PATTERNS)
def test_a_pattern_leaves_the_payments_that_it_does_not_defraud_alone(pattern: Pattern) -> None:
    honest, defrauded = after(pattern, RAID_DAY)
    kept = np.flatnonzero(~defrauded.fraud)
    assert defrauded.fraud.any()
    assert np.array_equal(defrauded.amount[kept], honest.amount[kept])
    assert np.array_equal(defrauded.terminal_id[kept], honest.terminal_id[kept])


@pytest.mark.parametrize("pattern", patterns.PATTERNS)
def test_a_pattern_leaves_earlier_frauds_fraudulent(pattern: Pattern) -> None:
    honest = POPULATION.honest_payments(RAID_DAY)
    earlier = patterns.cash_outs(honest, POPULATION, RAID_DAY)
    later = pattern(earlier, POPULATION, RAID_DAY)
    assert later.fraud[: len(honest)][earlier.fraud].all()


def test_cash_outs_are_larger_than_what_most_people_ever_spend() -> None:
    honest, defrauded = after(patterns.cash_outs, QUIET_DAY)
    assert defrauded.amount[defrauded.fraud].min() >= 250
    assert (honest.amount >= 250).mean() < 0.003


def test_skimming_changes_no_amount_and_stays_with_its_terminals_for_weeks() -> None:
    honest, today = after(patterns.skimmed_terminals, QUIET_DAY)
    struck = patterns.SKIMMERS.age_days(1, QUIET_DAY, POPULATION.scale.terminals) >= 0
    assert np.array_equal(today.amount, honest.amount)
    assert struck[today.terminal_id[today.fraud]].all()
    _, weeks_later = after(patterns.skimmed_terminals, QUIET_DAY + timedelta(days=28))
    both = np.intersect1d(
        today.terminal_id[today.fraud], weeks_later.terminal_id[weeks_later.fraud]
    )
    assert len(both) > 0


def test_a_skimmer_grows_bolder_with_time() -> None:
    """Its frauds have begun to show in the terminal's risk before most of them happen."""
    young, old = [], []
    for day in days_back(QUIET_DAY, 0, 13):
        _, payments = after(patterns.skimmed_terminals, day)
        age = patterns.SKIMMERS.age_days(1, day, POPULATION.scale.terminals)[payments.terminal_id]
        young.append(payments.fraud[(age >= 0) & (age < 7)])
        old.append(payments.fraud[age >= 28])
    assert np.concatenate(young).mean() < 0.15
    assert np.concatenate(old).mean() == pytest.approx(0.5, abs=0.1)


def test_stolen_cards_spend_a_multiple_that_drifts_with_the_season() -> None:
    honest, defrauded = after(patterns.stolen_cards, QUIET_DAY)
    multiple = defrauded.amount[defrauded.fraud] / honest.amount[defrauded.fraud]
    assert multiple == pytest.approx(patterns.stolen_multiplier(QUIET_DAY))
    year = [patterns.stolen_multiplier(day) for day in days_back(QUIET_DAY, 0, 364)]
    assert min(year) == pytest.approx(4, abs=0.01)
    assert max(year) == pytest.approx(6, abs=0.01)


def test_about_a_third_of_a_stolen_card_s_payments_are_fraud() -> None:
    hits, payments_of_victims = 0, 0
    for day in days_back(QUIET_DAY, 0, 6):
        _, defrauded = after(patterns.stolen_cards, day)
        victims = patterns.CARD_THEFTS.age_days(1, day, POPULATION.scale.customers) >= 0
        hits += int(defrauded.fraud.sum())
        payments_of_victims += int(victims[defrauded.customer_id].sum())
    assert hits / payments_of_victims == pytest.approx(1 / 3, abs=0.05)


def test_a_raid_adds_ordinary_amounts_at_night() -> None:
    honest, raided = after(patterns.raids, RAID_DAY)
    bought = slice(len(honest), None)
    assert len(raided) - len(honest) == round(0.0025 * 9_000)
    assert raided.fraud[bought].all()
    assert (raided.second_of_day[bought] < 6 * 3_600).all()
    assert raided.amount[bought] == pytest.approx(30, abs=8)
    assert np.quantile(honest.amount, 0.3) < 30 < np.quantile(honest.amount, 0.7)


def test_the_gang_lies_low_between_raids() -> None:
    honest, quiet = after(patterns.raids, QUIET_DAY)
    assert not is_raid_day(QUIET_DAY)
    assert quiet is honest


def test_the_gang_strikes_on_three_days_in_ten_before_and_after_the_anchor() -> None:
    for start in (patterns.RAID_ANCHOR - timedelta(days=3_650), patterns.RAID_ANCHOR):
        struck = [is_raid_day(start + timedelta(days=n)) for n in range(20)]
        assert struck == ([True] * 3 + [False] * 7) * 2


def test_two_nights_in_ten_train_on_quiet_days_alone_while_their_holdout_has_the_whole_raid() -> (
    None
):
    """The calendar behind the rejected nights: train days D-20 to D-15, holdout D-6 to D."""
    for number in range(100):
        night = patterns.RAID_ANCHOR + timedelta(days=number)
        trained = any(is_raid_day(day) for day in days_back(night, 15, 20))
        raid_days_held_out = sum(is_raid_day(day) for day in days_back(night, 0, 6))
        assert trained == (number % 10 not in {3, 4})
        assert trained or raid_days_held_out == 3
