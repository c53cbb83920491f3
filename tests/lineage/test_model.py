from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from lineage.errors import EntityConflict
from lineage.model import Action, Artifact, Association, Graph
from lineage.vocabulary import AssociationType, Status
from tests.lineage.graphs import graphs

DATA = Artifact("s3://bucket/data", "DataSet", "data", {"Rows": "10"})
JOB = Action("job", "ProcessingJob", "arn:job", Status.IN_PROGRESS, {"Image": "xgboost"})
MODEL = Artifact("s3://bucket/model", "Model", "model")
READS = Association(DATA.ref, JOB.ref, AssociationType.CONTRIBUTED_TO)
WRITES = Association(JOB.ref, MODEL.ref, AssociationType.PRODUCED)
CHAIN = Graph.of(DATA, JOB, MODEL, associations=[READS, WRITES])


@given(graphs())
def test_a_graph_united_with_itself_is_itself(graph: Graph) -> None:
    assert graph | graph == graph


@given(graphs(), graphs())
def test_the_order_of_a_union_does_not_matter(one: Graph, other: Graph) -> None:
    assert one | other == other | one


@given(graphs(), graphs(), graphs())
def test_the_grouping_of_unions_does_not_matter(one: Graph, two: Graph, three: Graph) -> None:
    assert (one | two) | three == one | (two | three)


@given(graphs(), graphs())
def test_applying_the_difference_leaves_no_difference(wanted: Graph, existing: Graph) -> None:
    plan = wanted - existing
    assert not wanted - (existing | plan)


@given(graphs(), graphs())
def test_a_union_tells_everything_that_its_parts_tell(one: Graph, other: Graph) -> None:
    assert not one - (one | other)
    assert not other - (one | other)


@given(graphs(), graphs())
def test_nothing_that_exists_in_full_is_planned(wanted: Graph, existing: Graph) -> None:
    assert not (wanted - existing).associations & existing.associations
    assert all(existing.entities.get(ref) != it for ref, it in (wanted - existing).entities.items())


def test_a_missing_property_is_a_difference() -> None:
    bare = replace(DATA, properties={})
    assert Graph.of(DATA) - Graph.of(bare) == Graph.of(DATA)


def test_a_property_that_only_exists_is_no_difference() -> None:
    noted = replace(DATA, properties={**DATA.properties, "Note": "by hand"})
    assert not Graph.of(DATA) - Graph.of(noted)


def test_a_changed_property_is_a_difference() -> None:
    changed = replace(DATA, properties={"Rows": "11"})
    assert Graph.of(DATA) - Graph.of(changed) == Graph.of(DATA)


def test_a_status_moves_forward_only() -> None:
    completed = replace(JOB, status=Status.COMPLETED)
    assert (Graph.of(completed) | Graph.of(JOB)).entities[JOB.ref] == completed
    assert not Graph.of(JOB) - Graph.of(completed)
    assert Graph.of(completed) - Graph.of(JOB) == Graph.of(completed)


def test_two_values_of_one_property_are_a_conflict() -> None:
    with pytest.raises(EntityConflict, match="Rows of artifact:s3://bucket/data"):
        Graph.of(DATA) | Graph.of(replace(DATA, properties={"Rows": "11"}))


def test_one_name_for_two_jobs_is_a_conflict() -> None:
    with pytest.raises(EntityConflict, match="arn:other"):
        Graph.of(JOB) | Graph.of(replace(JOB, source_uri="arn:other"))


def test_entities_of_a_type_come_in_the_order_of_their_refs() -> None:
    first = Artifact("s3://bucket/a", "DataSet", "a")
    assert Graph.of(DATA, JOB, first).artifacts("DataSet") == (first, DATA)


def test_only_an_empty_graph_is_false() -> None:
    assert not Graph()
    assert Graph.of(DATA)
    assert Graph.of(associations=[READS])
