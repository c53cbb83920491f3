"""One finding for each cause, with what to do next; and no more nights than are asked about."""

from __future__ import annotations

from threading import Barrier
from typing import Any, cast

import pytest

from lineage import api, names
from lineage.clients import Clients
from lineage.errors import InvalidTime
from lineage.model import Action, Graph
from lineage.query import LineageQuery
from lineage.records.archive import location
from lineage.records.shelf import Shelf
from lineage.rendering.audit import as_text
from lineage.repair import repair
from lineage.retention import Retention
from lineage.schema import require_valid
from lineage.vocabulary import ActionType, Stage
from tests.lineage import builders
from tests.lineage.nights import InService, StagedNight
from tests.lineage.production import Registry
from tests.lineage.wires import Call, Wire
from tests.lineage.worlds import World

DATES = ("2026-11-20", "2026-11-21", "2026-11-22")
LAST = DATES[-1]


class Nights:
    """Three nights, one a day, each of which serves on an endpoint of its own."""

    def __init__(self) -> None:
        self.staged = [
            StagedNight(
                builders.a_night(f"{n:08x}", data_date=date, dataset=str(n)),
                version=n,
                endpoint_name=f"endpoint-{n}",
            )
            for n, date in enumerate(DATES, 1)
        ]
        self.world = World(self.staged)
        packages = [night.package_arn for night in self.staged]
        self.registry = Registry(self.world.clients.sagemaker, packages)
        self.clients = Clients(cast("Any", self.registry), self.world.s3)
        for night in self.staged:
            night.record_until(Stage.DEPLOYMENT_OUTCOME, self.clients)

    def audit(self, since: str = "", wire: Wire | None = None) -> dict[str, Any]:
        serving = cast("Any", InService(self.registry, *(it.rollout for it in self.staged)))
        clients = (wire or Wire()).through(Clients(serving, self.world.s3))
        group = self.staged[0].document["ModelPackageGroup"]
        found = LineageQuery(clients, group, self.staged[0].bucket).audit(since)
        require_valid(found, "audit")
        return found

    def arn_of(self, action_type: ActionType) -> str:
        """An action of the last night."""
        run_id = self.staged[-1].document["RunId"]
        listed = self.world.sagemaker.list_actions(ActionType=action_type)["ActionSummaries"]
        (arn,) = (it["ActionArn"] for it in listed if run_id in it["ActionName"])
        return str(arn)

    def cut(self, arn: str) -> None:
        """Delete the associations that lead to an entity."""
        sagemaker = self.world.sagemaker
        for edge in sagemaker.list_associations(DestinationArn=arn)["AssociationSummaries"]:
            sagemaker.delete_association(SourceArn=edge["SourceArn"], DestinationArn=arn)


@pytest.fixture
def nights() -> Nights:
    return Nights()


def told(found: dict[str, Any]) -> list[tuple[str, str]]:
    every = [*found["Packages"], *found["Nights"], *found["Endpoints"]]
    return [(it["Finding"], it["Next"]) for each in every for it in each["Findings"]]


def test_what_is_there_beyond_a_hole_is_not_called_missing(nights: Nights) -> None:
    training = nights.arn_of(ActionType.TRAINING_JOB)
    nights.cut(training)
    found = nights.audit()
    name = api.describe(nights.world.sagemaker, training).entity.ref
    run_id = nights.staged[-1].document["RunId"]
    first, second = (what for what, _ in told(found))
    assert first.endswith(f"-> {name}")
    assert second.endswith(f"-> {name}; 2 that are there are not reached without it")
    assert {step for _, step in told(found)} == {f"nightly lineage apply {run_id}"}
    assert f"    nightly lineage apply {run_id}\n" in as_text(found)
    assert "3 nights, 1 with findings: in SageMaker's graph 1 holes, 2 whole\n" in as_text(found)


def test_an_account_without_a_night_is_not_called_clean() -> None:
    world = World([])
    query = LineageQuery(
        Clients(cast("Any", Registry(world.sagemaker, [])), world.s3), "g", "fraud"
    )
    assert as_text(query.audit()).splitlines()[-1] == "nothing is on record"


def test_an_entity_that_is_gone_is_one_finding_and_not_one_for_each_association(
    nights: Nights,
) -> None:
    report = api.find_artifact_arn(
        nights.world.sagemaker, builders.report_uri(nights.staged[-1].document), "EvaluationReport"
    )
    assert report
    nights.cut(report)
    sagemaker = nights.world.sagemaker
    for edge in sagemaker.list_associations(SourceArn=report)["AssociationSummaries"]:
        sagemaker.delete_association(SourceArn=report, DestinationArn=edge["DestinationArn"])
    sagemaker.delete_artifact(ArtifactArn=report)
    lacking = [what for what, _ in told(nights.audit()) if "lacks" in what]
    assert len(lacking) == 1


def test_the_next_step_mends_it(nights: Nights) -> None:
    nights.cut(nights.arn_of(ActionType.TRAINING_JOB))
    (step,) = {step for _, step in told(nights.audit())}
    shelf = Shelf(nights.world.s3, nights.staged[0].bucket)
    folder = shelf.folder(LAST, step.rpartition(" ")[2])
    assert folder
    repair(nights.clients, shelf, folder)
    assert nights.audit()["Clean"]


def test_a_night_whose_records_are_all_gone_is_one_finding(nights: Nights) -> None:
    folder = location(nights.staged[-1].document["RecordUri"])["Key"]
    for key in [key for key in nights.world.s3.objects if key.startswith(folder)]:
        nights.world.s3.delete_object(Key=key)
    found = nights.audit()
    ((what, step),) = ((it["Finding"], it["Next"]) for it in found["Nights"][-1]["Findings"])
    assert "holds no record of it" in what
    assert step == f"aws s3api list-object-versions --bucket fraud --prefix {folder}"
    assert not [it for each in found["Packages"] for it in each["Findings"]]


def test_what_is_back_of_a_pruned_night_is_found(nights: Nights) -> None:
    """A recorder that was cut off, and that nobody repeated."""
    shelf = Shelf(nights.world.s3, nights.staged[0].bucket)
    recorded = shelf.find(DATES[0], nights.staged[0].document["RunId"])
    assert recorded
    Retention(nights.clients, shelf, 2).prune()
    assert nights.audit()["Clean"]
    (action,) = recorded.graph.actions(ActionType.NIGHTLY_RETRAIN)
    lone(nights, action)
    ((what, step),) = told(nights.audit())
    assert "although it is noted as pruned" in what
    assert step == f"nightly lineage apply {nights.staged[0].document['RunId']}"


def test_what_others_are_connected_with_is_kept_of_a_pruned_night_and_no_finding(
    nights: Nights,
) -> None:
    """To apply it would bring the whole night back, and retention would take it again."""
    sagemaker = nights.world.sagemaker
    document = nights.staged[0].document
    name = names.entity_name(document["Workflow"], "night", document["RunId"])
    theirs = sagemaker.create_action(
        ActionName="review", ActionType="Review", Source={"SourceUri": "https://x"}
    )["ActionArn"]
    ours = sagemaker.describe_action(ActionName=name)["ActionArn"]
    sagemaker.add_association(SourceArn=ours, DestinationArn=theirs)
    Retention(nights.clients, Shelf(nights.world.s3, nights.staged[0].bucket), 2).prune()
    found = nights.audit()
    assert told(found) == []
    assert [it["Index"] for it in found["Nights"]] == ["Kept", "Whole", "Whole"]
    assert "1 kept, 2 whole" in as_text(found)


def lone(nights: Nights, action: Action) -> None:
    """Put an action into SageMaker's graph, and nothing that it is connected with."""
    graph = Graph.of(action)
    (entity,) = graph.entities.values()
    api.create(cast("Any", nights.world.sagemaker), entity)


def test_an_audit_since_a_date_reads_no_other_nights_and_finds_the_same(nights: Nights) -> None:
    whole, wire = nights.audit(), Wire()
    bounded = nights.audit(LAST, wire)
    assert bounded["Since"] == LAST
    assert bounded["Clean"]
    for member in ("Packages", "Nights"):
        assert bounded[member] == whole[member][-1:]
    everything = Wire()
    nights.audit(wire=everything)
    assert wire.made["get_object"] < everything.made["get_object"] / 2
    assert wire.made["query_lineage"] * 3 == everything.made["query_lineage"]


def test_what_is_found_since_a_date_is_found_by_it_only(nights: Nights) -> None:
    nights.cut(nights.arn_of(ActionType.TRAINING_JOB))
    assert told(nights.audit(LAST)) == told(nights.audit())


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "20.11.2026"])
def test_what_is_no_date_is_refused(nights: Nights, since: str) -> None:
    with pytest.raises(InvalidTime, match="give one such as"):
        nights.audit(since)


def test_a_date_that_is_yet_to_come_is_refused(nights: Nights) -> None:
    """Nothing to look at would look clean; it is the 22nd in the world of these tests."""
    assert nights.audit("2026-11-22")["Clean"]
    with pytest.raises(InvalidTime, match="give a data date until 2026-11-22, which is today"):
        nights.audit("2026-11-23")


class Together(Wire):
    """Lets no first walk of a night go on before there is one of each of them."""

    def __init__(self, nights: int) -> None:
        super().__init__()
        self._barrier = Barrier(nights, timeout=60)
        self._started: set[str] = set()

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        start = str(request.get("StartArns"))
        if name == "query_lineage" and "endpoint-" in start and start not in self._started:
            self._started.add(start)
            self._barrier.wait()
        return super().carry(name, call, request)


def test_nights_are_looked_at_side_by_side(nights: Nights) -> None:
    assert nights.audit(wire=Together(len(DATES)))["Clean"]
