"""What is told of an endpoint while something is still open: it says so, or it stays for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lineage import names, recorder
from lineage.errors import BeforeFirstDeployment
from lineage.queries.asof import asof
from lineage.rendering.asof import as_text
from lineage.rollouts.settling import Seen, settle
from lineage.rollouts.switches import iso_milliseconds
from tests.lineage.production import ENDPOINT, FIRST, Production
from tests.lineage.wires import CutWire, Killed

HOUR = timedelta(hours=1)


@pytest.fixture
def production() -> Production:
    """Version 1 serves since FIRST."""
    production = Production()
    production.roll_out(1, switched=timedelta())
    return production


def begin(production: Production, begun: timedelta) -> dict[str, Any]:
    """A rollout of version 2 whose start is on record, and its end is not."""
    started_at = {"StartedAt": iso_milliseconds(FIRST + begun)}
    rollout = production.rollout(2, **production.config_of(1), **started_at)
    recorder.record_rollout(production.clients, "fraud", rollout)
    return rollout


def end(production: Production, rollout: dict[str, Any], **outcome: str) -> None:
    ended = {"Status": "Completed", "EndedAt": "2026-10-01T15:00:00Z"} | outcome
    recorder.record_rollout_outcome(production.clients, "fraud", rollout, ended)


def change(production: Production, config: str, passed: timedelta, status: str) -> None:
    """Let SageMaker have something else on the endpoint."""
    told = {"EndpointConfigName": config, "EndpointStatus": status}
    production.registry.endpoints[ENDPOINT] |= told | {"LastModifiedTime": FIRST + passed}


def at(production: Production, passed: timedelta, name: str | None = ENDPOINT) -> dict[str, Any]:
    instant = iso_milliseconds(FIRST + passed)
    return asof(production.log, production.registry, instant, name, own=[ENDPOINT])


def provisional(production: Production, passed: timedelta) -> dict[str, Any] | None:
    (endpoint,) = at(production, passed)["Endpoints"]
    found: dict[str, Any] | None = endpoint.get("Provisional")
    return found


def test_what_a_rollout_may_have_changed_is_provisional_until_its_end_is_on_record(
    production: Production,
) -> None:
    rollout = begin(production, HOUR)
    deployment = names.deployment(ENDPOINT, rollout["RolloutId"])
    since = iso_milliseconds(FIRST + HOUR)
    assert provisional(production, HOUR) == {"Since": since, "Deployments": [deployment]}
    assert provisional(production, HOUR / 2) is None
    assert f"  provisional since {since}: {deployment} has started" in as_text(at(production, HOUR))
    switched_at = iso_milliseconds(FIRST + 2 * HOUR)
    end(production, rollout, SwitchedAt=switched_at)
    change(production, rollout["EndpointConfigName"], 2 * HOUR, "InService")
    assert [provisional(production, hours * HOUR) for hours in (1, 2)] == [None, None]
    assert at(production, 2 * HOUR)["Endpoints"][0]["Version"] == 2


def test_a_rollout_that_ended_without_a_change_leaves_nothing_open(production: Production) -> None:
    end(production, begin(production, HOUR), Status="Failed")
    assert provisional(production, 2 * HOUR) is None


def test_what_the_update_of_an_aborted_rollout_comes_to_is_open_until_the_log_has_it(
    production: Production,
) -> None:
    rollout = begin(production, HOUR)
    end(production, rollout, Status="Failed")
    config = rollout["EndpointConfigName"]
    change(production, production.config_of(1)["PreviousEndpointConfigName"], HOUR, "Updating")
    assert provisional(production, 3 * HOUR) is None, "it will have changed after now"
    change(production, config, 2 * HOUR, "InService")
    assert provisional(production, 2 * HOUR - HOUR / 60) is None
    since = iso_milliseconds(FIRST + 2 * HOUR)
    found = {"Since": since, "Deployments": [], "Found": config}
    assert provisional(production, 2 * HOUR) == found
    assert f"the endpoint has {config}, of which no record" in as_text(at(production, 2 * HOUR))
    assert settle(production.world.s3, "fraud", Seen(ENDPOINT, config, FIRST + 2 * HOUR))
    assert provisional(production, 2 * HOUR) is None


@pytest.mark.parametrize("status", [None, "Deleting"])
def test_an_endpoint_that_somebody_deletes_is_open_from_its_last_switch_on(
    production: Production, status: str | None
) -> None:
    """Nobody has heard yet since when it is gone."""
    config = production.config_of(1)["PreviousEndpointConfigName"]
    if status:
        change(production, config, HOUR, status)
    else:
        production.registry.endpoints.clear()
    found = {"Since": iso_milliseconds(FIRST), "Deployments": [], "Found": None}
    assert provisional(production, HOUR) == found
    assert "the endpoint is gone, of which" in as_text(at(production, HOUR))
    assert settle(production.world.s3, "fraud", Seen(ENDPOINT, None, FIRST + HOUR))
    assert provisional(production, HOUR) is None


def test_what_is_no_endpoint_of_the_stack_is_not_asked_for(production: Production) -> None:
    production.registry.endpoints.clear()
    assert "Provisional" not in production.at(HOUR)


def test_switches_that_were_cut_off_behind_their_record_are_open(production: Production) -> None:
    """Both that of a model that failed, and that back."""
    rollout = begin(production, HOUR)
    switched_at, restored_at = (iso_milliseconds(FIRST + hours * HOUR) for hours in (2, 3))
    times = {"Status": "RolledBack", "SwitchedAt": switched_at, "RestoredAt": restored_at}
    seen, life = list[int](), 1
    while True:
        cut = CutWire(life=life).through(production.clients)
        ended = {"EndedAt": "2026-10-01T15:00:00Z", **times}
        try:
            recorder.record_rollout_outcome(cut, "fraud", rollout, ended)
        except Killed:
            is_open = provisional(production, 3 * HOUR) is not None
            seen.append(len(production.log.instants(ENDPOINT).of[ENDPOINT]))
            assert is_open is (seen[-1] < 3), seen
            life += 1
        else:
            break
    assert {1, 2, 3} == set(seen)
    assert provisional(production, 3 * HOUR) is None


def test_an_endpoint_that_had_served_nothing_yet_is_named(production: Production) -> None:
    production.roll_out(2, switched=HOUR, endpoint_name="later")
    asked = production.log, production.registry, iso_milliseconds(FIRST)
    answer = asof(*asked, own=["never", ENDPOINT])
    assert [it["EndpointName"] for it in answer["Endpoints"]] == [ENDPOINT]
    assert answer["NotYetServing"] == [{"EndpointName": "later"}, {"EndpointName": "never"}]
    assert as_text(answer).endswith(
        "\nlater had served nothing yet\n\nnever had served nothing yet\n"
    )


def test_the_first_rollout_of_an_endpoint_is_told_of_while_it_is_open() -> None:
    production = Production()
    rollout = production.rollout(1, StartedAt=iso_milliseconds(FIRST))
    recorder.record_rollout(production.clients, "fraud", rollout)
    deployment = names.deployment(ENDPOINT, rollout["RolloutId"])
    told = f"to {ENDPOINT} yet: .* is provisional since .*: {deployment} has started,"
    with pytest.raises(BeforeFirstDeployment, match=told):
        at(production, HOUR)
    with pytest.raises(BeforeFirstDeployment) as before:
        at(production, -HOUR)
    assert "provisional" not in str(before.value)


@pytest.mark.parametrize("tail", ["", "-outcome"], ids=["start", "end"])
def test_a_record_that_does_not_read_leaves_everything_open(
    production: Production, tail: str
) -> None:
    rollout = begin(production, HOUR)
    if tail:
        end(production, rollout, Status="Failed")
    deployment = names.deployment(ENDPOINT, rollout["RolloutId"])
    s3 = production.world.s3
    (key,) = (it for it in s3.objects if it.endswith(f"/{deployment}{tail}.json"))
    s3.put_object(Key=key, Body=b"{")
    found = {"Since": iso_milliseconds(FIRST), "Deployments": [deployment]}
    assert provisional(production, timedelta()) == found


def test_what_an_endpoint_has_now_says_nothing_of_what_it_had_before_its_last_switch(
    production: Production,
) -> None:
    production.roll_out(2, switched=HOUR, **production.config_of(1))
    production.registry.describe_endpoint = None  # type: ignore[method-assign, assignment]
    assert provisional(production, HOUR / 2) is None
