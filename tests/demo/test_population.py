from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from demo.population import SECONDS_PER_DAY, Payments, Population, Scale
from demo.randomness import random_stream

SCALE = Scale(transactions_per_day=5_000)
MONDAY = date(2026, 11, 16)


@pytest.fixture(scope="module")
def population() -> Population:
    return Population.settle(1, SCALE)


@pytest.fixture(scope="module")
def week(population: Population) -> list[Payments]:
    return [population.honest_payments(MONDAY + timedelta(days=n)) for n in range(7)]


def test_honest_payments_hold_no_fraud(week: list[Payments]) -> None:
    assert not any(payments.fraud.any() for payments in week)


def test_a_week_has_the_volume_of_its_scale_and_saturday_is_the_busiest(
    week: list[Payments],
) -> None:
    volumes = [len(payments) for payments in week]
    assert np.mean(volumes) == pytest.approx(5_000, rel=0.03)
    assert max(volumes) == volumes[5]


def test_payments_fall_within_their_day_and_rarely_at_night(week: list[Payments]) -> None:
    second = np.concatenate([payments.second_of_day for payments in week])
    assert second.min() >= 0
    assert second.max() < SECONDS_PER_DAY
    assert (second < 7 * 3_600).mean() < 0.07


def test_customers_pay_near_home(population: Population) -> None:
    """All terminals are within reach of somebody, but each customer sees only a few of them."""
    customer_id = np.repeat(np.arange(SCALE.customers, dtype=np.int32), 50)
    terminal_id = population.terminals_near(customer_id, random_stream(1, "test"))
    seen = [len(np.unique(own)) for own in terminal_id.reshape(-1, 50)]
    assert np.mean(seen) < 0.03 * SCALE.terminals
    assert len(np.unique(terminal_id)) == SCALE.terminals


def test_customers_spend_about_their_own_mean(population: Population, week: list[Payments]) -> None:
    customer_id = np.concatenate([payments.customer_id for payments in week])
    amount = np.concatenate([payments.amount for payments in week])
    relative = amount / population.mean_amount[customer_id]
    assert relative.mean() == pytest.approx(1, abs=0.02)
    assert relative.std() == pytest.approx(0.5, abs=0.02)


def test_customers_and_terminals_grow_with_the_traffic() -> None:
    small, large = Scale(1_000), Scale(100_000)
    assert large.customers == 100 * small.customers
    assert large.terminals == pytest.approx(100 * small.terminals, rel=0.05)


def test_a_scale_without_a_terminal_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 5"):
        Scale(transactions_per_day=4)


def test_the_smallest_scale_still_makes_payments() -> None:
    population = Population.settle(1, Scale(5))
    week = [population.honest_payments(MONDAY + timedelta(days=n)) for n in range(7)]
    assert sum(map(len, week)) > 0
