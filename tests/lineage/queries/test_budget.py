"""What nights take of the account's quotas."""

from __future__ import annotations

from lineage.queries.budget import LIMITS, budget, usage
from lineage.rendering.budget import as_text
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until
from tests.lineage.queries.test_impact import recorded


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


def test_contexts_are_there_once_and_bound_no_nights() -> None:
    nights = [
        recorded(builders.a_night(f"{number:08x}", dataset=str(number)), Stage.DEPLOYMENT_OUTCOME)
        for number in range(2)
    ]
    found = budget(nights)
    used, a_night = (found["Quotas"]["Associations"][key] for key in ("Used", "PerNight"))
    assert found["Quotas"]["Contexts"]["Used"] == 2
    assert found["NightsLeft"] == (6_000 - used) // a_night
