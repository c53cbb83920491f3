"""Rollouts in the graph: who approved them, what they cost, and what they keep there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lineage import api, names, recorder
from lineage.errors import FactsDisagree, RecordChanged, RecordMissing
from lineage.queries.excerpt import MOST_DESCRIBES, excerpt
from lineage.records.archive import Archive
from lineage.records.shelf import Shelf
from lineage.rendering.explanation import as_text
from lineage.retention import Pruning, Retention
from lineage.schema import require_valid
from lineage.vocabulary import Outcome
from tests.lineage.failures import a_failure
from tests.lineage.nights import StagedNight, put
from tests.lineage.production import ENDPOINT, Production
from tests.lineage.wires import CutWire, Killed, Wire

HOUR, NOW = timedelta(hours=1), timedelta()
APPROVAL = {"By": "arn:aws:iam::123456789012:user/alice", "At": "2026-10-01T11:58:00Z"}
COMMENTED = APPROVAL | {"Comment": "beats version 1"}


@pytest.fixture
def production() -> Production:
    return Production()


def explained(production: Production, version: int) -> dict[str, Any]:
    found = production.query.explain(version)
    require_valid(json.loads(json.dumps(found)), "explain")
    return found


def costs(production: Production) -> dict[str, int]:
    """What counts against the quotas, by the account's own count."""
    manual = production.world._lineage.graph._manual
    return {kind: manual[kind] for kind in ("Actions", "Artifacts", "Associations", "Contexts")}


def retain(production: Production, keep: int) -> Pruning:
    shelf = Shelf(production.world.s3, production.nights[0].bucket)
    return Retention(production.clients, shelf, keep).prune()


@pytest.mark.parametrize("approval", [APPROVAL, COMMENTED])
def test_who_approved_is_on_the_action_in_the_record_and_in_the_explanation(
    production: Production, approval: dict[str, str]
) -> None:
    name = production.roll_out(2, switched=NOW, Trigger="Approval", Approval=approval)
    (deployment,) = explained(production, 2)["Deployments"]
    assert (deployment["Name"], deployment["Approval"]) == (name, approval)
    action = api.find_action(production.clients.sagemaker, name)
    assert action
    told = [action.properties.get(key) for key in ("ApprovedBy", "ApprovedAt", "ApprovalComment")]
    assert told == [approval["By"], approval["At"], approval.get("Comment")]
    assert f"approved by {approval['By']} at {approval['At']}" in as_text(explained(production, 2))
    retain(production, 0)
    production.registry.endpoints.clear()
    retain(production, 0)
    from_record = explained(production, 2)
    assert from_record["AnsweredFrom"] == "Record"
    assert from_record["Deployments"] == [deployment]


def test_sagemakers_own_approval_is_neither_doubled_nor_an_ancestor(
    production: Production,
) -> None:
    production.world.sagemaker_catches_up()
    before = excerpt(production.clients.sagemaker, production.nights[1].package_arn)
    production.roll_out(2, switched=NOW, Trigger="Approval", Approval=APPROVAL)
    actions = production.clients.sagemaker.list_actions(MaxResults=100)["ActionSummaries"]
    approvals = [it["ActionName"] for it in actions if it["ActionType"] == "Approval"]
    assert len(approvals) == 2
    assert all(name.endswith("-aws-model-group") for name in approvals)
    after = excerpt(production.clients.sagemaker, production.nights[1].package_arn)
    assert {it.type for it in (after - before).entities.values()} == {"ModelDeployment"}
    assert "Approval" not in {it.type for it in after.entities.values()}


@pytest.mark.parametrize(
    ("ends", "actions", "associations"),
    [
        ({}, 1, 1),
        ({"switched": NOW}, 1, 2),
        ({"switched": NOW, "restored": HOUR}, 1, 2),
    ],
)
def test_a_rollout_costs_an_action_and_two_associations_at_most(
    production: Production, ends: dict[str, timedelta], actions: int, associations: int
) -> None:
    """The endpoint's context is SageMaker's own, or was made by the first rollout."""
    production.roll_out(1, switched=-HOUR)
    before = costs(production)
    production.roll_out(2, **ends)  # type: ignore[arg-type]
    after = costs(production)
    assert {kind: after[kind] - before[kind] for kind in after} == {
        "Actions": actions,
        "Artifacts": 0,
        "Associations": associations,
        "Contexts": 0,
    }


def test_a_rollout_that_never_served_has_no_endpoint_in_the_graph(production: Production) -> None:
    production.roll_out(1)
    assert not production.clients.sagemaker.list_contexts(ContextType="Endpoint")[
        "ContextSummaries"
    ]
    (deployment,) = explained(production, 1)["Deployments"]
    assert (deployment["Status"], deployment["Outcome"]) == ("Failed", "Failed")


def test_how_a_rollout_ended_is_told(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    previous = production.config_of(1)
    production.roll_out(2, switched=HOUR, restored=2 * HOUR, **previous)
    (deployment,) = explained(production, 2)["Deployments"]
    assert deployment["Outcome"] == Outcome.ROLLED_BACK
    assert deployment["Reason"] == "the smoke test found other scores"
    assert deployment["SwitchedAt"] < deployment["RestoredAt"]
    text = as_text(explained(production, 2))
    assert "failed: the smoke test found other scores" in text
    assert f"until {deployment['RestoredAt']}" in text


def test_a_long_reason_is_told_in_full(production: Production) -> None:
    """SageMaker's graph has room for its digest only."""
    reason = "EndpointFailed: " + "out of capacity " * 300
    rollout = production.rollout(1)
    outcome = {"Status": "Failed", "EndedAt": "2026-12-01T00:00:00Z", "Reason": reason}
    recorder.record_rollout_outcome(production.clients, "fraud", rollout, outcome)
    found = explained(production, 1)
    assert (found["AnsweredFrom"], found["Deployments"][0]["Reason"]) == ("Index", reason)


def test_rollouts_for_which_no_describes_are_left_are_told_by_their_records(
    production: Production,
) -> None:
    deployed = [production.roll_out(1, switched=n * HOUR) for n in range(8)]
    wire = Wire()
    found = replace(production.query, clients=wire.through(production.clients)).explain(1)
    assert found["AnsweredFrom"] == "Index"
    assert sorted(it["Name"] for it in found["Deployments"]) == sorted(deployed)
    assert wire.made["describe_action"] + wire.made["describe_artifact"] == MOST_DESCRIBES


def test_an_outcome_is_recorded_though_nobody_recorded_the_start(production: Production) -> None:
    rollout, bucket = production.rollout(1), production.nights[0].bucket
    outcome = {"Status": "Failed", "EndedAt": "2026-12-01T00:00:00Z", "Reason": "no such image"}
    recording = recorder.record_rollout_outcome(production.clients, bucket, rollout, outcome)
    assert recording.indexed
    (deployment,) = explained(production, 1)["Deployments"]
    assert (deployment["StartedAt"], deployment["Reason"]) == (
        rollout["StartedAt"],
        "no such image",
    )


def test_a_package_that_no_night_of_the_stack_made_is_not_rolled_out(
    production: Production,
) -> None:
    stranger = production.rollout(1, RunId="20261121-ffffffff")
    with pytest.raises(RecordMissing, match="Nothing is deployed without its lineage"):
        recorder.record_rollout(production.clients, "fraud", stranger)
    swapped = production.rollout(1, RunId=production.nights[1].document["RunId"])
    with pytest.raises(FactsDisagree, match="who changed the package's metadata"):
        recorder.record_rollout(production.clients, "fraud", swapped)


def test_what_serves_again_after_a_restore_is_not_pruned(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    production.roll_out(2, switched=HOUR, restored=2 * HOUR, **production.config_of(1))
    done = retain(production, 0)
    first, second = (night.document["RunId"] for night in production.nights)
    assert (done.serving, done.pruned) == ([first], [second])


def test_what_is_about_to_serve_is_not_pruned(production: Production) -> None:
    production.roll_out(1, switched=NOW)
    rollout = production.rollout(2)
    recorder.record_rollout(production.clients, "fraud", rollout)
    updating = {"EndpointConfigName": rollout["EndpointConfigName"]}
    production.registry.endpoints[ENDPOINT] |= {"PendingDeploymentSummary": updating}
    assert retain(production, 0).pruned == []


def test_a_pruned_night_whose_package_serves_again_is_back_in_the_graph(
    production: Production,
) -> None:
    """An operator rolls back to a version of long ago."""
    production.roll_out(1, switched=NOW)
    production.roll_out(2, switched=HOUR)
    before = explained(production, 1)
    first = production.nights[0].document["RunId"]
    assert retain(production, 1).pruned == [first]
    production.roll_out(1, switched=2 * HOUR, Trigger="Rollback")
    after = explained(production, 1)
    assert after["AnsweredFrom"] == "Index"
    assert {**after, "Deployments": after["Deployments"][:1]} == before
    held = Shelf(production.world.s3, "fraud").held_nights()
    assert first in [night.night["RunId"] for night in held]
    assert production.query.audit()["Clean"]
    production.registry.endpoints.clear()
    assert first in retain(production, 0).pruned


def digests(production: Production, night: StagedNight) -> dict[str, str]:
    """What SageMaker's graph notes of a night's records."""
    name = names.entity_name(night.document["Workflow"], "night", night.document["RunId"])
    found = production.clients.sagemaker.describe_action(ActionName=name)["Properties"]
    return {key: value for key, value in found.items() if key.endswith("RecordSha256")}


def test_a_night_that_is_back_has_all_the_digests_that_it_had(production: Production) -> None:
    night = production.nights[0]
    before = digests(production, night)
    assert len(before) == 4
    retain(production, 0)
    recorder.record_rollout(production.clients, "fraud", production.rollout(1))
    assert digests(production, night) == before


def change(production: Production, title: str) -> str:
    """Change a record of the first night's; return its URI."""
    uri = names.record_uri(production.nights[0].document["RecordUri"], title)
    put(production.world.s3, uri, str(Archive(production.world.s3).read(uri)) + "\n")
    return uri


@pytest.mark.parametrize("title", ["featurise", "training", "evaluation", "registration"])
def test_a_record_that_was_changed_since_its_night_was_pruned_becomes_no_truth(
    title: str, production: Production
) -> None:
    retain(production, 0)
    uri, before = change(production, title), costs(production)
    with pytest.raises(RecordChanged, match=f"{uri} was changed: .* the note of its pruning says"):
        recorder.record_rollout(production.clients, "fraud", production.rollout(1))
    assert costs(production) == before
    (night, _) = production.query.audit()["Nights"]
    assert night["Index"] == "Pruned"
    assert f"{uri} was changed" in night["Findings"][0]["Finding"]


def test_a_record_that_only_the_note_of_its_pruning_knew_is_compared_when_it_is_back(
    production: Production,
) -> None:
    """SageMaker's graph has no room for the tenth failure of a night."""
    night = production.nights[0]
    failure = a_failure(night.document, redrive_count=9)
    recorder.record_failure(production.clients, night.bucket, failure)
    retain(production, 0)
    recorder.record_rollout(production.clients, "fraud", production.rollout(1))
    uri = change(production, "failure-r9")
    (night_found, _) = production.query.audit()["Nights"]
    assert night_found["Index"] == "Whole"
    (finding,) = (it["Finding"] for it in night_found["Findings"])
    assert f"{uri} was changed" in finding


def test_a_deployment_that_is_gone_from_the_graph_shows(production: Production) -> None:
    name = production.roll_out(1, switched=NOW)
    sagemaker = production.clients.sagemaker
    arn = sagemaker.describe_action(ActionName=name)["ActionArn"]
    for end, other in (("Source", "Destination"), ("Destination", "Source")):
        edges = sagemaker.list_associations(**{f"{end}Arn": arn})["AssociationSummaries"]
        for edge in edges:
            ends = {f"{end}Arn": arn, f"{other}Arn": edge[f"{other}Arn"]}
            sagemaker.delete_association(**ends)
    sagemaker.delete_action(ActionName=name)
    night, _ = production.query.audit()["Nights"]
    assert night["Index"] == "Holes"
    (finding,) = (it["Finding"] for it in night["Findings"])
    assert finding.startswith(f"SageMaker's graph lacks action:{name};")


@pytest.mark.slow
def test_bringing_a_night_back_can_be_interrupted_anywhere(production: Production) -> None:
    expected, life, killed = costs(production), 1, True
    ended = {"Status": "Failed", "EndedAt": "2026-12-01T00:00:00Z", "Reason": "EndpointFailed"}
    # The same one every time: each rollout on record is more to bring back.
    rollout = production.rollout(1)
    while killed:
        assert retain(production, 0).pruned
        try:
            cut = CutWire(life=life).through(production.clients)
            recorder.record_rollout(cut, "fraud", rollout)
            killed = False
        except Killed:
            recorder.record_rollout(production.clients, "fraud", rollout)
        assert explained(production, 1)["AnsweredFrom"] == "Index"
        recorder.record_rollout_outcome(production.clients, "fraud", rollout, ended)
        life += 5
    assert life > 40
    assert costs(production)["Artifacts"] <= expected["Artifacts"]
