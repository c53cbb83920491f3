"""What is final stays, and what is open comes to an end, whatever died in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lineage import recorder
from lineage.queries.asof import asof
from lineage.rollouts.endpoints import find_endpoint
from lineage.rollouts.settling import Seen, settle
from lineage.rollouts.switches import iso_milliseconds
from tests.lineage.production import ENDPOINT, FIRST, Production
from tests.lineage.wires import CutOff, Killed

HOUR = timedelta(hours=1)
RESTORED = {
    "Status": "RolledBack",
    "SwitchedAt": iso_milliseconds(FIRST + 2 * HOUR),
    "RestoredAt": iso_milliseconds(FIRST + 3 * HOUR),
    "EndedAt": iso_milliseconds(FIRST + 3 * HOUR),
}


@pytest.fixture
def production() -> Production:
    """Version 1 serves since FIRST."""
    production = Production()
    production.roll_out(1, switched=timedelta())
    return production


def begin(production: Production) -> dict[str, Any]:
    """A rollout of version 2 that is on record an hour later, and does not end."""
    pass_time(production, HOUR)
    started_at = {"StartedAt": iso_milliseconds(FIRST + HOUR)}
    rollout = production.rollout(2, **production.config_of(1), **started_at)
    recorder.record_rollout(production.clients, "fraud", rollout)
    return rollout


def pass_time(production: Production, passed: timedelta) -> None:
    production.world.s3.now = FIRST + passed


def told(production: Production, passed: timedelta) -> tuple[str | None, dict[str, Any] | None]:
    """The configuration that served, and why that is provisional."""
    instant = iso_milliseconds(FIRST + passed)
    answer = asof(production.log, production.registry, instant, ENDPOINT, own=[ENDPOINT])
    (endpoint,) = answer["Endpoints"]
    return endpoint["EndpointConfigName"], endpoint.get("Provisional")


def die_behind_the_record(production: Production, rollout: dict[str, Any]) -> None:
    pass_time(production, 3 * HOUR)
    cut = CutOff(objects=1).through(production.clients)
    with pytest.raises(Killed):
        recorder.record_rollout_outcome(cut, "fraud", rollout, RESTORED)


def test_switches_that_died_behind_their_record_are_entered_before_those_of_the_next_rollout(
    production: Production,
) -> None:
    dead = begin(production)
    die_behind_the_record(production, dead)
    assert told(production, 2 * HOUR)[1]
    pass_time(production, 5 * HOUR)
    production.roll_out(1, switched=5 * HOUR, **production.config_of(1))
    final = told(production, 2 * HOUR)
    assert final == (dead["EndpointConfigName"], None)
    recorder.complete_rollout_outcome(production.clients, "fraud", dead)
    assert told(production, 2 * HOUR) == final


@pytest.mark.parametrize("config", ["by-hand", None])
def test_they_are_entered_before_what_is_found(production: Production, config: str | None) -> None:
    dead = begin(production)
    die_behind_the_record(production, dead)
    pass_time(production, 5 * HOUR)
    assert settle(production.world.s3, "fraud", Seen(ENDPOINT, config, FIRST + 4 * HOUR))
    assert told(production, 2 * HOUR) == (dead["EndpointConfigName"], None)
    assert len(production.log.instants(ENDPOINT).of[ENDPOINT]) == 4


@pytest.mark.parametrize(
    "known",
    [{"PreviousSince": iso_milliseconds(FIRST)}, {}, {"EndpointStatus": "Missing"}],
    ids=["as it was", "not asked for", "gone"],
)
def test_they_are_entered_when_the_next_rollout_starts(
    production: Production, known: dict[str, str]
) -> None:
    dead = begin(production)
    die_behind_the_record(production, dead)
    pass_time(production, 5 * HOUR)
    following = production.rollout(1, **production.config_of(1), **known)
    recorder.record_rollout(production.clients, "fraud", following)
    assert told(production, 2 * HOUR) == (dead["EndpointConfigName"], None)


def test_a_rollout_that_never_ends_is_open_until_a_later_one_has_moved_traffic(
    production: Production,
) -> None:
    begin(production)
    pass_time(production, 50 * HOUR)
    later = {"StartedAt": iso_milliseconds(FIRST + 49 * HOUR), **production.config_of(1)}
    production.roll_out(1, switched=None, **later)
    assert told(production, 50 * HOUR)[1], "it has moved nothing"
    production.roll_out(1, switched=50 * HOUR, **later)
    pass_time(production, 52 * HOUR)
    assert told(production, 50 * HOUR)[1] is None
    assert told(production, 50 * HOUR - HOUR / 3600)[1]
    assert told(production, HOUR / 2)[1] is None
    assert settle(production.world.s3, "fraud", Seen(ENDPOINT, "by-hand", FIRST + 51 * HOUR))


def test_a_switch_of_an_earlier_rollout_ends_nothing(production: Production) -> None:
    earlier = production.rollout(2, StartedAt=iso_milliseconds(FIRST + HOUR / 2))
    recorder.record_rollout(production.clients, "fraud", earlier)
    begin(production)
    ended = {"Status": "Completed", "SwitchedAt": RESTORED["SwitchedAt"]}
    ended |= {"EndedAt": RESTORED["EndedAt"]}
    pass_time(production, 3 * HOUR)
    recorder.record_rollout_outcome(production.clients, "fraud", earlier, ended)
    assert told(production, 2 * HOUR)[1]


def change(production: Production, config: str, passed: timedelta, status: str) -> None:
    """Let SageMaker have something else on the endpoint."""
    told = {"EndpointConfigName": config, "EndpointStatus": status}
    production.registry.endpoints[ENDPOINT] |= told | {"LastModifiedTime": FIRST + passed}


@pytest.mark.parametrize("status", ["Updating", "RollingBack", "Failed"])
def test_what_was_found_stays_open_when_the_endpoint_begins_to_change(
    production: Production, status: str
) -> None:
    """Nobody knows any more since when it was there."""
    change(production, "by-hand", HOUR, "InService")
    assert told(production, 2 * HOUR)[1]
    change(production, "by-hand", 3 * HOUR, status)
    since = iso_milliseconds(FIRST)
    open_end = {"Since": since, "Deployments": [], "Found": "by-hand"}
    assert told(production, 2 * HOUR)[1] == open_end


def test_what_a_rollout_brings_is_not_found_while_the_endpoint_changes(
    production: Production,
) -> None:
    rollout = begin(production)
    change(production, rollout["EndpointConfigName"], HOUR, "Updating")
    assert told(production, HOUR / 2)[1] is None


def test_what_the_log_has_is_final_while_the_endpoint_changes(production: Production) -> None:
    change(production, told(production, HOUR)[0] or "", HOUR, "Updating")
    assert told(production, HOUR / 2)[1] is None


@pytest.mark.parametrize("milliseconds", [0, 300, 749])
def test_a_deletion_ends_nothing_that_was_final_in_its_second(
    production: Production, milliseconds: int
) -> None:
    """It is heard of with the second in which it was."""
    instant = HOUR + timedelta(milliseconds=milliseconds)
    pass_time(production, HOUR + timedelta(seconds=1))
    before = told(production, instant)
    assert before[1] is None
    production.registry.endpoints.clear()
    gone = find_endpoint(production.registry, ENDPOINT)
    heard_at = (FIRST + HOUR).replace(microsecond=0)
    seen = Seen.of(ENDPOINT, gone, heard_at)
    assert seen
    assert settle(production.world.s3, "fraud", seen)
    assert told(production, instant) == before
    assert told(production, HOUR + timedelta(milliseconds=750)) == (None, None)


def test_a_rollout_that_finds_the_endpoint_gone_changes_nothing_that_was_final(
    production: Production,
) -> None:
    pass_time(production, HOUR)
    listed_at = production.log.instants(ENDPOINT).listed_at
    production.roll_out(2, switched=None, EndpointStatus="Missing")
    gone_at = production.log.instants(ENDPOINT).of[ENDPOINT][-1]
    assert gone_at == listed_at + timedelta(seconds=1)


def test_the_second_that_has_just_begun_is_open(production: Production) -> None:
    pass_time(production, HOUR)
    listed_at = production.log.instants(ENDPOINT).listed_at
    assert told(production, listed_at - FIRST)[1] is None
    open_end = told(production, HOUR)[1]
    assert open_end == {
        "Since": iso_milliseconds(listed_at),
        "Deployments": [],
        "Reason": "that second is not over by S3's clock",
    }


def test_what_is_older_than_the_last_switch_is_neither_entered_nor_open(
    production: Production,
) -> None:
    change(production, "by-hand", -HOUR, "InService")
    seen = Seen.of(ENDPOINT, find_endpoint(production.registry, ENDPOINT))
    assert seen
    assert not settle(production.world.s3, "fraud", seen)
    assert told(production, 2 * HOUR)[1] is None
