from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., Any]
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


def test_a_configuration_is_shown_as_it_was_put(function: Make, client: Make) -> None:
    given = {
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {"Destination": QUEUE}},
    }
    name = function()
    client("lambda").put_function_event_invoke_config(FunctionName=name, **given)
    found = client("lambda").get_function_event_invoke_config(FunctionName=name)
    assert {key: found[key] for key in given} == given
    assert found["FunctionArn"].endswith(f":{name}:$LATEST")


def test_putting_replaces_and_updating_keeps(function: Make, client: Make) -> None:
    lambda_ = client("lambda")
    name = function()
    lambda_.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
    updated = lambda_.update_function_event_invoke_config(
        FunctionName=name, MaximumEventAgeInSeconds=60
    )
    assert updated["MaximumRetryAttempts"] == 1
    replaced = lambda_.put_function_event_invoke_config(
        FunctionName=name, MaximumEventAgeInSeconds=90
    )
    assert "MaximumRetryAttempts" not in replaced


def test_each_qualifier_has_its_own(function: Make, client: Make) -> None:
    lambda_ = client("lambda")
    name = function(Publish=True)
    for qualifier, attempts in (("$LATEST", 0), ("1", 1)):
        lambda_.put_function_event_invoke_config(
            FunctionName=name, Qualifier=qualifier, MaximumRetryAttempts=attempts
        )
    listed = lambda_.list_function_event_invoke_configs(FunctionName=name)
    configs = listed["FunctionEventInvokeConfigs"]
    assert [config["MaximumRetryAttempts"] for config in configs] == [0, 1]


@pytest.mark.parametrize("operation", ["get", "delete", "update"])
def test_what_was_never_put_is_not_found(operation: str, function: Make, client: Make) -> None:
    name = function()
    with pytest.raises(ClientError, match="doesn't have an EventInvokeConfig") as refused:
        getattr(client("lambda"), f"{operation}_function_event_invoke_config")(FunctionName=name)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_deleted_configuration_is_gone(function: Make, client: Make) -> None:
    name = function()
    client("lambda").put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
    client("lambda").delete_function_event_invoke_config(FunctionName=name)
    with pytest.raises(ClientError, match="doesn't have"):
        client("lambda").get_function_event_invoke_config(FunctionName=name)


@pytest.mark.parametrize(
    ("destination", "message"),
    [
        ("arn:aws:s3:::bucket", "does not support S3 as a destination"),
        ("arn:aws:states:us-east-1:123456789012:stateMachine:m", "is invalid"),
    ],
)
def test_a_destination_that_cannot_be_sent_to_is_refused(
    destination: str, message: str, function: Make, client: Make
) -> None:
    with pytest.raises(ClientError, match=message):
        client("lambda").put_function_event_invoke_config(
            FunctionName=function(),
            DestinationConfig={"OnFailure": {"Destination": destination}},
        )
