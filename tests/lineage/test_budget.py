"""What nights take of the account's quotas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from lineage.budget import LIMITS, budget, usage
from lineage.rendering.budget import as_text
from lineage.retention import due
from lineage.schema import require_valid
from lineage.shelf import Folder, RecordedNight
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until
from tests.lineage.test_impact import recorded


def test_an_account_without_nights_is_unused() -> None:
    found = budget([])
    require_valid(found, "budget")
    assert found["PercentUsed"] == 0
    assert "NightsLeft" not in found


def test_a_night_stays_within_its_budget() -> None:
    first = usage([graph_until(Stage.REGISTRATION, builders.a_night())])
    assert first == {"Actions": 4, "Artifacts": 7, "Associations": 14, "Contexts": 1}
    second = builders.a_night("2b2b2b2b", data_date="2026-11-22", dataset="next")
    both = usage([graph_until(Stage.REGISTRATION, it) for it in (builders.a_night(), second)])
    assert both["Contexts"] == 1
    assert both["Actions"] - first["Actions"] <= 6
    assert both["Artifacts"] - first["Artifacts"] <= 7
    assert both["Associations"] - first["Associations"] <= 16


def test_a_rollout_costs_an_action_and_two_associations() -> None:
    night = builders.a_night()
    before = usage([graph_until(Stage.REGISTRATION, night)])
    after = usage([graph_until(Stage.DEPLOYMENT_OUTCOME, night)])
    cost = {kind: after[kind] - before[kind] for kind in LIMITS}
    # The endpoint's context is SageMaker's own; it is counted all the same, once.
    assert cost == {"Actions": 1, "Artifacts": 0, "Associations": 2, "Contexts": 1}


def test_equal_input_counts_once() -> None:
    one, other = (builders.a_night(run, dataset="same") for run in ("1a1a1a1a", "2b2b2b2b"))
    apart = [usage([graph_until(Stage.FEATURISE, it)])["Artifacts"] for it in (one, other)]
    together = usage([graph_until(Stage.FEATURISE, it) for it in (one, other)])
    assert together["Artifacts"] == sum(apart) - 1


def test_the_room_left_is_told_at_the_pace_of_late() -> None:
    nights = [
        recorded(builders.a_night(f"{number:08x}", dataset=str(number)), Stage.DEPLOYMENT_OUTCOME)
        for number in range(40)
    ]
    found = budget(nights)
    require_valid(found, "budget")
    used, a_night = (found["Quotas"]["Associations"][key] for key in ("Used", "PerNight"))
    assert (used, a_night) == (40 * 16, 16)
    assert found["NightsLeft"] == (6_000 - used) // 16
    assert "640 of  6,000   16.00 a night" in as_text(found)


@pytest.mark.parametrize("years", [10])
def test_two_stacks_with_retention_never_pass_60_percent(years: int) -> None:
    """A prod stack of 180 nights and a dev stack of 30, every night registered and deployed."""
    stacks = {"prod": 180, "dev": 30}
    most = 0.0
    for day in range(0, years * 365, 610):
        held = [night for stack, keep in stacks.items() for night in _held(stack, keep, day)]
        used = usage(night.graph for night in held)
        most = max(most, *(used[kind] / LIMITS[kind] for kind in LIMITS))
    assert 0.5 < most <= 0.6


def _held(stack: str, keep: int, day: int) -> Iterator[RecordedNight]:
    """The nights that a stack's retention leaves when it has run for some days."""
    first = max(0, day - 2 * keep)
    folders = [
        Folder(
            str(date(2026, 1, 1) + timedelta(days=number)),
            f"{number:08x}",
            "",
            frozenset(["featurise"]),
        )
        for number in range(first, day)
    ]
    gone = due(folders, keep)
    for folder in folders:
        if folder not in gone:
            yield _night(stack, folder.run_id)


_FIRST = date(2026, 1, 1)
_NIGHTS: dict[tuple[str, str], RecordedNight] = {}


def _night(stack: str, run: str) -> RecordedNight:
    if (stack, run) not in _NIGHTS:
        night = builders.a_night(run, dataset=f"{stack}{run}", workflow=stack, bucket=stack)
        _NIGHTS[stack, run] = recorded(night, Stage.DEPLOYMENT_OUTCOME)
    return _NIGHTS[stack, run]
