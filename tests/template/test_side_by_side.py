"""Stacks live side by side in one account, and an update replaces nothing that holds something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from embedded_aws.cloudformation import schemas
from tests.template.project import project

PARAMETERS = set(project().template["Parameters"])
OWN = {"AWS::StackName", "AWS::StackId"}
MADE_ANEW = {
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    # Another address is another subscription, which its owner confirms.
    "AWS::SNS::Subscription",
}
"""Types of which an update makes a new one on purpose."""
NAMED_WITHIN_A_RESOURCE = {"AWS::Lambda::Alias", "AWS::StepFunctions::StateMachineAlias"}


@cache
def resources() -> dict[str, dict[str, Any]]:
    """What is deployed, after SAM's transform."""
    found: dict[str, dict[str, Any]] = project().transformed["Resources"]
    return found


def references(value: object) -> Iterator[str]:
    """Every name that a part of the template refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("Ref"), str):
            yield value["Ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, str):
        yield from (part.partition("}")[0] for part in value.split("${")[1:])


def at(properties: Any, path: str) -> object:
    for step in path.split("."):
        properties = properties.get(step) if isinstance(properties, dict) else None
    return properties


def fixed_names() -> Iterator[tuple[str, object]]:
    """The names that the template gives: of all else, CloudFormation makes one up."""
    for logical_id, resource in resources().items():
        schema, properties = schemas.load(resource["Type"]), resource.get("Properties", {})
        if schema and resource["Type"] not in NAMED_WITHIN_A_RESOURCE:
            for path in sorted(schema.create_only | schema.primary_identifier):
                if path.endswith("Name") and at(properties, path) is not None:
                    yield f"{logical_id}.{path}", at(properties, path)


def bound(value: object) -> bool:
    """Whether a name is a stack's own, by its name or by a resource of its."""
    named = set(references(value))
    return bool(named & OWN) or bool({it.partition(".")[0] for it in named} & resources().keys())


def test_every_name_that_the_template_gives_is_the_stacks_own() -> None:
    assert [place for place, name in fixed_names() if not bound(name)] == []


def test_schedules_machines_logs_and_registry_are_among_these_names() -> None:
    kinds = {resources()[place.partition(".")[0]]["Type"] for place, _ in fixed_names()}
    assert {
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
        "AWS::Logs::LogGroup",
        "AWS::SageMaker::ModelPackageGroup",
    } <= kinds


@pytest.mark.parametrize("name", ["CandidateEndpoint", "ProductionEndpoint", "JobPrefix"])
def test_what_a_machine_names_is_the_stacks_own(name: str) -> None:
    machines = project().of_type("AWS::Serverless::StateMachine").values()
    given = [it["DefinitionSubstitutions"].get(name) for it in machines]
    assert all(bound(each) for each in given if each is not None)
    assert any(given)


def creation_only() -> Iterator[tuple[str, object]]:
    """What cannot be changed of a resource, of every one that must not be made anew."""
    for logical_id, resource in resources().items():
        schema = schemas.load(resource["Type"])
        if schema and resource["Type"] not in MADE_ANEW:
            for path in sorted(schema.create_only):
                value = at(resource.get("Properties", {}), path)
                if value is not None:
                    yield f"{logical_id}.{path}", value


def test_no_parameter_replaces_a_resource() -> None:
    """A changed parameter would take the bucket, the machine or the topic's subscribers away."""
    found = {place: PARAMETERS & set(references(value)) for place, value in creation_only()}
    assert {place for place, parameters in found.items() if parameters} == set()
    assert "ModelPackageGroup.ModelPackageGroupName" in found


def test_what_must_be_kept_depends_on_no_condition() -> None:
    """A condition that turns false deletes."""
    kept = {name: it for name, it in resources().items() if it.get("DeletionPolicy") == "Retain"}
    assert {name for name, it in kept.items() if "Condition" in it} == set()
    assert {"Bucket", "ModelPackageGroup"} <= kept.keys()
