"""The cases on moto's interpreter, whose authors validated it against AWS.

Moto brings no JSONata engine: ours is put in, so that the cases compare what the two
interpreters do around the expressions. Cases that only ask the engine are left out, as are
those that wait: moto waits in real time. Where a case says that moto is wrong, its test fails as
soon as moto is right.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.jsonata import jsonata
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.utils import TMP_THREADS

from embedded_aws.stepfunctions.errors import QueryFailure
from embedded_aws.stepfunctions.languages.jsonata_engine import (
    Expression,
    JsonataSyntaxError,
    bind,
)
from embedded_aws.stepfunctions.scope import Scope
from tests.contract.asl.cases import Case, definition_of, load

_WORKER = "BranchWorker_"
# Where an iteration fails, the others' threads go on in moto, and raise once the program has ended.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        f"ignore:Exception in thread {_WORKER}:pytest.PytestUnhandledThreadExceptionWarning"
    ),
]


def is_comparable(case: Case) -> bool:
    """Whether the case asks the interpreter, not the engine, and costs no real time."""
    asks_engine = "expression" in case or case.get("error") == "States.QueryEvaluationError"
    return not (asks_engine or case.keys() & {"refused", "only_here"} or case.get("seconds"))


CASES = [parameter for parameter in load() if is_comparable(parameter.values[0])]
ROLE_ARN = "arn:aws:iam::123456789012:role/machine"


def evaluate(text: str) -> Any:
    """Moto writes all variables into the expression itself."""
    scope = Scope(None, {}, {}, lambda: datetime(2026, 11, 1, tzinfo=UTC), Random(0))  # noqa: S311
    try:
        return Expression(text, "").evaluate(bind(scope))
    except (QueryFailure, JsonataSyntaxError) as failed:
        raise jsonata.JSONataException("UNKNOWN", str(failed)) from failed


@pytest.fixture(scope="module")
def moto_client() -> Iterator[Any]:
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
    ):
        # Create and Start parse the same text, which is nearly all that a case costs.
        parse = functools.cache(AmazonStateLanguageParser.parse)
        patch.setattr(AmazonStateLanguageParser, "parse", staticmethod(parse))
        patch.setattr(jsonata, "_eval_jsonata", evaluate)
        patch.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda _seconds: None))
        yield boto3.client(
            "stepfunctions",
            region_name="us-east-1",
            aws_access_key_id="AKIDUSER",
            aws_secret_access_key="unused",
        )
        # What they raise is to be this module's, not that of the test that comes next.
        for thread in threading.enumerate():
            if thread.name.startswith(_WORKER):
                thread.join(timeout=60)


@pytest.mark.parametrize("case", CASES)
def test_moto_agrees_unless_the_case_says_why_not(
    moto_client: Any, case: Case, request: pytest.FixtureRequest
) -> None:
    ended = _run(moto_client, case, request.node.callspec.id)
    assert (ended in _expected(case)) == ("moto" not in case), ended


def _expected(case: Case) -> list[tuple[str, str | None]]:
    if "error" in case:
        return [("FAILED", case["error"])]
    # Moto returns an output that is a string without its quotes.
    texts = [_canonical(json.dumps(case["output"])), _canonical(str(case["output"]))]
    return [("SUCCEEDED", text) for text in texts]


def _run(client: Any, case: Case, case_id: str) -> tuple[str, str | None]:
    definition = json.dumps(definition_of(case))
    name = f"case-{abs(hash(case_id))}"
    try:
        machine = client.create_state_machine(name=name, definition=definition, roleArn=ROLE_ARN)
    except client.exceptions.ClientError as refused:
        return "REFUSED", str(refused)
    state_input = json.dumps(case.get("input", {}))
    started = client.start_execution(
        stateMachineArn=machine["stateMachineArn"], name="x", input=state_input
    )
    while _is_running(record := client.describe_execution(executionArn=started["executionArn"])):
        for thread in list(TMP_THREADS):
            thread.join()
    TMP_THREADS.clear()
    if record["status"] == "SUCCEEDED":
        return "SUCCEEDED", _canonical(record["output"])
    return "FAILED", record.get("error")


def _is_running(record: dict[str, Any]) -> bool:
    # Moto sets the status before the output.
    return record["status"] == "RUNNING" or (
        record["status"] == "SUCCEEDED" and "output" not in record
    )


def _canonical(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, int | float) else json.dumps(value, sort_keys=True)
