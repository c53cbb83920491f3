"""Moto's interpreter of state machines, with our JSONata engine and without real time.

It brings all of moto's EC2 along, so whoever imports this pays seconds.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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

_WORKER = "BranchWorker_"
_ROLE_ARN = "arn:aws:iam::123456789012:role/machine"


class MotoInterpreter:
    """Creates a machine of each definition, and runs it to its end."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, name: str, definition: object, given: object) -> tuple[str, str | None]:
        """How an execution ends: its status, with the output, the error or the refusal."""
        try:
            machine = self._client.create_state_machine(
                name=name, definition=json.dumps(definition), roleArn=_ROLE_ARN
            )
        except self._client.exceptions.ClientError as refused:
            return "REFUSED", str(refused)
        arn = self._client.start_execution(
            stateMachineArn=machine["stateMachineArn"], name="x", input=json.dumps(given)
        )["executionArn"]
        while _is_running(record := self._client.describe_execution(executionArn=arn)):
            for thread in list(TMP_THREADS):
                thread.join()
        TMP_THREADS.clear()
        if record["status"] == "SUCCEEDED":
            return "SUCCEEDED", record["output"]
        return "FAILED", record.get("error")


@contextmanager
def interpreting() -> Iterator[MotoInterpreter]:
    """Mock Step Functions with what is ours put in."""
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
    ):
        # Create and Start parse the same text, which is nearly all that a case costs.
        parse = functools.cache(AmazonStateLanguageParser.parse)
        patch.setattr(AmazonStateLanguageParser, "parse", staticmethod(parse))
        patch.setattr(jsonata, "_eval_jsonata", _evaluate)
        patch.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda _seconds: None))
        yield MotoInterpreter(
            boto3.client(
                "stepfunctions",
                region_name="us-east-1",
                aws_access_key_id="AKIDUSER",
                aws_secret_access_key="unused",
            )
        )
        # What they raise is to be this module's, not that of the test that comes next.
        for thread in threading.enumerate():
            if thread.name.startswith(_WORKER):
                thread.join(timeout=60)


def _evaluate(text: str) -> Any:
    """Moto writes all variables into the expression itself."""
    scope = Scope(None, {}, {}, lambda: datetime(2026, 11, 1, tzinfo=UTC), Random(0))  # noqa: S311
    try:
        return Expression(text, "").evaluate(bind(scope))
    except (QueryFailure, JsonataSyntaxError) as failed:
        raise jsonata.JSONataException("UNKNOWN", str(failed)) from failed


def _is_running(record: dict[str, Any]) -> bool:
    # Moto sets the status before the output.
    return record["status"] == "RUNNING" or (
        record["status"] == "SUCCEEDED" and "output" not in record
    )
