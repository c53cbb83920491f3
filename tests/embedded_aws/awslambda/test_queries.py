from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., Any]


def test_functions_are_listed_by_name_in_pages(function: Make, client: Make) -> None:
    names = [function(FunctionName=f"listed-{number}") for number in range(5)]
    pages = (
        client("lambda").get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    )
    listed = [entry["FunctionName"] for page in pages for entry in page["Functions"]]
    assert [name for name in listed if name.startswith("listed-")] == names


def test_a_marker_that_no_page_gave_out_is_refused(client: Make) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        client("lambda").list_functions(Marker="somewhere")


def test_all_versions_are_listed_if_asked_for(function: Make, client: Make) -> None:
    name = function(Publish=True)
    listed = client("lambda").list_functions(FunctionVersion="ALL")["Functions"]
    assert [e["Version"] for e in listed if e["FunctionName"] == name] == ["$LATEST", "1"]


@pytest.mark.parametrize(
    "form",
    [
        "{name}",
        "function:{name}",
        "123456789012:function:{name}",
        "us-east-1:123456789012:function:{name}",
        "arn:aws:lambda:us-east-1:123456789012:function:{name}",
    ],
)
def test_a_function_goes_by_name_partial_arn_and_arn(
    form: str, function: Make, client: Make
) -> None:
    name = function()
    found = client("lambda").get_function(FunctionName=form.format(name=name))
    assert found["Configuration"]["FunctionName"] == name


def test_a_qualified_request_is_answered_with_the_qualified_arn(
    function: Make, client: Make
) -> None:
    name = function(Publish=True)
    found = client("lambda").get_function_configuration(FunctionName=name, Qualifier="1")
    assert found["FunctionArn"] == f"arn:aws:lambda:us-east-1:123456789012:function:{name}:1"


def test_two_different_qualifiers_are_refused(function: Make, client: Make) -> None:
    name = function(Publish=True)
    with pytest.raises(ClientError, match="derived qualifier"):
        client("lambda").get_function(FunctionName=f"{name}:1", Qualifier="2")


def test_a_function_of_another_region_is_not_reachable(client: Make) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:far"
    with pytest.raises(ClientError, match="'eu-west-1' are not reachable in this region"):
        client("lambda").get_function(FunctionName=arn)


def test_tags_are_shown_changed_and_taken_away(function: Make, client: Make) -> None:
    lambda_ = client("lambda")
    name = function(Tags={"team": "fraud", "stage": "dev"})
    arn = lambda_.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    lambda_.tag_resource(Resource=arn, Tags={"stage": "prod"})
    lambda_.untag_resource(Resource=arn, TagKeys=["team"])
    assert lambda_.list_tags(Resource=arn)["Tags"] == {"stage": "prod"}
    assert lambda_.get_function(FunctionName=name)["Tags"] == {"stage": "prod"}


def test_reserved_concurrency_is_shown_until_it_is_given_back(function: Make, client: Make) -> None:
    lambda_ = client("lambda")
    name = function()
    lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=3)
    found = lambda_.get_function(FunctionName=name)["Concurrency"]
    assert found == {"ReservedConcurrentExecutions": 3}
    lambda_.delete_function_concurrency(FunctionName=name)
    assert "Concurrency" not in lambda_.get_function(FunctionName=name)
    unset = lambda_.get_function_concurrency(FunctionName=name)
    assert "ReservedConcurrentExecutions" not in unset
