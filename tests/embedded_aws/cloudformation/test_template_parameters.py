"""Template parameters: values given, previous or default, against their declarations."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.parameters import declared, resolve


def resolved(declaration: dict[str, Any], *given: dict[str, Any], **previous: str) -> str:
    parameters = declared({"Parameters": {"P": declaration}})
    return resolve(parameters, given, previous)["P"]


def give(value: str) -> dict[str, str]:
    return {"ParameterKey": "P", "ParameterValue": value}


def test_a_given_value_wins_over_the_default() -> None:
    assert resolved({"Type": "String", "Default": "d"}, give("g")) == "g"


def test_the_default_stands_where_nothing_is_given() -> None:
    assert resolved({"Type": "Number", "Default": 7}, P="previous") == "7"


def test_the_previous_value_can_be_asked_for() -> None:
    again = {"ParameterKey": "P", "UsePreviousValue": True}
    assert resolved({"Type": "String", "Default": "d"}, again, P="previous") == "previous"


def test_there_is_no_previous_value_on_a_new_stack() -> None:
    with pytest.raises(TemplateError, match="Cannot specify usePreviousValue"):
        resolved({"Type": "String"}, {"ParameterKey": "P", "UsePreviousValue": True})


def test_a_list_is_split_and_stripped() -> None:
    parameter = declared({"Parameters": {"P": {"Type": "CommaDelimitedList"}}})["P"]
    assert parameter.value("a, b,c") == ["a", "b", "c"]
    assert parameter.value("") == []


@pytest.mark.parametrize(
    ("declaration", "value", "complaint"),
    [
        ({"AllowedValues": ["a", "b"]}, "c", "Parameter 'P' must be one of AllowedValues"),
        ({"AllowedPattern": "[a-z]+"}, "a1", "Parameter 'P' must match pattern [a-z]+"),
        ({"MinLength": 2}, "a", "must contain at least 2 characters"),
        ({"MaxLength": "2"}, "abc", "must contain at most 2 characters"),
        ({"Type": "Number"}, "x", "must be a number"),
        ({"Type": "Number", "MinValue": 1}, "0", "must be a number not less than 1"),
        ({"Type": "Number", "MaxValue": 1}, "2", "must be a number not greater than 1"),
        ({"Type": "List<Number>"}, "1,x", "must be a number"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a"]}, "a,b", "one of AllowedValues"),
        (
            {"AllowedPattern": "[a-z]+", "ConstraintDescription": "lower case only"},
            "A",
            "Parameter P failed to satisfy constraint: lower case only",
        ),
    ],
)
def test_a_value_that_breaks_its_declaration_is_refused(
    declaration: dict[str, Any], value: str, complaint: str
) -> None:
    with pytest.raises(TemplateError) as refused:
        resolved({"Type": "String", **declaration}, give(value))
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("declaration", "value"),
    [
        ({"AllowedValues": [1, True]}, "true"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": 3}, "3"),
        ({"AllowedPattern": "^(|[0-9]+)$"}, ""),
    ],
)
def test_a_value_at_the_edge_passes(declaration: dict[str, Any], value: str) -> None:
    assert resolved({"Type": "String", **declaration}, give(value)) == value


def test_missing_values_are_listed() -> None:
    with pytest.raises(TemplateError, match=r"Parameters: \[P\] must have values"):
        resolved({"Type": "String"})


def test_unknown_parameters_are_listed() -> None:
    with pytest.raises(TemplateError, match=r"Parameters: \[X\] do not exist in the template"):
        resolve({}, [{"ParameterKey": "X", "ParameterValue": "1"}], {})


@pytest.mark.parametrize(
    "kind", ["AWS::SSM::Parameter::Value<String>", "AWS::EC2::VPC::Id", "Boolean"]
)
def test_types_that_are_not_supported_are_refused_by_name(kind: str) -> None:
    with pytest.raises(TemplateError) as refused:
        declared({"Parameters": {"P": {"Type": kind}}})
    assert f"does not support the type {kind} of parameter P" in str(refused.value)
