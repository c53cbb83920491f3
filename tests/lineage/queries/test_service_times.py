"""Explanations tell until when each deployment served."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lineage.model import Graph
from lineage.queries.service_times import service_times
from lineage.records.shelf import Shelf
from lineage.rendering.explanation import as_text
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.vocabulary import ActionType
from tests.lineage.production import FIRST, Production
from tests.lineage.wires import Wire

DEPLOYMENT = ActionType.MODEL_DEPLOYMENT
NOW, HOUR = timedelta(), timedelta(hours=1)


@pytest.fixture
def production() -> Production:
    return Production()


def served(production: Production, version: int) -> dict[str, Any]:
    """When each deployment of a version served, in hours after the first instant."""
    found = service_times(production.log, recorded(production, version).actions(DEPLOYMENT))
    hours: dict[str, Any] = {}
    for it in found:
        until = (it.until - FIRST) / HOUR if it.until else None
        hours.setdefault(it.served.deployment, []).append(((it.since - FIRST) / HOUR, until))
    return hours


def recorded(production: Production, version: int) -> Graph:
    night = production.nights[version - 1]
    found = Shelf(production.clients.s3, night.bucket).find(
        night.document["DataDate"], night.document["RunId"]
    )
    assert found
    return found.graph


def test_a_rollout_serves_until_the_next_and_a_rollback_serves_anew(
    production: Production,
) -> None:
    one = production.roll_out(1, switched=NOW)
    two = production.roll_out(2, switched=HOUR)
    back = production.roll_out(1, switched=2 * HOUR)
    assert served(production, 1) == {one: [(0, 1)], back: [(2, None)]}
    assert served(production, 2) == {two: [(1, 2)]}


def test_what_was_restored_again_and_again_served_each_time(production: Production) -> None:
    one = production.roll_out(1, switched=NOW)
    config = {"PreviousEndpointConfigName": production.at(NOW)["EndpointConfigName"]}
    for hours in (1, 3):
        production.roll_out(2, switched=hours * HOUR, restored=(hours + 1) * HOUR, **config)
    production.roll_out(2, switched=5 * HOUR)
    assert served(production, 1) == {one: [(0, 1), (2, 3), (4, 5)]}


def test_one_that_never_took_over_served_never(production: Production) -> None:
    production.roll_out(1)
    assert served(production, 1) == {}


def test_each_endpoint_is_listed_once_and_few_switches_are_read(production: Production) -> None:
    """However many rollouts came after it."""
    for hours in range(12):
        production.roll_out(1 if hours == 0 else 2, switched=hours * HOUR)
    deployments = recorded(production, 1).actions(DEPLOYMENT)
    wire = Wire()
    log = SwitchLog(wire.through(production.clients).s3, production.nights[0].bucket)
    assert len(service_times(log, deployments)) == 1
    assert wire.made == {"list_objects_v2": 1, "get_object": 3}


def test_the_explanation_tells_the_end(production: Production) -> None:
    production.roll_out(2, switched=NOW)
    production.roll_out(1, switched=HOUR)
    night = production.nights[1]
    text = as_text(production.query.explain(night.package_arn))
    since, until = iso_milliseconds(FIRST), iso_milliseconds(FIRST + HOUR)
    assert f"all traffic from {since} until {until}" in text
    assert "all traffic since" not in text
