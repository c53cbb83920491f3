from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def name(function: Make, client: Make) -> str:
    """A function with versions 1 and 2."""
    made = str(function(Publish=True))
    client("lambda").update_function_configuration(FunctionName=made, Timeout=9)
    client("lambda").publish_version(FunctionName=made)
    return made


def test_an_alias_is_shown_as_it_was_made(name: str, client: Make) -> None:
    lambda_ = client("lambda")
    made = lambda_.create_alias(FunctionName=name, Name="shown", FunctionVersion="1")
    found = lambda_.get_alias(FunctionName=name, Name="shown")
    assert found["AliasArn"] == f"arn:aws:lambda:us-east-1:123456789012:function:{name}:shown"
    assert found["FunctionVersion"] == "1"
    assert found["RevisionId"] == made["RevisionId"]


def test_an_update_leads_an_alias_elsewhere(name: str, client: Make) -> None:
    lambda_ = client("lambda")
    lambda_.create_alias(FunctionName=name, Name="moved", FunctionVersion="1", Description="d")
    updated = lambda_.update_alias(FunctionName=name, Name="moved", FunctionVersion="2")
    assert updated["FunctionVersion"] == "2"
    assert updated["Description"] == "d"
    configuration = lambda_.get_function(FunctionName=name, Qualifier="moved")["Configuration"]
    assert configuration["Version"] == "2"


def test_a_stale_revision_is_refused(name: str, client: Make) -> None:
    client("lambda").create_alias(FunctionName=name, Name="revised", FunctionVersion="1")
    with pytest.raises(ClientError, match="Revision Id"):
        client("lambda").update_alias(FunctionName=name, Name="revised", RevisionId="stale")


def test_a_taken_name_is_a_conflict(name: str, client: Make) -> None:
    client("lambda").create_alias(FunctionName=name, Name="taken", FunctionVersion="1")
    with pytest.raises(ClientError, match="Alias already exists") as refused:
        client("lambda").create_alias(FunctionName=name, Name="taken", FunctionVersion="2")
    assert refused.value.response["Error"]["Code"] == "ResourceConflictException"


def test_an_alias_of_a_missing_version_is_refused(name: str, client: Make) -> None:
    with pytest.raises(ClientError, match=f"Function not found: .*:{name}:7"):
        client("lambda").create_alias(FunctionName=name, Name="broken", FunctionVersion="7")


def test_a_deleted_alias_is_not_found(name: str, client: Make) -> None:
    client("lambda").create_alias(FunctionName=name, Name="deleted", FunctionVersion="1")
    client("lambda").delete_alias(FunctionName=name, Name="deleted")
    with pytest.raises(ClientError, match="Cannot find alias arn"):
        client("lambda").get_alias(FunctionName=name, Name="deleted")


def test_aliases_are_listed_also_by_version(function: Make, client: Make) -> None:
    made = function(Publish=True)
    for alias, version in (("b", "1"), ("a", "$LATEST")):
        client("lambda").create_alias(FunctionName=made, Name=alias, FunctionVersion=version)
    listed = client("lambda").list_aliases(FunctionName=made)["Aliases"]
    assert [alias["Name"] for alias in listed] == ["a", "b"]
    listed = client("lambda").list_aliases(FunctionName=made, FunctionVersion="1")["Aliases"]
    assert [alias["Name"] for alias in listed] == ["b"]


def test_weighted_routing_is_refused_by_name(name: str, client: Make) -> None:
    with pytest.raises(ClientError, match="does not support weighted aliases"):
        client("lambda").create_alias(
            FunctionName=name,
            Name="weighted",
            FunctionVersion="1",
            RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}},
        )
