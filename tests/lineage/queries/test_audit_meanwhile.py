"""What goes on while an audit looks around is no finding: nights, failures, rollouts, retention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from lineage.clients import Clients
from lineage.query import LineageQuery
from lineage.recorder import record_failure
from lineage.records.shelf import Shelf
from lineage.retention import Retention
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.nights import StagedNight
from tests.lineage.production import Production, Registry
from tests.lineage.quick import make_quick
from tests.lineage.wires import Call, Wire
from tests.lineage.worlds import World

Event = Callable[[], object]
HOUR, NOW = timedelta(hours=1), timedelta()


class Meanwhile(Wire):
    """Lets something happen just before the call of a number, from 0."""

    def __init__(self, number: int, event: Event) -> None:
        super().__init__()
        self._number, self._event = number, event
        self.has_happened = False

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if self.made.total() == self._number:
            self.has_happened = True
            self._event()
        return super().carry(name, call, request)


def a_stage(before: Stage, after: Stage) -> Callable[[], tuple[LineageQuery, Event]]:
    """A night goes on."""

    def prepare() -> tuple[LineageQuery, Event]:
        night = StagedNight(builders.a_night())
        world = World([night])
        registry = Registry(world.clients.sagemaker, [])
        clients = Clients(cast("Any", registry), world.s3)
        night.record_until(before, clients)

        def go_on() -> None:
            if after is Stage.REGISTRATION:
                registry.package_arns.append(night.package_arn)
            night.record(after, clients)

        return LineageQuery(clients, night.document["ModelPackageGroup"], night.bucket), go_on

    return prepare


def a_failed_night() -> tuple[LineageQuery, Event]:
    query, _ = a_stage(Stage.FEATURISE, Stage.TRAINING)()
    failure = a_failure(builders.a_night())
    return query, lambda: record_failure(query.clients, query.bucket, failure)


def a_rollout() -> tuple[LineageQuery, Event]:
    """From its start to its end."""
    production = Production()
    production.roll_out(1, switched=NOW)
    return production.query, lambda: production.roll_out(2, switched=HOUR)


def a_pruning() -> tuple[LineageQuery, Event]:
    production = Production()
    production.roll_out(2, switched=NOW)
    shelf = Shelf(production.world.s3, production.nights[0].bucket)
    return production.query, lambda: Retention(production.clients, shelf, 1).prune()


@pytest.mark.parametrize(
    ("prepare", "step"),
    [
        (a_stage(Stage.FEATURISE, Stage.TRAINING), 1),
        (a_stage(Stage.EVALUATION, Stage.REGISTRATION), 1),
        (a_failed_night, 1),
        (a_rollout, 4),
        (a_pruning, 4),
    ],
    ids=["stage", "registration", "failure", "rollout", "pruning"],
)
def test_an_audit_stays_clean_whatever_goes_on_and_whenever(
    prepare: Callable[[], tuple[LineageQuery, Event]], step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each of its calls; before every fourth where that takes long to prepare."""
    make_quick(monkeypatch)
    found, number, has_happened = dict[int, list[str]](), 0, True
    while has_happened:
        query, event = prepare()
        wire = Meanwhile(number, event)
        audit = LineageQuery(wire.through(query.clients), query.group, query.bucket).audit()
        if not audit["Clean"]:
            found[number] = told(audit)
        number, has_happened = number + step, wire.has_happened
    assert found == {}
    assert number > 10


def told(audit: dict[str, Any]) -> list[str]:
    every = [*audit["Packages"], *audit["Nights"], *audit["Endpoints"]]
    return [it["Finding"] for each in every for it in each["Findings"]]
