"""`nightly lineage apply`: what a plan tells of is done, and then nothing is left to do."""

from __future__ import annotations

from typing import Any

import pytest

from lineage import names
from lineage.queries.executions import find_night
from lineage.query import LineageQuery
from lineage.records.archive import Archive
from lineage.records.shelf import Shelf
from lineage.rendering.plan import applied_as_text
from lineage.repair import repair
from lineage.retention import Retention
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lineage.production import Production
from tests.lineage.worlds import graph_of


@pytest.fixture
def production() -> Production:
    """Two nights, of which the first is in production."""
    made = Production()
    made.roll_out(1)
    return made


def apply(production: Production, number: int = 0) -> dict[str, Any]:
    """Repair a night, and check what is told of it."""
    shelf = Shelf(production.world.s3, production.nights[0].bucket)
    run_id = production.nights[number].document["RunId"]
    done = repair(production.clients, shelf, find_night(shelf, run_id))
    require_valid(done, "apply")
    return done


def planned(production: Production) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = production.query.plan(production.nights[0].document["RunId"])[
        "Calls"
    ]
    return calls


def lose(production: Production) -> None:
    """Delete all associations, and the evaluations."""
    sagemaker = production.world.sagemaker
    for source, destination, _ in graph_of(sagemaker)["associations"]:
        sagemaker.delete_association(SourceArn=source, DestinationArn=destination)
    for each in sagemaker.list_actions(ActionType="Evaluation")["ActionSummaries"]:
        sagemaker.delete_action(ActionName=each["ActionName"])


def test_what_was_lost_is_back_and_nothing_is_left_to_do(production: Production) -> None:
    before = graph_of(production.world.sagemaker)
    lose(production)
    wanted = planned(production)
    done = apply(production)
    assert (done["Calls"], done["Left"]) == (wanted, [])
    assert len(wanted) > 10
    assert planned(production) == []
    text = applied_as_text(done)
    assert f"Repaired SageMaker's graph by {len(wanted)} calls" in text
    apply(production, 1)
    assert graph_of(production.world.sagemaker) == before


def test_a_night_that_lacks_nothing_is_left_alone(production: Production) -> None:
    before = graph_of(production.world.sagemaker)
    assert apply(production)["Calls"] == []
    assert "adds nothing" in applied_as_text(apply(production))
    assert graph_of(production.world.sagemaker) == before


def test_a_night_that_lacks_nothing_gets_no_new_version_of_any_object(
    production: Production,
) -> None:
    def versions() -> dict[str, int]:
        return {key: len(it) for key, it in production.world.s3.objects.items()}

    before = versions()
    apply(production)
    assert versions() == before


def test_a_receipt_that_is_gone_is_back(production: Production) -> None:
    record_uri = names.record_uri(production.nights[0].document["RecordUri"], Stage.REGISTRATION)
    archive, uri = Archive(production.world.s3), names.receipt_uri(record_uri)
    before = archive.read(uri)
    archive.delete(uri)
    apply(production)
    assert archive.read(uri) == before


def test_a_changed_record_is_told_and_not_applied(production: Production) -> None:
    lose(production)
    uri = names.record_uri(production.nights[0].document["RecordUri"], Stage.REGISTRATION)
    archive = Archive(production.world.s3)
    archive.write(uri, f"{archive.read(uri)} ")
    before = graph_of(production.world.sagemaker)
    done = apply(production)
    assert "was changed" in done["Findings"][0]["Finding"]
    assert "Do not record it again" in applied_as_text(done)
    assert graph_of(production.world.sagemaker) == before


def test_a_pruned_night_is_back_until_retention_takes_it_again(production: Production) -> None:
    production.registry.endpoints.clear()
    shelf = Shelf(production.world.s3, production.nights[0].bucket)
    retention = Retention(production.clients, shelf, 1)
    run_id = production.nights[0].document["RunId"]
    assert retention.prune().pruned == [run_id]
    done = apply(production)
    assert (done["Pruned"], done["Left"]) == (True, [])
    assert "until it does so again" in applied_as_text(done)
    query: LineageQuery = production.query
    assert query.explain(production.nights[0].package_arn)["AnsweredFrom"] == "Index"
    assert retention.prune().pruned == [run_id]
