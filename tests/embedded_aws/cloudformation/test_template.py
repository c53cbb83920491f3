"""Templates as text: YAML with short forms, JSON, and what is wrong with them."""

from __future__ import annotations

import json

import pytest

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.template import parse

RESOURCES = "Resources: {Q: {Type: AWS::SQS::Queue}}\n"


def value_of(yaml: str) -> object:
    document = parse(f"Resources:\n  Q:\n    Type: T\n    Properties:\n      P: {yaml}\n")
    return document["Resources"]["Q"]["Properties"]["P"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Q", {"Ref": "Q"}),
        ("!Sub '${Q}-x'", {"Fn::Sub": "${Q}-x"}),
        ("!Sub ['${a}', {a: !Ref Q}]", {"Fn::Sub": ["${a}", {"a": {"Ref": "Q"}}]}),
        ("!GetAtt Q.Arn", {"Fn::GetAtt": ["Q", "Arn"]}),
        ("!GetAtt Q.Outputs.Arn", {"Fn::GetAtt": ["Q", "Outputs.Arn"]}),
        ("!GetAtt [Q, Arn]", {"Fn::GetAtt": ["Q", "Arn"]}),
        ("!If [C, !Ref Q, x]", {"Fn::If": ["C", {"Ref": "Q"}, "x"]}),
        ("!Join ['-', [a, !Ref Q]]", {"Fn::Join": ["-", ["a", {"Ref": "Q"}]]}),
        ("!Condition C", {"Condition": "C"}),
    ],
)
def test_a_short_form_is_its_long_form(short: str, long: object) -> None:
    assert value_of(short) == long


@pytest.mark.parametrize(
    ("yaml", "value"),
    [("2012-10-17", "2012-10-17"), ("'5'", "5"), ("5", 5), ("true", True), ("1.5", 1.5)],
)
def test_scalars_keep_their_yaml_types_except_dates(yaml: str, value: object) -> None:
    """``Version: 2012-10-17`` is text in every policy document."""
    assert value_of(yaml) == value


def test_aliases_repeat_their_anchor() -> None:
    document = parse(f"{RESOURCES}Outputs: {{A: &a {{Value: !Ref Q}}, B: *a}}")
    assert document["Outputs"]["B"] == {"Value": {"Ref": "Q"}}


def test_json_is_a_template_too() -> None:
    template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
    assert parse(json.dumps(template)) == template


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Resources: [", "YAML not well-formed"),
        ('{"Resources": ', "JSON not well-formed"),
        ("just text", "unsupported structure"),
        ("Resources: {Q: {Type: T, Type: U}}", "duplicate keys"),
        ("Description: nothing else", "At least one Resources member"),
        (RESOURCES + "Colour: red", "Invalid template property or properties [Colour]"),
        (RESOURCES + "Hooks: {H: {}}", "does not support the template sections ['Hooks']"),
    ],
)
def test_a_wrong_template_is_refused_by_name(text: str, complaint: str) -> None:
    with pytest.raises(TemplateError) as refused:
        parse(text)
    assert complaint in str(refused.value)
