"""How a rollout ended that could not say so itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lineage.schema import complaints
from night.history import Reading
from night.outcome import Ended
from rollout.endpoint import Endpoint
from rollout.outcome import outcome_of
from tests.lineage import builders

NIGHT = builders.a_night()
PACKAGE_ARN = builders.a_package(NIGHT, 7)["ModelPackageArn"]
ROLLOUT = builders.a_rollout(NIGHT, PACKAGE_ARN, PreviousEndpointConfigName="before")
NEW, BEFORE = ROLLOUT["EndpointConfigName"], "before"
SWITCHED_AT = "2026-11-22T02:19:30.125Z"
ENDED_AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
CHANGED_AT = ENDED_AT - timedelta(minutes=1)
ENDED = Ended(ROLLOUT["ExecutionArn"], "rollout", "ABORTED", ENDED_AT, ENDED_AT, 0)


def reading(**variables: Any) -> Reading:
    told = {"rollout": ROLLOUT, "outcome": {}, **variables}
    return Reading(None, "AwaitEndpoint", told, "OperatorsWish", "It is\nlate.")


def endpoint(config_name: str, status: str = "InService") -> Endpoint:
    name = ROLLOUT["EndpointName"]
    return Endpoint(name, status, config_name, "", CHANGED_AT, is_serverless=True)


def outcome(found: Endpoint | None, **variables: Any) -> dict[str, Any]:
    """The outcome, which is one by the schema."""
    told = outcome_of(ENDED, reading(**variables), found)
    event = {"Stage": "DeploymentOutcome", "Rollout": ROLLOUT, "Outcome": told}
    assert complaints(event, "record_lineage_event") == []
    return told


@pytest.mark.parametrize("status", ["Updating", "RollingBack", "InService"])
def test_before_traffic_has_moved_nothing_was_switched(status: str) -> None:
    told = outcome(endpoint(BEFORE, status))
    assert told == {
        "Status": "Failed",
        "EndedAt": "2026-11-22T02:30:00.000Z",
        "Reason": "ABORTED in AwaitEndpoint: OperatorsWish It is late.",
    }


def test_an_endpoint_that_has_come_to_it_has_switched() -> None:
    told = outcome(endpoint(NEW))
    assert (told["Status"], told["SwitchedAt"]) == ("Failed", "2026-11-22T02:29:00.000Z")


def test_when_it_switched_is_as_the_machine_saw_it() -> None:
    told = outcome(endpoint(NEW), outcome={"SwitchedAt": SWITCHED_AT})
    assert told["SwitchedAt"] == SWITCHED_AT
    assert "RestoredAt" not in told


def test_an_endpoint_that_went_back_was_restored() -> None:
    told = outcome(endpoint(BEFORE), outcome={"SwitchedAt": SWITCHED_AT})
    assert (told["Status"], told["RestoredAt"]) == ("RolledBack", "2026-11-22T02:29:00.000Z")


def test_what_moved_in_part_is_told_from_when_until_when() -> None:
    shifting = {"ShiftStartedAt": SWITCHED_AT}
    changing = outcome(endpoint(BEFORE, "Updating"), outcome=shifting)
    assert ("RestoredAt" in changing, changing["ShiftStartedAt"]) == (False, SWITCHED_AT)
    back = outcome(endpoint(BEFORE), outcome=shifting)
    assert (back["Status"], back["RestoredAt"]) == ("RolledBack", "2026-11-22T02:29:00.000Z")
    there = outcome(endpoint(NEW), outcome=shifting)
    assert there["SwitchedAt"] == "2026-11-22T02:29:00.000Z"
    gone = outcome(None, outcome=shifting)
    assert gone["RestoredAt"] == gone["EndedAt"]


def test_an_endpoint_that_is_on_its_way_back_is_not_restored_yet() -> None:
    told = outcome(endpoint(NEW, "Updating"), outcome={"SwitchedAt": SWITCHED_AT})
    assert (told["Status"], "RestoredAt" in told) == ("Failed", False)


def test_an_endpoint_that_is_gone_was_removed_by_the_end_of_its_rollout() -> None:
    told = outcome(None, outcome={"SwitchedAt": SWITCHED_AT})
    assert (told["Status"], told["RestoredAt"]) == ("RolledBack", told["EndedAt"])


def test_an_outcome_that_only_failed_to_be_recorded_is_the_outcome() -> None:
    told = {"Status": "Completed", "SwitchedAt": SWITCHED_AT, "EndedAt": "2026-11-22T02:21:00Z"}
    assert outcome(endpoint(NEW), outcome=told) == told
