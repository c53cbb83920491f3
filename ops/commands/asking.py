"""How commands ask the query Lambda."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from ops.question import ask
from ops.stack import Stack

# One patient attempt: a second one would ask a slow function twice.
_PATIENCE = Config(read_timeout=910, retries={"total_max_attempts": 1})


def answer_of(stack: Stack, operation: str, **asked: str) -> dict[str, Any]:
    """The stack's answer to a question."""
    return ask(
        boto3.client("lambda", config=_PATIENCE), stack.query_function_name, operation, **asked
    )
