from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

PassSeconds = Callable[[float], datetime]
Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


class Night:
    """raw -> featurise -> train set -> training -> model -> deployment -> endpoint."""

    def __init__(self, lineage: Any) -> None:
        self.raw = lineage.artifact(kind="DataSet", Properties={"day": "1", "rows": "5"})
        self.featurise = lineage.action(kind="ProcessingJob")
        self.train = lineage.artifact(kind="DataSet", Properties={"day": "2"})
        self.training = lineage.action(kind="TrainingJob")
        self.model = lineage.artifact(kind="Model")
        self.deployment = lineage.action(kind="ModelDeployment")
        self.endpoint = lineage.context(kind="Endpoint")
        self.line = [
            self.raw,
            self.featurise,
            self.train,
            self.training,
            self.model,
            self.deployment,
            self.endpoint,
        ]
        for source, destination in pairwise(self.line):
            lineage.join(source, destination)


@pytest.fixture
def night(lineage: Any) -> Night:
    return Night(lineage)


def vertices(answer: Any) -> list[str]:
    return [vertex["Arn"] for vertex in answer["Vertices"]]


def edges(answer: Any) -> set[tuple[str, str]]:
    return {(edge["SourceArn"], edge["DestinationArn"]) for edge in answer["Edges"]}


def test_ascendants_are_walked_to_the_source(sagemaker: Any, night: Night) -> None:
    """Guide "Querying Lineage Entities": a model's ascendants are its datasets."""
    answer = sagemaker.query_lineage(StartArns=[night.model], Direction="Ascendants")

    assert vertices(answer) == night.line[4::-1]
    assert edges(answer) == set(pairwise(night.line[:5]))


def test_descendants_are_walked_to_the_endpoint(sagemaker: Any, night: Night) -> None:
    """Guide "Querying Lineage Entities": a model's descendant is its endpoint."""
    answer = sagemaker.query_lineage(StartArns=[night.model], Direction="Descendants")

    assert vertices(answer) == night.line[4:]


def test_vertices_and_edges_tell_their_types(sagemaker: Any, night: Night) -> None:
    answer = sagemaker.query_lineage(
        StartArns=[night.deployment], Direction="Descendants", MaxDepth=1
    )

    assert answer["Vertices"][1] == {
        "Arn": night.endpoint,
        "Type": "Endpoint",
        "LineageType": "Context",
    }
    assert answer["Edges"] == [
        {
            "SourceArn": night.deployment,
            "DestinationArn": night.endpoint,
            "AssociationType": "ContributedTo",
        }
    ]


def test_both_is_the_default_and_turns_around_everywhere(sagemaker: Any, lineage: Any) -> None:
    """Guide "Querying Lineage Entities": a shared image joins two models' endpoints."""
    image = lineage.artifact(kind="Image")
    models = [lineage.artifact(kind="Model") for _ in range(2)]
    for model in models:
        lineage.join(image, model)

    answer = sagemaker.query_lineage(StartArns=[models[0]])

    assert set(vertices(answer)) == {image, *models}


def test_depth_counts_associations_from_the_start(sagemaker: Any, night: Night) -> None:
    """API reference of QueryLineage, MaxDepth."""
    answer = sagemaker.query_lineage(StartArns=[night.model], Direction="Ascendants", MaxDepth=2)

    assert vertices(answer) == [night.model, night.training, night.train]


def test_walks_go_ten_deep_and_no_deeper(sagemaker: Any, lineage: Any, refused: Refused) -> None:
    """Guide "Querying Lineage Entities": the maximum depth is 10."""
    chain = lineage.chain(13)

    answer = sagemaker.query_lineage(StartArns=[chain[0]], Direction="Descendants")

    assert vertices(answer) == chain[:11]
    code, _ = refused(sagemaker.query_lineage, StartArns=[chain[0]], MaxDepth=11)
    assert code == "ValidationException"


def test_without_edges_only_matches_are_returned(sagemaker: Any, night: Night) -> None:
    """API reference of QueryLineage, IncludeEdges."""
    answer = sagemaker.query_lineage(
        StartArns=[night.endpoint],
        Direction="Ascendants",
        IncludeEdges=False,
        Filters={"LineageTypes": ["Artifact"], "Types": ["DataSet"]},
    )

    assert vertices(answer) == [night.train, night.raw]
    assert answer["Edges"] == []


def test_with_edges_what_lies_on_the_path_to_a_match_is_returned_too(
    sagemaker: Any, night: Night, lineage: Any
) -> None:
    """API reference of QueryLineage, IncludeEdges: "and lineage entities on the path"."""
    aside = lineage.artifact(kind="Image")
    lineage.join(aside, night.training)

    answer = sagemaker.query_lineage(
        StartArns=[night.model],
        Direction="Ascendants",
        Filters={"Types": ["ProcessingJob"]},
    )

    assert vertices(answer) == [night.model, night.training, night.train, night.featurise]
    assert len(answer["Edges"]) == 3


def test_a_filter_that_nothing_matches_returns_nothing(sagemaker: Any, night: Night) -> None:
    answer = sagemaker.query_lineage(StartArns=[night.model], Filters={"Types": ["Nothing"]})

    assert answer["Vertices"] == []
    assert answer["Edges"] == []


def test_properties_match_if_any_pair_does(sagemaker: Any, night: Night) -> None:
    """API reference of QueryFilters, Properties."""
    answer = sagemaker.query_lineage(
        StartArns=[night.model],
        Direction="Ascendants",
        IncludeEdges=False,
        Filters={"Properties": {"day": "2", "rows": "5"}},
    )

    assert vertices(answer) == [night.train, night.raw]


def test_created_and_modified_times_filter(
    sagemaker: Any, lineage: Any, pass_seconds: PassSeconds
) -> None:
    """API reference of QueryFilters; whether the bounds themselves count is undocumented."""
    old = lineage.artifact()
    between = pass_seconds(60)
    pass_seconds(60)
    young = lineage.artifact()
    lineage.join(old, young)
    born = pass_seconds(60)
    pass_seconds(60)
    sagemaker.update_artifact(ArtifactArn=old, ArtifactName="touched")

    def found(**filters: datetime) -> list[str]:
        answer = sagemaker.query_lineage(StartArns=[old], IncludeEdges=False, Filters=filters)
        return vertices(answer)

    assert found(CreatedBefore=between) == [old]
    assert found(CreatedAfter=between) == [young]
    assert found(ModifiedAfter=born) == [old]
    assert found(ModifiedBefore=born) == [young]


def test_at_most_50_vertices_come_at_once(sagemaker: Any, lineage: Any, refused: Refused) -> None:
    """API model: QueryLineageMaxResults; pages together hold every vertex and edge once."""
    hub = lineage.action()
    spokes = {lineage.artifact() for _ in range(120)}
    for spoke in spokes:
        lineage.join(spoke, hub)

    request = {"StartArns": [hub], "Direction": "Ascendants"}
    pages = [sagemaker.query_lineage(**request)]
    while token := pages[-1].get("NextToken"):
        pages.append(sagemaker.query_lineage(**request, NextToken=token))

    assert [len(page["Vertices"]) for page in pages] == [50, 50, 21]
    assert {arn for page in pages for arn in vertices(page)} == {hub, *spokes}
    assert sum(len(page["Edges"]) for page in pages) == 120
    assert refused(sagemaker.query_lineage, **request, MaxResults=51)[0] == "ValidationException"


def test_an_edge_comes_with_the_later_of_its_vertices(sagemaker: Any, lineage: Any) -> None:
    chain = lineage.chain(4)
    request = {"StartArns": [chain[0]], "Direction": "Descendants", "MaxResults": 2}

    first = sagemaker.query_lineage(**request)
    second = sagemaker.query_lineage(**request, NextToken=first["NextToken"])

    assert edges(first) == {(chain[0], chain[1])}
    assert edges(second) == {(chain[1], chain[2]), (chain[2], chain[3])}
    assert "NextToken" not in second


def test_a_token_belongs_to_its_query(sagemaker: Any, lineage: Any, refused: Refused) -> None:
    chain = lineage.chain(3)
    token = sagemaker.query_lineage(StartArns=[chain[0]], MaxResults=1)["NextToken"]

    code, _ = refused(sagemaker.query_lineage, StartArns=[chain[1]], NextToken=token)

    assert code == "ValidationException"


def test_a_query_starts_at_one_entity(sagemaker: Any, lineage: Any, refused: Refused) -> None:
    """API model: QueryLineageStartArns holds at most 1."""
    two = [lineage.artifact(), lineage.artifact()]

    assert refused(sagemaker.query_lineage, StartArns=two)[0] == "ValidationException"
    assert refused(sagemaker.query_lineage, StartArns=[])[0] == "ValidationException"


def test_a_missing_start_is_not_found(sagemaker: Any, refused: Refused) -> None:
    """API reference of QueryLineage: ResourceNotFound."""
    missing = f"{PREFIX}:artifact/{'0' * 32}"

    assert refused(sagemaker.query_lineage, StartArns=[missing])[0] == "ResourceNotFound"


def test_more_filters_than_the_model_allows_are_refused(
    sagemaker: Any, night: Night, refused: Refused
) -> None:
    """API model: QueryTypes at most 5, QueryProperties at most 5."""
    six = [str(number) for number in range(6)]

    for filters in ({"Types": six}, {"Properties": dict.fromkeys(six, "")}):
        code, _ = refused(sagemaker.query_lineage, StartArns=[night.raw], Filters=filters)
        assert code == "ValidationException"


def test_circles_end(sagemaker: Any, lineage: Any) -> None:
    first, second = lineage.chain(2)
    lineage.join(second, first)

    answer = sagemaker.query_lineage(StartArns=[first], Direction="Descendants")

    assert vertices(answer) == [first, second]
    assert len(answer["Edges"]) == 2
