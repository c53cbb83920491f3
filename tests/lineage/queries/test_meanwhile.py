"""What goes on while a question is answered: nights, failures, rollouts, retention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from tests.lineage.mishaps import OvertakenWire
from tests.lineage.nights import StagedNight
from tests.lineage.production import Production, Registry
from tests.lineage.quick import make_quick
from tests.lineage.worlds import World

Event = Callable[[], object]
HOUR, NOW = timedelta(hours=1), timedelta()


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


@pytest.mark.slow
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
    found = {number: told(audit.audit()) for number, audit in overtaken(prepare, step)}
    assert {number: each for number, each in found.items() if each} == {}
    assert len(found) > 5


@pytest.mark.slow
def test_an_explanation_is_the_same_whenever_retention_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it finds in SageMaker's graph may be gone when it looks closer."""
    make_quick(monkeypatch)
    query, _ = a_pruning()
    expected = query.explain(1)
    found = [each.explain(1) for _, each in overtaken(a_pruning, step=1)]
    assert {it["AnsweredFrom"] for it in found} == {"Index", "Record"}
    assert all(it | {"AnsweredFrom": "Index"} == expected for it in found)


def overtaken(
    prepare: Callable[[], tuple[LineageQuery, Event]], step: int
) -> Iterator[tuple[int, LineageQuery]]:
    """Something happens before a call of a question, further on each time until it is too late."""
    number, has_happened = 1, True
    while has_happened:
        query, event = prepare()
        wire = OvertakenWire(number=number, overtake=event)
        yield number, LineageQuery(wire.through(query.clients), query.group, query.bucket)
        number, has_happened = number + step, wire.made.total() >= number


def told(audit: dict[str, Any]) -> list[str]:
    every = [*audit["Packages"], *audit["Nights"], *audit["Endpoints"]]
    return [it["Finding"] for each in every for it in each["Findings"]]
