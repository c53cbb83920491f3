"""Asks the stack's functions: the query Lambda about lineage, and others to do something."""

from __future__ import annotations

import json
from typing import Any

from ops.clients import Lambda
from ops.errors import FunctionFailed


def ask(lambda_client: Lambda, function_name: str, operation: str, **asked: str) -> dict[str, Any]:
    """The answer to a question by schema/query_lineage_event.json.

    Returns:
        A document by the schema that bears the operation's name.

    Raises:
        FunctionFailed: with the error's name and text.
    """
    return invoke(lambda_client, function_name, {"Operation": operation, **asked})


def invoke(lambda_client: Lambda, function_name: str, event: dict[str, str]) -> dict[str, Any]:
    """What a function answers to an event.

    Raises:
        FunctionFailed: with the error's name and text.
    """
    answer = lambda_client.invoke(FunctionName=function_name, Payload=json.dumps(event).encode())
    document: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise FunctionFailed(f"{document.get('errorType')}: {document.get('errorMessage')}")
    return document
