"""Nights that Hypothesis thinks up: whatever befalls them, what must hold holds after each."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.soak.invariants import violations
from tests.soak.mishaps import CATALOGUE, ON_RUNS, OURS, Plan
from tests.soak.nights import Nights, scheduled
from tests.soak.operators import Operators
from tests.soak.weeks import Week, live

pytestmark = pytest.mark.slow

IS_SOAK = settings.get_current_profile_name() == "soak"
DATES = (date(2027, 3, 1) + timedelta(days=day) for day in count())
"""No night is run twice, and few after another whose partitions it reads."""

numbers = st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=3, unique=True)
chances = st.fixed_dictionaries(
    {"probability": st.sampled_from((0.1, 0.3, 0.6)), "seed": st.integers(0, 999_999)}
)
calls = st.one_of(
    st.fixed_dictionaries({"first": st.integers(min_value=1, max_value=7)}),
    st.fixed_dictionaries({"numbers": numbers}),
    st.fixed_dictionaries({"every": st.integers(min_value=2, max_value=5)}),
    st.fixed_dictionaries({"chance": chances}),
)


@st.composite
def faults(draw: st.DrawFn) -> dict[str, Any]:
    """A fault of the soak's catalogue."""
    service, operations, effects = draw(st.sampled_from(CATALOGUE))
    effect = draw(st.sampled_from(effects))
    caller = {} if effect in ON_RUNS else {"caller": OURS}
    told = {"service": service, "operation": draw(st.sampled_from(operations)), "effect": effect}
    return {**told, "calls": draw(calls), **caller}


def plan(drawn: list[dict[str, Any]], **members: Any) -> Plan:
    named = ({"name": f"fault {number}", **fault} for number, fault in enumerate(drawn))
    return Plan(faults=tuple(named), **members)


plans = st.builds(
    plan,
    st.lists(faults(), max_size=5),
    passes=st.booleans(),
    deliveries=st.integers(min_value=1, max_value=2),
    stopped_after_seconds=st.none() | st.floats(min_value=0, max_value=40),
    redrives=st.integers(min_value=0, max_value=2),
    faults_last=st.booleans(),
    is_rerun=st.booleans(),
    verdict=st.sampled_from(("", "Approved", "Rejected")),
    is_missed=st.just(False),
)


@settings(
    max_examples=200 if IS_SOAK else 3,
    derandomize=not IS_SOAK,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plans)
def test_whatever_befalls_a_night_nothing_is_lost_doubled_or_left_behind(
    replayed: Nights, planned: Plan
) -> None:
    """The small budget draws the same nights each time; the profile soak draws others."""
    data_date = next(DATES)
    replayed.deliver(data_date)
    replayed.wait_until(scheduled(data_date))
    arns = live(replayed, Operators(replayed), data_date, planned, Week())
    # Events that nobody could take are offered again for hours.
    replayed.wait_until(scheduled(data_date) + timedelta(hours=20))
    assert violations(replayed, arns, [data_date]) == []
