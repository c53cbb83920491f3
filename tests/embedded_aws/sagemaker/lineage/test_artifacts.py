from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

PassSeconds = Callable[[float], datetime]
Refused = Callable[..., tuple[str, str]]
ARN = "arn:aws:sagemaker:us-east-1:123456789012:artifact/"


def test_an_artifact_is_described_as_it_was_created(sagemaker: Any) -> None:
    created = sagemaker.create_artifact(
        ArtifactName="train",
        Source={
            "SourceUri": "s3://b/described",
            "SourceTypes": [{"SourceIdType": "S3ETag", "Value": "e"}],
        },
        ArtifactType="DataSet",
        Properties={"rows": "12"},
        MetadataProperties={"CommitId": "abc"},
    )

    described = sagemaker.describe_artifact(ArtifactArn=created["ArtifactArn"])

    assert described["ArtifactName"] == "train"
    assert described["Source"]["SourceTypes"] == [{"SourceIdType": "S3ETag", "Value": "e"}]
    assert described["ArtifactType"] == "DataSet"
    assert described["Properties"] == {"rows": "12"}
    assert described["MetadataProperties"] == {"CommitId": "abc"}
    assert described["CreationTime"] == described["LastModifiedTime"]


def test_an_artifacts_arn_ends_in_32_hex_digits(lineage: Any) -> None:
    """API reference of CreateArtifact; AWS SDK sources."""
    assert re.fullmatch(re.escape(ARN) + "[0-9a-f]{32}", lineage.artifact())


def test_the_same_source_is_refused_as_existing(sagemaker: Any, refused: Refused) -> None:
    """Guide "Manually create tracking entities"; sagemaker SDK, is_already_exist_error."""
    request = {"Source": {"SourceUri": "s3://b/twice"}, "ArtifactType": "DataSet"}
    sagemaker.create_artifact(**request)

    code, message = refused(sagemaker.create_artifact, **request)

    assert code == "ValidationException"
    assert "already exists" in message


def test_another_type_does_not_make_another_artifact_of_one_source(
    sagemaker: Any, lineage: Any, refused: Refused
) -> None:
    """Undocumented: what AWS hashes besides the source is not known."""
    lineage.artifact("s3://b/other-type", "DataSet")

    code, _ = refused(
        sagemaker.create_artifact,
        Source={"SourceUri": "s3://b/other-type"},
        ArtifactType="Model",
    )

    assert code == "ValidationException"


def test_other_source_types_make_another_artifact_of_one_uri(sagemaker: Any, lineage: Any) -> None:
    """SageMaker SDK, ModelBuilder: parallel artifacts on one URI."""
    plain = lineage.artifact("s3://b/parallel")
    typed = sagemaker.create_artifact(
        Source={
            "SourceUri": "s3://b/parallel",
            "SourceTypes": [{"SourceIdType": "S3ETag", "Value": "e"}],
        },
        ArtifactType="DataSet",
    )["ArtifactArn"]

    listed = sagemaker.list_artifacts(SourceUri="s3://b/parallel")["ArtifactSummaries"]

    assert {each["ArtifactArn"] for each in listed} == {plain, typed}


def test_artifact_names_may_repeat(lineage: Any) -> None:
    """SageMaker SDK's integration tests reuse names, whatever the API reference says."""
    assert lineage.artifact(ArtifactName="same") != lineage.artifact(ArtifactName="same")


def test_an_update_overwrites_all_properties(sagemaker: Any, lineage: Any) -> None:
    """API reference of UpdateArtifact: "Overwrites the current property list"."""
    arn = lineage.artifact(Properties={"kept": "no", "also": "no"})

    sagemaker.update_artifact(ArtifactArn=arn, Properties={"new": "1"})

    assert sagemaker.describe_artifact(ArtifactArn=arn)["Properties"] == {"new": "1"}


def test_an_update_without_properties_keeps_them(sagemaker: Any, lineage: Any) -> None:
    arn = lineage.artifact(Properties={"a": "1"})

    sagemaker.update_artifact(ArtifactArn=arn, ArtifactName="renamed")

    described = sagemaker.describe_artifact(ArtifactArn=arn)
    assert described["Properties"] == {"a": "1"}
    assert described["ArtifactName"] == "renamed"
    assert described["LastModifiedTime"] > described["CreationTime"]


def test_properties_can_be_removed_by_key(sagemaker: Any, lineage: Any) -> None:
    arn = lineage.artifact(Properties={"a": "1", "b": "2"})

    sagemaker.update_artifact(ArtifactArn=arn, PropertiesToRemove=["a", "absent"])

    assert sagemaker.describe_artifact(ArtifactArn=arn)["Properties"] == {"b": "2"}


def test_more_than_30_properties_are_refused(sagemaker: Any, refused: Refused) -> None:
    """API model: ArtifactProperties holds at most 30 pairs."""
    code, _ = refused(
        sagemaker.create_artifact,
        Source={"SourceUri": "s3://b/many"},
        ArtifactType="DataSet",
        Properties={str(number): "" for number in range(31)},
    )

    assert code == "ValidationException"


def test_property_values_longer_than_4096_are_refused(sagemaker: Any, refused: Refused) -> None:
    """API model: ArtifactPropertyValue."""
    code, _ = refused(
        sagemaker.create_artifact,
        Source={"SourceUri": "s3://b/long"},
        ArtifactType="DataSet",
        Properties={"key": "v" * 4097},
    )

    assert code == "ValidationException"


def test_names_with_underscores_are_refused(sagemaker: Any, refused: Refused) -> None:
    """API model: ExperimentEntityName."""
    code, _ = refused(
        sagemaker.create_artifact,
        ArtifactName="a_b",
        Source={"SourceUri": "s3://b/underscore"},
        ArtifactType="DataSet",
    )

    assert code == "ValidationException"


def test_a_missing_artifact_is_not_found(sagemaker: Any, refused: Refused) -> None:
    """API reference of DescribeArtifact: ResourceNotFound."""
    missing = ARN + "0" * 32

    assert refused(sagemaker.describe_artifact, ArtifactArn=missing)[0] == "ResourceNotFound"
    assert refused(sagemaker.update_artifact, ArtifactArn=missing)[0] == "ResourceNotFound"
    assert refused(sagemaker.delete_artifact, ArtifactArn=missing)[0] == "ResourceNotFound"


def test_an_artifact_is_deleted_by_its_source(sagemaker: Any, lineage: Any) -> None:
    arn = lineage.artifact("s3://b/deleted")

    assert sagemaker.delete_artifact(Source={"SourceUri": "s3://b/deleted"})["ArtifactArn"] == arn

    assert sagemaker.list_artifacts(SourceUri="s3://b/deleted")["ArtifactSummaries"] == []


def test_deleting_wants_one_way_to_name_the_artifact(sagemaker: Any, refused: Refused) -> None:
    """API reference of DeleteArtifact: "Either ArtifactArn or Source must be specified"."""
    assert refused(sagemaker.delete_artifact)[0] == "ValidationException"


def test_a_deleted_artifact_can_be_created_again_under_the_same_arn(
    sagemaker: Any, lineage: Any
) -> None:
    arn = lineage.artifact("s3://b/again")
    sagemaker.delete_artifact(ArtifactArn=arn)

    assert lineage.artifact("s3://b/again") == arn


def test_an_associated_artifact_cannot_be_deleted(
    sagemaker: Any, lineage: Any, refused: Refused
) -> None:
    """SageMaker SDK: delete(disassociate=True) deletes the associations first."""
    source, destination = lineage.chain(2)

    assert refused(sagemaker.delete_artifact, ArtifactArn=source)[0] == "ValidationException"
    assert refused(sagemaker.delete_artifact, ArtifactArn=destination)[0] == "ValidationException"

    sagemaker.delete_association(SourceArn=source, DestinationArn=destination)
    sagemaker.delete_artifact(ArtifactArn=source)


def test_lists_are_newest_first_and_filtered_by_type_and_time(
    sagemaker: Any, lineage: Any, pass_seconds: PassSeconds
) -> None:
    """API reference of ListArtifacts."""
    first = lineage.artifact(kind="Listed")
    between = pass_seconds(60)
    pass_seconds(60)
    second = lineage.artifact(kind="Listed")
    lineage.artifact(kind="Not listed")

    def listed(**window: datetime) -> list[str]:
        answer = sagemaker.list_artifacts(ArtifactType="Listed", **window)
        return [each["ArtifactArn"] for each in answer["ArtifactSummaries"]]

    assert listed() == [second, first]
    assert listed(CreatedBefore=between) == [first]
    assert listed(CreatedAfter=between) == [second]


def test_lists_come_in_pages_of_ten(sagemaker: Any, lineage: Any) -> None:
    """API reference of ListArtifacts: "The default value is 10"."""
    made = [lineage.artifact(kind="Paged") for _ in range(23)]

    pages = list(sagemaker.get_paginator("list_artifacts").paginate(ArtifactType="Paged"))

    assert [len(page["ArtifactSummaries"]) for page in pages] == [10, 10, 3]
    listed = [each["ArtifactArn"] for page in pages for each in page["ArtifactSummaries"]]
    assert listed == made[::-1]


def test_a_token_survives_deletions_between_pages(sagemaker: Any, lineage: Any) -> None:
    made = [lineage.artifact(kind="Shrinking") for _ in range(4)]
    request = {"ArtifactType": "Shrinking", "SortOrder": "Ascending", "MaxResults": 2}
    token = sagemaker.list_artifacts(**request)["NextToken"]
    sagemaker.delete_artifact(ArtifactArn=made[1])

    rest = sagemaker.list_artifacts(**request, NextToken=token)["ArtifactSummaries"]

    assert [each["ArtifactArn"] for each in rest] == made[2:]


def test_an_invented_token_is_refused(sagemaker: Any, refused: Refused) -> None:
    assert refused(sagemaker.list_artifacts, NextToken="made up")[0] == "ValidationException"
    assert refused(sagemaker.list_artifacts, NextToken="e30=")[0] == "ValidationException"


def test_artifacts_carry_tags(sagemaker: Any, lineage: Any) -> None:
    arn = lineage.artifact(Tags=[{"Key": "stack", "Value": "dev"}])

    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "stack", "Value": "dev"}]


def test_an_artifact_with_duplicate_tags_is_not_created(sagemaker: Any, refused: Refused) -> None:
    code, _ = refused(
        sagemaker.create_artifact,
        Source={"SourceUri": "s3://b/twice-tagged"},
        ArtifactType="DataSet",
        Tags=[{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}],
    )

    assert code == "ValidationException"
    assert sagemaker.list_artifacts(SourceUri="s3://b/twice-tagged")["ArtifactSummaries"] == []
