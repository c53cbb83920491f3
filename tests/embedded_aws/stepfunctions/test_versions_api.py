"""Versions and aliases of state machines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(code: str, call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    assert error.value.response["Error"]["Code"] == code
    return str(error.value.response["Error"]["Message"])


@pytest.fixture
def versioned(machines: Any, jsonata: Any) -> Any:
    """A machine with two versions, which say their numbers, and an unpublished third revision."""

    def text(number: int) -> str:
        return json.dumps(jsonata({"A": {"Type": "Pass", "Output": number, "End": True}}))

    arn = machines.create(json.loads(text(1)), publish=True)
    update = machines.client.update_state_machine
    update(stateMachineArn=arn, definition=text(2), publish=True, versionDescription="second")
    update(stateMachineArn=arn, definition=text(3))
    return arn


def test_an_execution_runs_the_version_or_the_revision_that_it_starts_on(
    machines: Any, versioned: str
) -> None:
    outputs = [
        machines.start(arn).output for arn in (f"{versioned}:1", f"{versioned}:2", versioned)
    ]
    assert outputs == [1, 2, 3]


def test_an_execution_on_a_version_names_it(machines: Any, versioned: str) -> None:
    outcome = machines.start(f"{versioned}:2")
    assert outcome.record["stateMachineArn"] == versioned
    assert outcome.record["stateMachineVersionArn"] == f"{versioned}:2"
    started = outcome.events[0]["executionStartedEventDetails"]
    assert started["stateMachineVersionArn"] == f"{versioned}:2"


def test_an_execution_on_an_alias_names_alias_and_version(machines: Any, versioned: str) -> None:
    alias = machines.client.create_state_machine_alias(
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": f"{versioned}:1", "weight": 100}],
    )["stateMachineAliasArn"]
    outcome = machines.start(alias)
    assert outcome.output == 1
    assert outcome.record["stateMachineAliasArn"] == alias
    assert outcome.record["stateMachineVersionArn"] == f"{versioned}:1"
    listed = machines.client.list_executions(stateMachineArn=alias)["executions"]
    assert [execution["executionArn"] for execution in listed] == [outcome.arn]


def test_an_updated_alias_leads_elsewhere(machines: Any, versioned: str) -> None:
    client = machines.client
    alias = client.create_state_machine_alias(
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": f"{versioned}:1", "weight": 100}],
    )["stateMachineAliasArn"]
    routing = [{"stateMachineVersionArn": f"{versioned}:2", "weight": 100}]
    client.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=routing)
    assert machines.start(alias).output == 2
    described = client.describe_state_machine_alias(stateMachineAliasArn=alias)
    assert (described["name"], described["routingConfiguration"]) == ("live", routing)


def test_publishing_the_same_revision_again_is_the_same_version(
    machines: Any, versioned: str
) -> None:
    publish = machines.client.publish_state_machine_version
    third = publish(stateMachineArn=versioned)["stateMachineVersionArn"]
    assert third == f"{versioned}:3"
    assert publish(stateMachineArn=versioned)["stateMachineVersionArn"] == third


def test_publishing_another_revision_than_meant_is_refused(machines: Any, versioned: str) -> None:
    publish = machines.client.publish_state_machine_version
    refused("ConflictException", publish, stateMachineArn=versioned, revisionId="old")


def test_versions_are_listed_newest_first(machines: Any, versioned: str) -> None:
    listed = machines.client.list_state_machine_versions(stateMachineArn=versioned)
    arns = [item["stateMachineVersionArn"] for item in listed["stateMachineVersions"]]
    assert arns == [f"{versioned}:2", f"{versioned}:1"]


def test_a_description_of_a_version_is_of_its_definition(machines: Any, versioned: str) -> None:
    described = machines.client.describe_state_machine(stateMachineArn=f"{versioned}:2")
    assert json.loads(described["definition"])["States"]["A"]["Output"] == 2
    assert described["description"] == "second"


def test_a_deleted_version_is_gone_and_its_number_is_not_used_again(
    machines: Any, versioned: str
) -> None:
    client = machines.client
    client.delete_state_machine_version(stateMachineVersionArn=f"{versioned}:2")
    refused(
        "StateMachineDoesNotExist",
        client.describe_state_machine,
        stateMachineArn=f"{versioned}:2",
    )
    published = client.publish_state_machine_version(stateMachineArn=versioned)
    assert published["stateMachineVersionArn"] == f"{versioned}:3"


def test_a_version_behind_an_alias_cannot_be_deleted(machines: Any, versioned: str) -> None:
    client = machines.client
    routing = [{"stateMachineVersionArn": f"{versioned}:1", "weight": 100}]
    client.create_state_machine_alias(name="live", routingConfiguration=routing)
    message = refused(
        "ConflictException",
        client.delete_state_machine_version,
        stateMachineVersionArn=f"{versioned}:1",
    )
    assert message.endswith("Current list of aliases referencing this version: [live]")


def test_an_alias_is_made_once_and_not_with_another_route(machines: Any, versioned: str) -> None:
    create = machines.client.create_state_machine_alias
    first = [{"stateMachineVersionArn": f"{versioned}:1", "weight": 100}]
    arn = create(name="live", routingConfiguration=first)["stateMachineAliasArn"]
    assert create(name="live", routingConfiguration=first)["stateMachineAliasArn"] == arn
    second = [{"stateMachineVersionArn": f"{versioned}:2", "weight": 100}]
    refused("ConflictException", create, name="live", routingConfiguration=second)


@pytest.mark.parametrize(
    ("routes", "reason"),
    [
        ([(":1", 70), (":2", 29)], "Sum of routing configuration weights must equal 100."),
        ([(":1", 50), (":1", 50)], "Routing configuration must contain distinct state machine"),
        ([("", 100)], "Routing configuration must contain state machine version ARNs."),
    ],
)
def test_a_route_that_leads_nowhere_is_refused(
    machines: Any, versioned: str, routes: list[tuple[str, int]], reason: str
) -> None:
    routing = [
        {"stateMachineVersionArn": f"{versioned}{version}", "weight": weight}
        for version, weight in routes
    ]
    message = refused(
        "ValidationException",
        machines.client.create_state_machine_alias,
        name="wrong",
        routingConfiguration=routing,
    )
    assert message.startswith(reason)


def test_a_deleted_alias_is_gone(machines: Any, versioned: str) -> None:
    client = machines.client
    routing = [{"stateMachineVersionArn": f"{versioned}:1", "weight": 100}]
    arn = client.create_state_machine_alias(name="live", routingConfiguration=routing)[
        "stateMachineAliasArn"
    ]
    client.delete_state_machine_alias(stateMachineAliasArn=arn)
    listed = client.list_state_machine_aliases(stateMachineArn=versioned)
    assert listed["stateMachineAliases"] == []
    refused("ResourceNotFound", client.describe_state_machine_alias, stateMachineAliasArn=arn)
