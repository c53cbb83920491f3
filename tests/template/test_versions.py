"""What makes a deploy publish new versions, by AWS's own transform."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse
from embedded_aws.cloudformation.transform import transform

FUNCTION, LAYER = "AWS::Serverless::Function", "AWS::Serverless::LayerVersion"


@pytest.fixture
def template() -> dict[str, Any]:
    """The template as `sam package` leaves it: sources are URIs of what was uploaded."""
    document: dict[str, Any] = copy.deepcopy(parse((ROOT / "template.yaml").read_text()))
    del document["Globals"]["Function"]["CodeUri"]
    for resource in document["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == FUNCTION:
            properties["CodeUri"] = "s3://artifacts/lambdas"
        elif resource["Type"] == LAYER:
            properties["ContentUri"] = "s3://artifacts/layer"
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            properties["DefinitionUri"] = "s3://artifacts/machine"
    return document


def versions(template: dict[str, Any]) -> set[str]:
    """Logical ids of function versions; a new id is a new version."""
    defaults = {name: str(rule.get("Default", "")) for name, rule in template["Parameters"].items()}
    resources = transform(template, defaults, "us-east-1")["Resources"]
    return {name for name, it in resources.items() if it["Type"] == "AWS::Lambda::Version"}


def functions(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [it["Properties"] for it in template["Resources"].values() if it["Type"] == FUNCTION]


def references(value: object) -> Iterator[str]:
    """Every name that a part of the template refers to by Ref or Fn::Sub."""
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


def test_new_code_publishes_a_version_of_every_function(template: dict[str, Any]) -> None:
    before = versions(template)
    for function in functions(template):
        function["CodeUri"] = "s3://artifacts/other-lambdas"
    assert len(before) == len(functions(template))
    assert versions(template).isdisjoint(before)


def test_a_new_layer_publishes_a_version_of_every_function(template: dict[str, Any]) -> None:
    """The layer holds lineage/ and jobs/: without this, their new code would never run."""
    before = versions(template)
    template["Resources"]["NightlyLayer"]["Properties"]["ContentUri"] = "s3://artifacts/other"
    assert versions(template).isdisjoint(before)


def test_no_functions_environment_depends_on_a_parameter(template: dict[str, Any]) -> None:
    """A changed parameter would reach $LATEST, but no version: SAM hashes the reference to it."""
    environments = [template["Globals"]["Function"]["Environment"]]
    environments += [function.get("Environment", {}) for function in functions(template)]
    assert set(references(environments)) & set(template["Parameters"]) == set()


def test_a_reference_is_found_however_it_is_written() -> None:
    nested = {"Fn::If": ["Has", {"Ref": "A"}, {"Fn::Sub": ["x-${B}/${C}", {"C": {"Ref": "D"}}]}]}
    assert set(references(nested)) == {"A", "B", "C", "D"}
