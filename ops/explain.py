"""Asks the query Lambda what made a package."""

from __future__ import annotations

import json
from typing import Any

from ops.errors import QueryFailed


def ask(lambda_client: Any, function_name: str, package: str) -> dict[str, Any]:  # noqa: ANN401  # boto3 client
    """The answer of ``explain`` for a version number or an ARN, by schema/explain.json.

    Raises:
        QueryFailed: with the error's name and text.
    """
    answer = lambda_client.invoke(
        FunctionName=function_name,
        Payload=json.dumps({"Operation": "explain", "Package": package}).encode(),
    )
    document: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise QueryFailed(f"{document.get('errorType')}: {document.get('errorMessage')}")
    return document
