"""What served when: the switch log, and questions about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from lineage import recorder
from lineage.clients import Clients
from lineage.errors import (
    BeforeFirstDeployment,
    InvalidTime,
    RecordConflict,
    RecordMissing,
    UnknownEndpoint,
)
from lineage.queries.asof import asof
from lineage.records.archive import Archive
from lineage.rendering.asof import as_text
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.buckets import VersionedBucket
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night
from tests.lineage.production import ENDPOINT, FIRST, Production
from tests.lineage.worlds import World

APPROVAL = {"By": "alice", "At": "2026-10-01T11:58:00Z", "Comment": "looks good"}


@pytest.fixture
def production() -> Production:
    return Production()


HOUR, NOW = timedelta(hours=1), timedelta()
MILLISECOND = timedelta(milliseconds=1)


def test_a_deployment_serves_from_its_switch_until_the_next_one(production: Production) -> None:
    first = production.roll_out(1, switched=NOW, Trigger="Approval", Approval=APPROVAL)
    production.roll_out(2, switched=HOUR)
    found = production.at(HOUR - MILLISECOND)
    assert found["Deployment"] == found["CausedBy"] == first
    assert (found["Version"], found["PackageArn"]) == (1, production.nights[0].package_arn)
    assert (found["Since"], found["Until"]) == (
        "2026-10-01T12:00:00.250Z",
        "2026-10-01T13:00:00.250Z",
    )
    assert (found["Trigger"], found["Approval"]) == ("Approval", APPROVAL)
    assert Archive(production.world.s3).read(found["RecordUri"])
    assert production.at(HOUR)["Version"] == 2
    assert "Until" not in production.at(HOUR)
    assert "Approval" not in production.at(HOUR)


def test_what_a_failed_smoke_test_restored_serves_again_as_what_it_was(
    production: Production,
) -> None:
    first = production.roll_out(1, switched=NOW, Approval=APPROVAL)
    before = production.at(NOW)
    again = {"PreviousEndpointConfigName": before["EndpointConfigName"]}
    bad = production.roll_out(2, switched=HOUR, restored=2 * HOUR, **again)
    assert production.at(HOUR)["Version"] == 2
    restored = production.at(2 * HOUR)
    assert (restored["Version"], restored["Deployment"]) == (1, first)
    assert (restored["Cause"], restored["CausedBy"]) == ("Restored", bad)
    assert restored["Approval"] == APPROVAL
    assert f"restored after {bad}" in text_at(production, 2 * HOUR)


def test_a_new_endpoint_whose_first_rollout_failed_serves_nothing(production: Production) -> None:
    production.roll_out(1, switched=NOW, restored=HOUR)
    found = production.at(HOUR)
    assert (found["Cause"], found["EndpointConfigName"]) == ("Removed", None)
    assert found["PackageArn"] is None
    assert "served nothing" in text_at(production, HOUR)


def test_what_no_rollout_brought_there_is_not_taken_for_another(production: Production) -> None:
    by_hand = {"PreviousEndpointConfigName": "by-hand"}
    production.roll_out(1, switched=NOW, restored=HOUR, **by_hand)
    found = production.at(HOUR)
    assert (found["EndpointConfigName"], found["PackageArn"]) == ("by-hand", None)
    assert "by-hand, which no rollout brought there" in text_at(production, HOUR)


def test_a_rollout_that_never_got_all_traffic_is_no_switch(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    production.roll_out(2)
    assert production.at(24 * HOUR)["Version"] == 1


def test_a_package_that_served_for_no_millisecond_never_served(production: Production) -> None:
    first = production.roll_out(1, switched=NOW)
    again = {"PreviousEndpointConfigName": production.at(NOW)["EndpointConfigName"]}
    production.roll_out(2, switched=HOUR, restored=HOUR, **again)
    assert production.at(2 * HOUR)["CausedBy"] == first


def test_two_rollouts_cannot_switch_an_endpoint_at_once(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    with pytest.raises(RecordConflict, match=r"20261001T120000\.250Z\.json exists"):
        production.roll_out(2, switched=NOW)


def test_all_endpoints_are_told_that_served_something(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    production.roll_out(2, switched=HOUR, endpoint_name="candidate")
    later = asof(production.log, production.registry, iso_milliseconds(FIRST + HOUR))["Endpoints"]
    assert [(it["EndpointName"], it["Version"]) for it in later] == [("candidate", 2), ("prod", 1)]
    assert production.at(NOW, None)["EndpointName"] == "prod"
    assert "approved    by nobody" in text_at(production, HOUR, None)


def text_at(production: Production, passed: timedelta, name: str | None = ENDPOINT) -> str:
    return as_text(
        asof(production.log, production.registry, iso_milliseconds(FIRST + passed), name)
    )


def test_the_text_names_who_approved(production: Production) -> None:
    production.roll_out(1, switched=NOW, Trigger="Approval", Approval=APPROVAL)
    text = text_at(production, NOW)
    assert "prod served version 1 of fraud-classifier" in text
    assert "approved    by alice at 2026-10-01T11:58:00Z: looks good" in text


@pytest.mark.parametrize(
    "time",
    [
        "",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_that_is_no_instant_is_refused(time: str, production: Production) -> None:
    with pytest.raises(InvalidTime, match="give date, time and time zone"):
        asof(production.log, production.registry, time)


@pytest.mark.parametrize(
    ("time", "in_utc"),
    [
        ("2026-11-22", "2026-11-22T00:00:00Z"),
        ("2026-11-22T08:00:00", "2026-11-22T08:00:00Z"),
    ],
)
def test_a_time_without_a_zone_is_refused_with_what_it_may_mean(
    time: str, in_utc: str, production: Production
) -> None:
    with pytest.raises(InvalidTime, match=f"names no time zone: give {in_utc} if it is UTC"):
        asof(production.log, production.registry, time)


@pytest.mark.parametrize(
    "time", ["2026-10-01T12:30Z", "2026-10-01T14:30:00+02:00", "2026-10-01 12:30:00.5Z"]
)
def test_an_instant_may_be_told_in_any_zone(time: str, production: Production) -> None:
    production.roll_out(1, switched=NOW)
    assert asof(production.log, production.registry, time)["Endpoints"][0]["Version"] == 1


def test_the_future_is_not_answered(production: Production) -> None:
    """It is three o'clock in the world of these tests."""
    production.roll_out(1, switched=NOW)
    assert asof(production.log, production.registry, "2026-11-22T03:00:00.999Z")
    with pytest.raises(InvalidTime, match=r"ask about 2026-11-22T03:00:00\.000Z, which is now"):
        asof(production.log, production.registry, "2026-11-22T03:00:01Z")
    assert asof(production.log, production.registry, "2026-11-22T03:00:00.000Z")


NOVEMBER = "2026-11-01T00:00:00Z"


def test_what_an_unknown_endpoint_served_is_refused(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    asked = production.log, production.registry, NOVEMBER
    with pytest.raises(UnknownEndpoint, match=r"ask about one of these: candidate, prod$"):
        asof(*asked, "prod-2", own=["candidate"])


def test_what_the_stacks_own_endpoint_served_before_anything_was_deployed_to_it(
    production: Production,
) -> None:
    """It is no endpoint of others, although the log does not know it yet."""
    production.roll_out(1, switched=NOW)
    asked = production.log, production.registry, NOVEMBER
    with pytest.raises(BeforeFirstDeployment, match=r"to candidate yet: .* its first rollout"):
        asof(*asked, "candidate", own=["candidate", ENDPOINT])
    assert asof(*asked, ENDPOINT, own=["candidate", ENDPOINT])


def test_before_the_first_deployment_is_refused(production: Production) -> None:
    with pytest.raises(BeforeFirstDeployment, match="after the first rollout"):
        asof(production.log, production.registry, "2026-11-01T00:00:00Z")
    production.roll_out(1, switched=NOW)
    with pytest.raises(BeforeFirstDeployment, match=r"ask about 2026-10-01T12:00:00\.250Z"):
        asof(production.log, production.registry, iso_milliseconds(FIRST - MILLISECOND))


def test_a_switch_that_is_gone_meanwhile_is_named(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    (key,) = [it for it in production.world.s3.objects if "endpoint=" in it]
    real = production.world.s3

    listed = real.list_objects_v2(Prefix=key)
    empty: Any = VersionedBucket()
    empty.list_objects_v2 = lambda **_: listed
    with pytest.raises(RecordMissing, match="gone meanwhile"):
        asof(SwitchLog(empty, "fraud"), production.registry, "2026-11-01T00:00:00Z")


def test_what_was_restored_again_and_again_is_still_what_it_was(production: Production) -> None:
    first = production.roll_out(1, switched=NOW)
    again = {"PreviousEndpointConfigName": production.at(NOW)["EndpointConfigName"]}
    for hours in (1, 3, 5):
        production.roll_out(2, switched=hours * HOUR, restored=(hours + 1) * HOUR, **again)
    assert production.at(6 * HOUR)["Deployment"] == first


def test_what_was_restored_is_not_what_served_long_before(production: Production) -> None:
    """Somebody put the old configuration back by hand, where no rollout knew of it."""
    production.roll_out(1, switched=NOW)
    old = {"PreviousEndpointConfigName": production.at(NOW)["EndpointConfigName"]}
    production.roll_out(2, switched=HOUR)
    production.roll_out(2, switched=2 * HOUR, restored=3 * HOUR, **old)
    assert production.at(3 * HOUR)["PackageArn"] is None


def test_an_aws_bucket_answers_alike(client: Callable[[str], Any]) -> None:
    """Keys, paging and the date come from S3's own answers."""
    bucket, s3 = f"switches-{uuid4()}", client("s3")
    s3.create_bucket(Bucket=bucket)
    night = StagedNight(builders.a_night("0000000a", bucket=bucket))
    world = World([night])
    clients = Clients(DescribedJobs(world.sagemaker, night), s3)  # type: ignore[arg-type]
    stage_night(s3, night)
    night.record_until(Stage.REGISTRATION, clients)
    outcome = builders.an_outcome(night.document, SwitchedAt="2020-01-01T00:00:00.001Z")
    recorder.record_rollout_outcome(clients, bucket, night.rollout, outcome)
    log = SwitchLog(s3, bucket)
    (found,) = asof(log, clients.sagemaker, "2020-01-01T00:00:00.001Z")["Endpoints"]
    assert found["PackageArn"] == night.package_arn
    with pytest.raises(InvalidTime, match="yet to come"):
        asof(log, clients.sagemaker, "2999-01-01T00:00:00Z")
