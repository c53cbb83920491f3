from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


def test_an_action_is_described_as_it_was_created(sagemaker: Any) -> None:
    source = {"SourceUri": "arn:x", "SourceType": "ARN", "SourceId": "1"}
    sagemaker.create_action(
        ActionName="described-action",
        Source=source,
        ActionType="Evaluation",
        Description="scores the model",
        Status="InProgress",
        Properties={"auc": "0.95"},
        MetadataProperties={"CommitId": "abc"},
    )

    described = sagemaker.describe_action(ActionName="described-action")

    assert described["ActionName"] == "described-action"
    assert described["Source"] == source
    assert described["ActionType"] == "Evaluation"
    assert described["Description"] == "scores the model"
    assert described["Status"] == "InProgress"
    assert described["Properties"] == {"auc": "0.95"}
    assert described["MetadataProperties"] == {"CommitId": "abc"}


def test_a_context_is_described_as_it_was_created(sagemaker: Any, lineage: Any) -> None:
    lineage.context("described_context", "Workflow", Description="d", Properties={"a": "1"})

    described = sagemaker.describe_context(ContextName="described_context")

    assert described["ContextType"] == "Workflow"
    assert described["Description"] == "d"
    assert described["Properties"] == {"a": "1"}


def test_arns_hold_the_name_in_lower_case(lineage: Any) -> None:
    """SageMaker SDK: get_resource_name_from_arn; DataHub's recorded responses."""
    assert lineage.action("Night-Of-May") == f"{PREFIX}:action/night-of-may"
    assert lineage.context("Work_Flow") == f"{PREFIX}:context/work_flow"


def test_an_arn_serves_as_a_name(sagemaker: Any, lineage: Any) -> None:
    """API model: ActionName of DescribeAction is ExperimentEntityNameOrArn."""
    arn = lineage.action("by-arn")

    assert sagemaker.describe_action(ActionName=arn)["ActionName"] == "by-arn"


@pytest.mark.parametrize("kind", ["action", "context"])
def test_a_name_is_refused_as_existing_whatever_its_case(
    kind: str, lineage: Any, refused: Refused
) -> None:
    """Guide "Manually create tracking entities": the ARN is the lower-cased name."""
    create = getattr(lineage, kind)
    create(f"Same-{kind}")

    code, message = refused(create, name=f"same-{kind}")

    assert code == "ValidationException"
    assert "already exists" in message


def test_several_actions_may_share_a_source(sagemaker: Any) -> None:
    """SageMaker SDK's integration tests do."""
    source = {"SourceUri": "arn:shared"}
    for name in ("shared-1", "shared-2"):
        sagemaker.create_action(ActionName=name, Source=source, ActionType="T")

    listed = sagemaker.list_actions(SourceUri="arn:shared", SortBy="Name", SortOrder="Ascending")

    assert [each["ActionName"] for each in listed["ActionSummaries"]] == ["shared-1", "shared-2"]


def test_an_update_overwrites_an_actions_properties(sagemaker: Any, lineage: Any) -> None:
    """API reference of UpdateAction: "Overwrites the current property list"."""
    lineage.action("updated", Properties={"old": "1"}, Description="first")

    sagemaker.update_action(ActionName="updated", Properties={"new": "2"}, Status="Completed")

    described = sagemaker.describe_action(ActionName="updated")
    assert described["Properties"] == {"new": "2"}
    assert described["Status"] == "Completed"
    assert described["Description"] == "first"


def test_a_contexts_properties_can_be_removed(sagemaker: Any, lineage: Any) -> None:
    lineage.context("pruned", Properties={"a": "1", "b": "2"})

    sagemaker.update_context(ContextName="pruned", PropertiesToRemove=["a"])

    assert sagemaker.describe_context(ContextName="pruned")["Properties"] == {"b": "2"}


@pytest.mark.parametrize("operation", ["describe", "update", "delete"])
@pytest.mark.parametrize("kind", ["Action", "Context"])
def test_a_missing_entity_is_not_found(
    operation: str, kind: str, sagemaker: Any, refused: Refused
) -> None:
    """API reference of DescribeAction and its siblings: ResourceNotFound."""
    call = getattr(sagemaker, f"{operation}_{kind.lower()}")

    assert refused(call, **{f"{kind}Name": "never-made"})[0] == "ResourceNotFound"


def test_a_deleted_entity_is_gone(sagemaker: Any, lineage: Any, refused: Refused) -> None:
    arn = lineage.context("short-lived")

    assert sagemaker.delete_context(ContextName="short-lived")["ContextArn"] == arn

    code, _ = refused(sagemaker.describe_context, ContextName="short-lived")
    assert code == "ResourceNotFound"


def test_action_property_values_longer_than_2500_are_refused(
    lineage: Any, refused: Refused
) -> None:
    """API model: StringParameterValue, shorter than an artifact's 4096."""
    assert refused(lineage.action, Properties={"k": "v" * 2501})[0] == "ValidationException"


def test_an_unknown_status_is_refused(lineage: Any, refused: Refused) -> None:
    """API model: ActionStatus."""
    assert refused(lineage.action, Status="Done")[0] == "ValidationException"


def test_actions_are_listed_with_their_status(sagemaker: Any, lineage: Any) -> None:
    lineage.action(kind="Gate", Status="Failed")

    (listed,) = sagemaker.list_actions(ActionType="Gate")["ActionSummaries"]

    assert listed["Status"] == "Failed"
