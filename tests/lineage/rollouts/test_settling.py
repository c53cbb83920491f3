"""What endpoints come to when their rollouts could not tell of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lineage import names, recorder
from lineage.rendering.asof import as_text
from lineage.rollouts.settling import Seen, settle
from lineage.rollouts.switches import iso_milliseconds
from lineage.vocabulary import Cause
from tests.lineage.production import ENDPOINT, FIRST, Production

HOUR, NOW = timedelta(hours=1), timedelta()


@pytest.fixture
def production() -> Production:
    """Version 1 serves."""
    production = Production()
    production.roll_out(1, switched=NOW)
    return production


def give_up(production: Production) -> dict[str, Any]:
    """A rollout of version 2 that ends before its endpoint does."""
    rollout = production.rollout(2, **production.config_of(1))
    bucket = production.nights[1].bucket
    outcome = {"Status": "Failed", "EndedAt": "2026-10-01T12:30:00Z", "Reason": "ABORTED"}
    recorder.record_rollout(production.clients, bucket, rollout)
    recorder.record_rollout_outcome(production.clients, bucket, rollout, outcome)
    return rollout


def settled(production: Production, config: str | None, passed: timedelta, own: str = "") -> bool:
    seen = Seen(ENDPOINT, config, FIRST + passed)
    return settle(production.world.s3, production.nights[0].bucket, seen, own)


def test_what_an_aborted_update_ends_with_serves_from_then_on(production: Production) -> None:
    rollout = give_up(production)
    assert production.at(2 * HOUR)["Version"] == 1
    assert settled(production, rollout["EndpointConfigName"], HOUR)
    found = production.at(2 * HOUR)
    deployment = names.deployment(ENDPOINT, rollout["RolloutId"])
    assert (found["Version"], found["Cause"], found["Deployment"]) == (2, "Found", deployment)
    assert found["Since"] == iso_milliseconds(FIRST + HOUR)
    assert production.at(HOUR / 2)["Version"] == 1


def test_it_is_entered_once_whoever_finds_it(production: Production) -> None:
    config = give_up(production)["EndpointConfigName"]
    assert [settled(production, config, HOUR) for _ in range(2)] == [True, False]


def test_what_the_log_says_already_is_not_entered(production: Production) -> None:
    assert not settled(production, production.at(NOW)["EndpointConfigName"], HOUR)


def test_a_rollout_that_has_not_ended_writes_the_log_itself(production: Production) -> None:
    rollout = production.rollout(2, **production.config_of(1))
    recorder.record_rollout(production.clients, production.nights[1].bucket, rollout)
    assert not settled(production, rollout["EndpointConfigName"], HOUR)


def findings(production: Production, since: str = "") -> list[str]:
    (endpoint,) = production.query.audit(since)["Endpoints"]
    return [str(it["Finding"]) for it in endpoint["Findings"]]


def test_the_audit_tells_of_an_endpoint_that_serves_something_else(production: Production) -> None:
    assert findings(production) == []
    config = give_up(production)["EndpointConfigName"]
    production.registry.endpoints[ENDPOINT]["EndpointConfigName"] = config
    assert f"it serves {config}" in findings(production)[0]
    settled(production, config, HOUR)
    assert findings(production) == []


def test_an_audit_since_a_day_looks_at_endpoints_that_switched_before_it_alone(
    production: Production,
) -> None:
    assert findings(production, since="2026-11-22") == []
    production.registry.endpoints[ENDPOINT]["EndpointConfigName"] = "by-hand"
    assert "it serves by-hand" in findings(production, since="2026-11-22")[0]


def test_the_audit_tells_of_an_endpoint_that_is_gone(production: Production) -> None:
    """Until the log does: then it served nothing since, and that is what was found."""
    config = production.registry.endpoints.pop(ENDPOINT)["EndpointConfigName"]
    (endpoint,) = production.query.audit()["Endpoints"]
    assert endpoint["Findings"] == [
        {
            "Finding": f"it is gone, and its last switch is to {config}"
            " since 2026-10-01T12:00:00.250Z",
            "Next": "aws cloudtrail lookup-events"
            " --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteEndpoint",
        }
    ]
    settled(production, None, HOUR)
    assert findings(production) == []


def test_an_endpoint_that_came_back_by_itself_is_told_of(production: Production) -> None:
    settled(production, None, HOUR)
    assert "and its last switch is to nothing since" in findings(production)[0]


@pytest.mark.parametrize("status", ["Updating", "Deleting", "Failed"])
def test_an_endpoint_that_does_not_rest_is_not_told_of(production: Production, status: str) -> None:
    other = {"EndpointConfigName": "by-hand", "EndpointStatus": status}
    production.registry.endpoints[ENDPOINT] |= other
    assert findings(production) == []


@pytest.mark.parametrize(
    ("started_at", "is_overdue"), [("2026-10-01", True), ("2999-01-01", False)]
)
def test_the_audit_tells_of_a_rollout_whose_end_nobody_recorded(
    production: Production, started_at: str, *, is_overdue: bool
) -> None:
    given = production.config_of(1) | {"StartedAt": f"{started_at}T12:00:00Z"}
    rollout = production.rollout(2, **given)
    recorder.record_rollout(production.clients, production.nights[1].bucket, rollout)
    assert bool(findings(production)) is is_overdue


def test_a_configuration_that_no_rollout_brought_is_no_package(production: Production) -> None:
    assert settled(production, "by-hand", HOUR)
    found = production.at(HOUR)
    assert (found["Cause"], found["PackageArn"]) == ("Found", None)
    assert found["EndpointConfigName"] == found["CausedBy"] == "by-hand"


def test_the_next_rollout_finds_what_serves_before_it(production: Production) -> None:
    config = give_up(production)["EndpointConfigName"]
    since = iso_milliseconds(FIRST + HOUR)
    found = {"PreviousEndpointConfigName": config, "PreviousSince": since}
    third = production.roll_out(1, switched=2 * HOUR, restored=3 * HOUR, **found)
    assert [production.at(hours * HOUR)["Version"] for hours in (0, 1, 2, 3)] == [1, 2, 1, 2]
    assert production.at(3 * HOUR)["CausedBy"] == third
    production.registry.endpoints[ENDPOINT]["EndpointConfigName"] = config
    assert findings(production) == []


def test_an_endpoint_that_somebody_deleted_serves_nothing_until_the_next_rollout(
    production: Production,
) -> None:
    config = production.at(NOW)["EndpointConfigName"]
    assert [settled(production, None, passed) for passed in (HOUR, 2 * HOUR)] == [True, False]
    gone = production.at(HOUR)
    assert (gone["Cause"], gone["PackageArn"], gone["EndpointConfigName"]) == ("Found", None, None)
    assert gone["CausedBy"] == config
    assert f"is gone, deleted by no rollout; {config}" in as_text(production.answer_at(HOUR))
    assert (production.at(HOUR / 2)["Version"], production.at(HOUR / 2)["Until"]) == (
        1,
        iso_milliseconds(FIRST + HOUR),
    )
    production.roll_out(2, switched=3 * HOUR)
    assert production.at(3 * HOUR)["Version"] == 2
    assert findings(production) == []


def test_an_endpoint_that_never_served_is_not_entered_as_gone() -> None:
    assert not settled(Production(), None, HOUR)


def test_the_next_rollout_finds_the_endpoint_gone(production: Production) -> None:
    """By S3's clock: nobody heard when it was deleted."""
    rollout = production.rollout(2, EndpointStatus="Missing")
    recorder.record_rollout(production.clients, production.nights[1].bucket, rollout)
    (_, found) = production.log.switches()[ENDPOINT]
    assert (found.cause, found.endpoint_config_name) == (Cause.FOUND, None)
    assert found.at > FIRST


def test_an_outcome_that_comes_after_what_was_found_agrees_with_it(production: Production) -> None:
    """Whoever looks between the outcome's record and its switch finds the same instant."""
    config = give_up(production)["EndpointConfigName"]
    assert settled(production, config, HOUR)
    rollout_id = config.removeprefix(f"{ENDPOINT}-")
    other = {"RolloutId": f"{rollout_id}-again", "EndpointConfigName": config}
    production.roll_out(2, switched=HOUR, **other)
    assert production.at(HOUR)["Cause"] == "Found"
