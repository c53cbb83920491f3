from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


def test_an_association_is_listed_from_either_end(sagemaker: Any, lineage: Any) -> None:
    artifact = lineage.artifact(kind="DataSet", ArtifactName="input")
    action = lineage.action("consumer", "ProcessingJob")
    lineage.join(artifact, action, "ContributedTo")

    (outgoing,) = sagemaker.list_associations(SourceArn=artifact)["AssociationSummaries"]
    (incoming,) = sagemaker.list_associations(DestinationArn=action)["AssociationSummaries"]

    assert outgoing == incoming
    assert outgoing["SourceType"] == "DataSet"
    assert outgoing["DestinationType"] == "ProcessingJob"
    assert outgoing["AssociationType"] == "ContributedTo"
    assert outgoing["SourceName"] == "input"
    assert outgoing["DestinationName"] == "consumer"


def test_a_pair_is_associated_at_most_once(sagemaker: Any, lineage: Any, refused: Refused) -> None:
    """SageMaker SDK, serve/utils/lineage_utils.py treats the second as existing."""
    source, destination = lineage.chain(2)

    code, message = refused(
        sagemaker.add_association,
        SourceArn=source,
        DestinationArn=destination,
        AssociationType="Produced",
    )

    assert code == "ValidationException"
    assert "already exists" in message


def test_the_opposite_direction_is_another_association(sagemaker: Any, lineage: Any) -> None:
    source, destination = lineage.chain(2)

    lineage.join(destination, source)

    assert len(sagemaker.list_associations(SourceArn=destination)["AssociationSummaries"]) == 1


@pytest.mark.parametrize(
    "resource",
    ["training-job/x", "model-package/group/1", "endpoint/x"],
)
def test_arns_of_other_resources_are_refused(resource: str, lineage: Any, refused: Refused) -> None:
    """API model: AssociationEntityArn admits lineage and experiment entities only."""
    arn = lineage.artifact()

    code, _ = refused(lineage.join, source=f"{PREFIX}:{resource}", destination=arn)

    assert code == "ValidationException"


def test_a_missing_end_is_not_found(lineage: Any, refused: Refused) -> None:
    """API reference of AddAssociation: ResourceNotFound."""
    arn = lineage.artifact()
    missing = f"{PREFIX}:action/never-made"

    assert refused(lineage.join, source=arn, destination=missing)[0] == "ResourceNotFound"
    assert refused(lineage.join, source=missing, destination=arn)[0] == "ResourceNotFound"


def test_nothing_is_associated_with_itself(lineage: Any, refused: Refused) -> None:
    """Undocumented; refused so that a slip shows."""
    arn = lineage.artifact()

    assert refused(lineage.join, source=arn, destination=arn)[0] == "ValidationException"


def test_an_unknown_association_type_is_refused(lineage: Any, refused: Refused) -> None:
    """API model: AssociationEdgeType."""
    code, _ = refused(
        lineage.join, source=lineage.artifact(), destination=lineage.artifact(), kind="Consumed"
    )

    assert code == "ValidationException"


def test_the_type_is_optional(sagemaker: Any, lineage: Any) -> None:
    source, destination = lineage.artifact(), lineage.artifact()
    sagemaker.add_association(SourceArn=source, DestinationArn=destination)

    (listed,) = sagemaker.list_associations(SourceArn=source)["AssociationSummaries"]

    assert "AssociationType" not in listed


def test_a_deleted_association_is_gone_and_can_be_made_again(sagemaker: Any, lineage: Any) -> None:
    source, destination = lineage.chain(2)

    sagemaker.delete_association(SourceArn=source, DestinationArn=destination)

    assert sagemaker.list_associations(SourceArn=source)["AssociationSummaries"] == []
    lineage.join(source, destination)


def test_deleting_a_missing_association_is_not_found(
    sagemaker: Any, lineage: Any, refused: Refused
) -> None:
    """API reference of DeleteAssociation: ResourceNotFound."""
    code, _ = refused(
        sagemaker.delete_association,
        SourceArn=lineage.artifact(),
        DestinationArn=lineage.artifact(),
    )

    assert code == "ResourceNotFound"


def test_associations_are_filtered_by_the_types_of_edge_and_ends(
    sagemaker: Any, lineage: Any
) -> None:
    action = lineage.action(kind="TrainingJob")
    dataset, image = lineage.artifact(kind="DataSet"), lineage.artifact(kind="Image")
    model = lineage.artifact(kind="Model")
    lineage.join(dataset, action, "ContributedTo")
    lineage.join(image, action, "AssociatedWith")
    lineage.join(action, model, "Produced")

    def sources(**filters: str) -> list[str]:
        listed = sagemaker.list_associations(DestinationArn=action, **filters)
        return [each["SourceArn"] for each in listed["AssociationSummaries"]]

    assert sources(SourceType="DataSet") == [dataset]
    assert sources(AssociationType="AssociatedWith") == [image]
    assert sources(SourceType="Model") == []


def test_associations_sort_and_page(sagemaker: Any, lineage: Any) -> None:
    hub = lineage.action()
    sources = sorted(lineage.artifact() for _ in range(5))
    for source in sources:
        lineage.join(source, hub)

    pages = sagemaker.get_paginator("list_associations").paginate(
        DestinationArn=hub,
        SortBy="SourceArn",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": 2},
    )

    listed = [each["SourceArn"] for page in pages for each in page["AssociationSummaries"]]
    assert listed == sources


def test_of_many_callers_exactly_one_makes_an_association(lineage: Any) -> None:
    """Lineage writers retry and race; the answer must not depend on luck."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # only this test races

    source, destination = lineage.artifact(), lineage.artifact()

    def attempt(_: int) -> str:
        try:
            lineage.join(source, destination)
        except ClientError as refusal:
            return str(refusal.response["Error"]["Code"])
        return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))

    assert sorted(outcomes) == ["ValidationException"] * 7 + ["made"]
