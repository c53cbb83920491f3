from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from demo.strikes import Strikes

DAY = date(2026, 11, 21)
STRIKES = Strikes("tests", duration_days=10, exposed_per_strike=500)


def test_a_victim_ages_by_a_day_until_it_is_struck_again_or_it_is_over() -> None:
    today = STRIKES.age_days(1, DAY, 1_000)
    tomorrow = STRIKES.age_days(1, DAY + timedelta(days=1), 1_000)
    suffering = (today >= 0) & (today < 9)
    older = tomorrow == today + 1
    assert suffering.any()
    assert (older | (tomorrow == 0))[suffering].all()
    assert (tomorrow[today == 9] <= 0).all()


def test_strikes_come_at_an_even_pace() -> None:
    daily = [
        int((STRIKES.age_days(1, DAY + timedelta(days=n), 100_000) == 0).sum()) for n in range(5)
    ]
    assert all(195 <= victims <= 200 for victims in daily)


@pytest.mark.parametrize("exposed", [50, 250])
def test_a_fraction_of_a_strike_a_day_becomes_whole_strikes_over_time(exposed: int) -> None:
    days = [DAY + timedelta(days=n) for n in range(40)]
    strikes = sum(int((STRIKES.age_days(1, day, exposed) == 0).sum()) for day in days)
    assert strikes == 40 * exposed // 500


def test_purposes_do_not_share_their_victims() -> None:
    others = Strikes("others", duration_days=10, exposed_per_strike=500)
    assert not np.array_equal(STRIKES.age_days(1, DAY, 1_000), others.age_days(1, DAY, 1_000))
