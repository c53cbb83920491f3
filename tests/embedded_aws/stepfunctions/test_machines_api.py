"""The API of state machines, as a user of boto3 meets it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE_ARN = "arn:aws:iam::123456789012:role/machine"
PASS = {"A": {"Type": "Pass", "End": True}}
OTHER = {"B": {"Type": "Pass", "End": True}}


def refused(code: str, call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    assert error.value.response["Error"]["Code"] == code
    return str(error.value.response["Error"]["Message"])


def test_an_identical_machine_is_made_once(machines: Any, jsonata: Any) -> None:
    request = {"name": "twin", "definition": json.dumps(jsonata(PASS)), "roleArn": ROLE_ARN}
    first = machines.client.create_state_machine(**request)
    again = machines.client.create_state_machine(**request)
    assert first["creationDate"] == again["creationDate"]


def test_another_machine_of_the_same_name_is_refused(machines: Any, jsonata: Any) -> None:
    request = {"name": "taken", "roleArn": ROLE_ARN}
    create = machines.client.create_state_machine
    arn = create(**request, definition=json.dumps(jsonata(PASS)))["stateMachineArn"]
    message = refused(
        "StateMachineAlreadyExists", create, **request, definition=json.dumps(jsonata(OTHER))
    )
    assert message == f"State Machine Already Exists: '{arn}'"


def test_a_machine_is_described_as_it_was_made(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    described = machines.client.describe_state_machine(stateMachineArn=arn)
    assert json.loads(described["definition"]) == jsonata(PASS)
    assert (described["status"], described["type"]) == ("ACTIVE", "STANDARD")
    assert described["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert "revisionId" not in described


def test_an_update_makes_a_revision_and_the_same_again_none(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    text = json.dumps(jsonata(OTHER))
    update = machines.client.update_state_machine
    first = update(stateMachineArn=arn, definition=text)["revisionId"]
    assert update(stateMachineArn=arn, definition=text)["revisionId"] == first
    described = machines.client.describe_state_machine(stateMachineArn=arn)
    assert (described["definition"], described["revisionId"]) == (text, first)


def test_an_update_of_nothing_is_refused(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    refused("MissingRequiredParameter", machines.client.update_state_machine, stateMachineArn=arn)


def test_a_deleted_machine_is_gone_and_deleting_it_again_is_no_error(
    machines: Any, jsonata: Any
) -> None:
    arn = machines.create(jsonata(PASS))
    machines.client.delete_state_machine(stateMachineArn=arn)
    machines.client.delete_state_machine(stateMachineArn=arn)
    call = machines.client.describe_state_machine
    refused("StateMachineDoesNotExist", call, stateMachineArn=arn)


def test_machines_are_listed(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS))
    pages = machines.client.get_paginator("list_state_machines").paginate()
    assert arn in [item["stateMachineArn"] for page in pages for item in page["stateMachines"]]


def test_tags_are_kept_added_and_removed(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata(PASS), tags=[{"key": "team", "value": "fraud"}])
    client = machines.client
    client.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "dev"}])
    client.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == [
        {"key": "stage", "value": "dev"}
    ]
    unknown = arn + ":1"
    message = refused("ResourceNotFound", client.list_tags_for_resource, resourceArn=unknown)
    assert message == f"Resource not found: '{unknown}'"


def test_a_role_that_step_functions_may_not_assume_is_refused(machines: Any, jsonata: Any) -> None:
    message = refused(
        "AccessDeniedException",
        machines.client.create_state_machine,
        name="stranger",
        definition=json.dumps(jsonata(PASS)),
        roleArn="arn:aws:iam::123456789012:role/nobody",
    )
    assert "states.amazonaws.com" in message


def test_what_is_not_emulated_is_refused_by_name(machines: Any, jsonata: Any) -> None:
    request = {"name": "x", "definition": json.dumps(jsonata(PASS)), "roleArn": ROLE_ARN}
    create = machines.client.create_state_machine
    refused("StateMachineTypeNotSupported", create, **request, type="EXPRESS")
    refused("ValidationException", create, **request, versionDescription="without publish")
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/mine"}
    refused("InvalidEncryptionConfiguration", create, **request, encryptionConfiguration=key)


@pytest.mark.parametrize(
    ("destinations", "reason"),
    [
        ([], "Must specify exactly one Log Destination."),
        (
            ["arn:aws:logs:us-east-1:123456789012:log-group:/gone:*"],
            "Log Destination not found.",
        ),
        (["arn:aws:logs:us-east-1:123456789012:log-group:/no-star"], "Invalid LogGroup ARN."),
    ],
)
def test_a_log_group_that_is_not_there_is_refused(
    machines: Any, jsonata: Any, destinations: list[str], reason: str
) -> None:
    groups = [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}} for arn in destinations]
    message = refused(
        "InvalidLoggingConfiguration",
        machines.client.create_state_machine,
        name="logged",
        definition=json.dumps(jsonata(PASS)),
        roleArn=ROLE_ARN,
        loggingConfiguration={"level": "ALL", "destinations": groups},
    )
    assert message == f"Invalid Logging Configuration: {reason}"


def test_a_definition_can_be_validated_without_making_anything(machines: Any, jsonata: Any) -> None:
    validate = machines.client.validate_state_machine_definition
    assert validate(definition=json.dumps(jsonata(PASS)))["result"] == "OK"
    found = validate(definition='{"QueryLanguage": "JSONata"}')
    assert (found["result"], found["truncated"]) == ("FAIL", False)
    assert found["diagnostics"] == [
        {
            "severity": "ERROR",
            "code": "SCHEMA_VALIDATION_FAILED",
            "message": "These fields are required: [States, StartAt]",
            "location": "/",
        }
    ]


def test_variables_are_listed_by_the_states_that_refer_to_them(machines: Any, jsonata: Any) -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"x": 1, "y": 2}, "Next": "B"},
        "B": {
            "Type": "Pass",
            "Output": "{% $map([1], function($v) { $v + $x }) ~> $sum() %}",
            "End": True,
        },
    }
    described = machines.client.describe_state_machine(
        stateMachineArn=machines.create(jsonata(states))
    )
    assert described["variableReferences"] == {"B": ["x"]}
