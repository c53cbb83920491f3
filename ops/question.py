"""Asks the query Lambda about lineage."""

from __future__ import annotations

import json
from typing import Any

from ops.clients import Lambda
from ops.errors import QueryFailed


def ask(lambda_client: Lambda, function_name: str, operation: str, **asked: str) -> dict[str, Any]:
    """The answer to a question by schema/query_lineage_event.json.

    Returns:
        A document by the schema that bears the operation's name.

    Raises:
        QueryFailed: with the error's name and text.
    """
    answer = lambda_client.invoke(
        FunctionName=function_name,
        Payload=json.dumps({"Operation": operation, **asked}).encode(),
    )
    document: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise QueryFailed(f"{document.get('errorType')}: {document.get('errorMessage')}")
    return document
