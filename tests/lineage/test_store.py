"""The store against the embedded lineage API: what it finds, adds, and leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage.errors import LineageNotReady
from lineage.model import Action, Artifact, Association, Graph
from lineage.store import LineageStore, Snapshot
from lineage.vocabulary import AssociationType, Stage, Status
from tests.lineage import builders
from tests.lineage.graphs import graph_until

EMPTY = Snapshot(Graph(), {})


@pytest.fixture(scope="module")
def store(sagemaker: Any) -> LineageStore:
    return LineageStore(sagemaker)


@pytest.fixture
def wanted(numbers: Any) -> Graph:
    """A night's graph that nobody has written."""
    run = f"cd{next(numbers):06x}"
    return graph_until(Stage.EVALUATION, builders.a_night(run, dataset=run, workflow=run))


def test_nothing_exists_at_first(store: LineageStore, wanted: Graph) -> None:
    assert store.read(wanted, {}) == EMPTY


def test_what_was_applied_is_all_there(store: LineageStore, wanted: Graph) -> None:
    arns = store.apply(wanted, EMPTY)
    assert not wanted - store.read(wanted, {}).graph
    assert not store.missing(wanted, arns)
    assert set(arns) == set(wanted.entities)


def test_an_action_that_stands_alone_is_missing_unless_it_was_seen(store: LineageStore) -> None:
    lone = Action("alone", "NightlyRetrain", "arn:alone", Status.IN_PROGRESS)
    assert store.missing(Graph.of(lone), {}) == Graph.of(lone)
    assert not store.missing(Graph.of(lone), {}, seen={lone.ref})


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_part_can_be_there_already(
    data: st.DataObject, store: LineageStore, numbers: Any
) -> None:
    """Whatever was written before, applying the difference leaves no difference."""
    run = f"ef{next(numbers):06x}"
    wanted = graph_until(Stage.EVALUATION, builders.a_night(run, dataset=run, workflow=run))
    entities = data.draw(st.sets(st.sampled_from(sorted(wanted.entities))))
    edges = data.draw(st.sets(st.sampled_from(sorted(wanted.associations))))
    part = Graph(
        {ref: wanted.entities[ref] for ref in entities},
        frozenset(edge for edge in edges if {edge.source, edge.destination} <= entities),
    )
    store.apply(part, EMPTY)
    snapshot = store.read(wanted, {})
    assert snapshot.graph == part
    plan = wanted - snapshot.graph
    assert not set(plan.entities) & entities
    store.apply(plan, snapshot)
    assert not wanted - store.read(wanted, {}).graph


def test_a_blind_writer_finds_what_is_there(store: LineageStore, wanted: Graph) -> None:
    """Every creation is refused, every association too; all of it is looked up instead."""
    first = store.apply(wanted, EMPTY)
    assert store.apply(wanted, EMPTY) == first


def test_properties_of_others_stay(store: LineageStore, sagemaker: Any) -> None:
    theirs = Artifact("s3://adopted/", "DataSet", "adopted", {"Note": "by hand"})
    ours = Artifact("s3://adopted/", "DataSet", "adopted", {"Rows": "10"})
    arns = store.apply(Graph.of(theirs), EMPTY)
    store.apply(Graph.of(ours), store.read(Graph.of(ours), {}))
    found = sagemaker.describe_artifact(ArtifactArn=arns[ours.ref])
    assert found["Properties"] == {"Note": "by hand", "Rows": "10"}


def test_a_status_never_goes_back(store: LineageStore, sagemaker: Any) -> None:
    def action(status: Status, key: str) -> Graph:
        return Graph.of(Action("forward", "NightlyRetrain", "arn:f", status, {key: "told"}))

    store.apply(action(Status.COMPLETED, "One"), EMPTY)
    late = action(Status.IN_PROGRESS, "Other")
    store.apply(late, store.read(late, {}))
    found = sagemaker.describe_action(ActionName="forward")
    assert found["Status"] == "Completed"
    assert found["Properties"] == {"One": "told", "Other": "told"}


def test_the_artifact_of_the_wanted_type_is_preferred(store: LineageStore, sagemaker: Any) -> None:
    wanted = Artifact("s3://twice/", "Model", "twice", {})
    arns = store.apply(Graph.of(wanted), EMPTY)
    sagemaker.create_artifact(
        ArtifactType="Model",
        Source={
            "SourceUri": wanted.source_uri,
            "SourceTypes": [{"SourceIdType": "S3ETag", "Value": "1"}],
        },
    )
    assert store.read(Graph.of(wanted), {}).arns == arns


def test_an_association_with_something_that_is_gone_asks_for_a_retry(
    store: LineageStore,
) -> None:
    one = Artifact("s3://left/", "DataSet", "left", {})
    edge = Association(one.ref, "artifact:s3://gone/", AssociationType.DERIVED_FROM)
    gone = {"artifact:s3://gone/": builders.sagemaker_arn(f"artifact/{'0' * 32}")}
    with pytest.raises(LineageNotReady, match="does not show all of it yet"):
        store.apply(Graph.of(one, associations=[edge]), Snapshot(Graph(), gone))


def test_a_refusal_of_what_does_not_exist_is_told_in_its_own_words(store: LineageStore) -> None:
    """Existence that is not shown yet looks the same; if retries do not help, the words do."""
    nameless = Artifact("s3://refused/", "x" * 257, "refused", {})
    with pytest.raises(LineageNotReady, match="length less than or equal to 256"):
        store.apply(Graph.of(nameless), EMPTY)


def test_a_refusal_of_an_association_is_told_in_its_own_words(store: LineageStore) -> None:
    one = Artifact("s3://itself/", "DataSet", "itself", {})
    loop = Association(one.ref, one.ref, AssociationType.DERIVED_FROM)
    with pytest.raises(LineageNotReady, match="cannot be associated with itself"):
        store.apply(Graph.of(one, associations=[loop]), EMPTY)


def test_what_is_missing_is_told_exactly(
    store: LineageStore, wanted: Graph, client: Callable[[str], Any]
) -> None:
    arns = store.apply(wanted, EMPTY)
    (edge,) = (it for it in wanted.associations if it.destination.endswith("evaluation.json"))
    client("sagemaker").delete_association(
        SourceArn=arns[edge.source], DestinationArn=arns[edge.destination]
    )
    missing = store.missing(wanted, arns)
    assert edge in missing.associations
    assert edge.destination not in missing.entities
    assert edge.source in missing.entities


def test_everything_is_missing_where_nothing_is_known(store: LineageStore, wanted: Graph) -> None:
    missing = store.missing(wanted, {})
    assert set(wanted.entities) - set(missing.entities) == {
        ref for ref in wanted.entities if ref.startswith("context:")
    }
