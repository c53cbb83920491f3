"""The JSONPath cases on moto's interpreter, whose authors validated it against AWS.

Where a case says that moto is wrong, its test fails as soon as moto is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

FILES = ("jsonpath", "intrinsics")
CASES = [
    pytest.param(case, id=f"{name}: {case['name']}")
    for name in FILES
    for case in yaml.safe_load((Path(__file__).parent / f"cases/{name}.yaml").read_text())
    if "refused" not in case
]
ROLE_ARN = "arn:aws:iam::123456789012:role/machine"


@pytest.fixture(scope="module")
def moto_client() -> Iterator[Any]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield boto3.client(
            "stepfunctions",
            region_name="us-east-1",
            aws_access_key_id="AKIDUSER",
            aws_secret_access_key="unused",
        )


@pytest.mark.parametrize("case", CASES)
def test_moto_agrees_unless_the_case_says_why_not(
    moto_client: Any, case: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    ended = _run(moto_client, _definition(case), case.get("input", {}), request.node.callspec.id)
    agrees = ended == _expected(case)
    assert agrees == ("moto" not in case), ended


def _definition(case: dict[str, Any]) -> dict[str, Any]:
    if "intrinsic" not in case:
        return dict(case["definition"])
    state = {"Type": "Pass", "Parameters": {"v.$": case["intrinsic"]}, "End": True}
    return {"StartAt": "A", "States": {"A": state}}


def _expected(case: dict[str, Any]) -> tuple[str, Any]:
    if "error" in case:
        return "FAILED", case["error"]
    return "SUCCEEDED", {"v": case["output"]} if "intrinsic" in case else case["output"]


def _run(client: Any, definition: Any, state_input: Any, case_id: str) -> tuple[str, Any]:
    name = f"case-{abs(hash(case_id))}"
    arn = client.create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=ROLE_ARN
    )["stateMachineArn"]
    started = client.start_execution(stateMachineArn=arn, name="x", input=json.dumps(state_input))
    while True:
        record = client.describe_execution(executionArn=started["executionArn"])
        if record["status"] != "RUNNING":
            break
    if record["status"] == "SUCCEEDED":
        return "SUCCEEDED", _value(record["output"])
    return "FAILED", record.get("error")


def _value(text: str) -> Any:
    # Moto returns an output that is a string without its quotes.
    try:
        return json.loads(text)
    except ValueError:
        return text
