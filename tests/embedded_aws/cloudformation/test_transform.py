"""The SAM transform."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.transform import SAM, transform

FUNCTION = {"CodeUri": "s3://bucket/key", "Handler": "hello.handler", "Runtime": "python3.13"}


def transformed(**properties: Any) -> dict[str, Any]:
    document = {
        "Transform": SAM,
        "Resources": {
            "Hello": {
                "Type": "AWS::Serverless::Function",
                "Properties": {**FUNCTION, **properties},
            }
        },
    }
    return transform(document, {}, "eu-central-1")


def test_a_serverless_function_becomes_a_function_and_its_role() -> None:
    document = transformed()
    types = {name: body["Type"] for name, body in document["Resources"].items()}
    assert types == {"Hello": "AWS::Lambda::Function", "HelloRole": "AWS::IAM::Role"}
    assert "Transform" not in document


def test_managed_policies_are_found_by_name() -> None:
    role = transformed(Policies="AmazonS3ReadOnlyAccess")["Resources"]["HelloRole"]
    arns = role["Properties"]["ManagedPolicyArns"]
    assert "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" in arns


def test_the_template_given_is_left_as_it_is() -> None:
    document: dict[str, Any] = {
        "Transform": [SAM],
        "Resources": {"H": {"Type": "AWS::Serverless::Function", "Properties": dict(FUNCTION)}},
    }
    transform(document, {}, "us-east-1")
    assert document["Resources"]["H"]["Type"] == "AWS::Serverless::Function"


def test_a_template_without_transform_passes_through() -> None:
    document: dict[str, Any] = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
    assert transform(document, {}, "us-east-1") is document


def test_an_invalid_serverless_resource_is_refused_with_the_reason() -> None:
    with pytest.raises(TemplateError) as refused:
        transformed(Colour="red")
    assert f"Transform {SAM} failed with" in str(refused.value)
    assert "property Colour not defined" in str(refused.value)


def test_other_transforms_are_refused_by_name() -> None:
    document = {"Transform": [SAM, "AWS::LanguageExtensions"], "Resources": {}}
    with pytest.raises(TemplateError, match=r"transforms \['AWS::LanguageExtensions'\]"):
        transform(document, {}, "us-east-1")


def test_the_translator_does_not_complain_about_metrics(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        transformed()
    assert "unpublished metrics" not in caplog.text
