"""Every supported resource type against CloudFormation's own schema of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import regex

from embedded_aws.cloudformation import schemas
from embedded_aws.cloudformation.resources import HANDLERS
from embedded_aws.cloudformation.resources.handler import Handler

TYPES = sorted(HANDLERS)


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for item in schema:
            yield from patterns(item)
    elif isinstance(schema, dict):
        yield from schema.get("patternProperties", {})
        for name, item in schema.items():
            if name == "pattern" and isinstance(item, str):
                yield item
            else:
                yield from patterns(item)


@pytest.mark.parametrize("resource_type", TYPES)
def test_its_properties_exist(resource_type: str) -> None:
    schema = schemas.load(resource_type)
    assert schema is not None
    assert HANDLERS[resource_type].properties <= schema.properties.keys()


@pytest.fixture(scope="module")
def provider_schemas() -> Any:
    """Imported by the one worker that needs it, when it does: that alone takes seconds."""
    return import_module("cfnlint.schema.manager").PROVIDER_SCHEMA_MANAGER


@pytest.mark.parametrize("resource_type", TYPES)
def test_its_attributes_are_legal_in_get_att(resource_type: str, provider_schemas: Any) -> None:
    legal = provider_schemas.get_resource_schema("us-east-1", resource_type).get_atts
    assert HANDLERS[resource_type].attributes <= set(legal.keys())


@pytest.mark.parametrize("resource_type", TYPES)
def test_it_can_update_every_property_that_does_not_replace_it(resource_type: str) -> None:
    schema, handler = schemas.load(resource_type), HANDLERS[resource_type]
    assert schema is not None
    replacing = {path.split(".")[0] for path in schema.create_only}
    if handler.properties - replacing:
        assert type(handler).update is not Handler.update


@pytest.mark.parametrize("resource_type", TYPES)
def test_its_patterns_can_be_read(resource_type: str) -> None:
    """They are in Java's dialect."""
    schema = schemas.load(resource_type)
    assert schema is not None
    for pattern in patterns(schema.document):
        regex.compile(pattern)


def test_the_schemas_are_those_of_cfn_lint(provider_schemas: Any) -> None:
    schema = schemas.load("AWS::S3::Bucket")
    assert schema is not None
    theirs = provider_schemas.get_resource_schema("us-east-1", "AWS::S3::Bucket").schema
    assert schema.document == theirs


def test_a_type_that_does_not_exist_has_no_schema() -> None:
    assert schemas.load("AWS::S3::Bucked") is None
