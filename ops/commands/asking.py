"""How commands ask the query Lambda."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from lineage import schema
from ops.clients import Lambda
from ops.errors import OtherVersion
from ops.question import ask, invoke
from ops.stack import Stack

# One patient attempt: a second one would ask a slow function twice.
_PATIENCE = Config(read_timeout=910, retries={"total_max_attempts": 1})


def answer_of(stack: Stack, operation: str, **asked: str) -> dict[str, Any]:
    """The stack's answer to a question, as it came."""
    return ask(_lambda(), stack.query_function_name, operation, **asked)


def applied(stack: Stack, execution: str) -> dict[str, Any]:
    """What the stack wrote to SageMaker's graph of an execution, by schema/apply.json."""
    return invoke(_lambda(), stack.apply_function_name, {"Execution": execution})


def _lambda() -> Lambda:
    client: Lambda = boto3.client("lambda", config=_PATIENCE)
    return client


def require_readable(answer: dict[str, Any], operation: str) -> None:
    """Check that an answer is what this version renders: the stack may be of another one.

    Raises:
        OtherVersion: naming what is missing or not known here.
    """
    wrong = schema.complaints(answer, operation)
    if wrong:
        raise OtherVersion(
            f"Stack and command are of two versions: to schema/{operation}.json of this one, the"
            f" answer is wrong in {'; '.join(wrong)}. `--json` prints it as it came; deploy this"
            " version, or use the command of the one that is deployed."
        )
