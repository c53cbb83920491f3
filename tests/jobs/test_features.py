from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.features import (
    AMOUNT_UNITS,
    CUSTOMER_FEATURES,
    DAY_US,
    HOUR_US,
    TERMINAL_FEATURES,
    WINDOW_DAYS,
    Floats,
    customer_features,
    terminal_features,
    transaction_features,
)

DELAY_DAYS = 7


@dataclass(frozen=True)
class Row:
    entity: int
    time_us: int
    cents: int
    fraud: int
    wanted: bool


# Quarter days, with one microsecond to either side, hit every window's edges often.
TIMES = st.builds(
    lambda quarter, offset: quarter * DAY_US // 4 + offset,
    st.integers(0, 60 * 4),
    st.sampled_from((-1, 0, 0, 1)),
)
ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from((-5, 0, 1, 70_000, 2**40)),
        TIMES,
        st.integers(-10_000, 1_000_000),
        st.integers(0, 1),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def customers(rows: list[Row]) -> Floats:
    return customer_features(
        np.array([row.entity for row in rows]),
        np.array([row.time_us for row in rows]),
        np.array([row.cents / 100 for row in rows]),
        np.array([row.wanted for row in rows]),
    )


def terminals(rows: list[Row], delay_days: int = DELAY_DAYS) -> Floats:
    return terminal_features(
        np.array([row.entity for row in rows]),
        np.array([row.time_us for row in rows]),
        np.array([row.fraud for row in rows], dtype=np.int8),
        np.array([row.wanted for row in rows]),
        delay_days,
    )


def within(rows: list[Row], row: Row, days: int) -> list[Row]:
    """The rows of row's entity over (t - days, t], found the slow way."""
    return [
        other
        for other in rows
        if other.entity == row.entity and row.time_us - days * DAY_US < other.time_us <= row.time_us
    ]


def slow_customer(rows: list[Row], row: Row) -> list[np.float32]:
    features: list[float] = []
    for days in WINDOW_DAYS:
        window = within(rows, row, days)
        mean = Fraction(sum(other.cents for other in window), 100 * len(window))
        features += [len(window), float(mean)]
    return [np.float32(feature) for feature in features]


def slow_terminal(rows: list[Row], row: Row) -> list[np.float32]:
    """As the handbook does it: what delay and window hold together, less what the delay holds."""
    features: list[float] = []
    recent = within(rows, row, DELAY_DAYS)
    for days in WINDOW_DAYS:
        all_rows = within(rows, row, DELAY_DAYS + days)
        count = len(all_rows) - len(recent)
        frauds = sum(other.fraud for other in all_rows) - sum(other.fraud for other in recent)
        features += [count, float(Fraction(frauds, count)) if count else 0.0]
    return [np.float32(feature) for feature in features]


@given(ROWS)
def test_customer_features_equal_the_slow_definition(rows: list[Row]) -> None:
    expected = [slow_customer(rows, row) for row in rows if row.wanted]
    assert customers(rows).tolist() == np.array(expected).reshape(-1, 6).tolist()


@given(ROWS)
def test_terminal_features_equal_the_slow_definition(rows: list[Row]) -> None:
    expected = [slow_terminal(rows, row) for row in rows if row.wanted]
    assert terminals(rows).tolist() == np.array(expected).reshape(-1, 6).tolist()


@settings(max_examples=30)
@given(ROWS, st.randoms(use_true_random=False))
def test_features_do_not_depend_on_the_order_of_rows(rows: list[Row], random: Random) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    everyone = [Row(r.entity, r.time_us, r.cents, r.fraud, wanted=True) for r in rows]
    shuffled = [everyone[place] for place in order]
    assert customers(shuffled).tolist() == customers(everyone)[order].tolist()
    assert terminals(shuffled).tolist() == terminals(everyone)[order].tolist()


def test_a_single_transaction_is_its_own_window_and_meets_an_unknown_terminal() -> None:
    row = Row(entity=4, time_us=9 * DAY_US, cents=1250, fraud=1, wanted=True)
    assert customers([row]).tolist() == [[1, 12.5] * 3]
    assert terminals([row]).tolist() == [[0, 0] * 3]


def test_transactions_of_the_same_moment_count_each_other() -> None:
    rows = [Row(1, 5 * DAY_US, cents, 0, wanted=True) for cents in (100, 200, 600)]
    assert customers(rows).tolist() == [[3, 3.0] * 3] * 3


def test_a_window_forgets_what_is_exactly_as_old_as_itself() -> None:
    rows = [Row(1, 0, 100, 0, wanted=False), Row(1, DAY_US, 300, 0, wanted=True)]
    assert customers(rows).tolist() == [[1, 3.0, 2, 2.0, 2, 2.0]]


def test_a_label_counts_from_the_moment_it_arrives() -> None:
    """A fraud as old as the delay is known; one that is a microsecond younger is not."""
    now = 40 * DAY_US
    arrived = Row(1, now - DELAY_DAYS * DAY_US, 0, 1, wanted=False)
    pending = Row(1, now - DELAY_DAYS * DAY_US + 1, 0, 1, wanted=False)
    row = Row(1, now, 0, 0, wanted=True)
    assert terminals([arrived, pending, row]).tolist() == [[1, 1.0] * 3]


def test_a_gap_longer_than_every_window_leaves_no_trace() -> None:
    rows = [Row(1, 0, 9999, 1, wanted=False), Row(1, 50 * DAY_US, 100, 0, wanted=True)]
    assert customers(rows).tolist() == [[1, 1.0] * 3]
    assert terminals(rows).tolist() == [[0, 0] * 3]


def test_no_wanted_rows_give_no_features() -> None:
    assert customers([Row(1, 0, 100, 0, wanted=False)]).shape == (0, len(CUSTOMER_FEATURES))
    assert terminals([Row(1, 0, 100, 0, wanted=False)]).shape == (0, len(TERMINAL_FEATURES))


def test_a_mean_is_exact_whatever_another_customer_spends() -> None:
    """Float prefix sums would lose the cents behind the neighbour's millions."""
    rows = [Row(1, 0, 10**11, 0, wanted=False), Row(2, 0, 1, 0, wanted=True)]
    assert customers(rows)[0].tolist() == [1, np.float32(0.01)] * 3


def test_prefix_sums_may_wrap_around() -> None:
    huge = np.iinfo(np.int64).max // AMOUNT_UNITS // 100
    rows = [Row(entity, 0, huge * 100, 0, wanted=True) for entity in range(300)]
    assert customers(rows)[:, 1].tolist() == [np.float32(huge)] * 300


def test_entities_beyond_one_sort_are_refused() -> None:
    far = np.iinfo(np.int64).max // 2
    rows = [Row(entity, far * (entity % 2), 0, 0, wanted=True) for entity in range(4)]
    with pytest.raises(OverflowError, match="more buckets"):
        customers(rows)


@pytest.mark.parametrize(
    ("hours", "weekend", "night"),
    [
        pytest.param(0, 0, 1, id="Thursday 00:00, the epoch"),
        pytest.param(6, 0, 1, id="06:00 is night"),
        pytest.param(7, 0, 0, id="07:00 is not"),
        pytest.param(2 * 24 - 1, 0, 0, id="Friday 23:00"),
        pytest.param(2 * 24, 1, 1, id="Saturday 00:00"),
        pytest.param(4 * 24 - 1, 1, 0, id="Sunday 23:00"),
        pytest.param(4 * 24, 0, 1, id="Monday 00:00"),
    ],
)
def test_flags_follow_the_utc_clock(hours: int, weekend: int, night: int) -> None:
    features = transaction_features(np.array([hours * HOUR_US]), np.array([7.5]))
    assert features.tolist() == [[7.5, weekend, night]]


def test_known_weekdays_agree_with_numpy() -> None:
    days = np.arange(0, 40_000, 97)
    expected = ~np.is_busday(days.astype("datetime64[D]"))
    assert transaction_features(days * DAY_US, days * 1.0)[:, 1].tolist() == expected.tolist()
