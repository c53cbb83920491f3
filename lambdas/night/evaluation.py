"""Reads evaluation.json strictly: a gate must not decide on NaN, text, or an empty holdout."""

from __future__ import annotations

import json
from typing import Any, Protocol

from botocore.exceptions import ClientError

from lineage.schema import complaints
from night.errors import InvalidEvaluation
from night.store import Location


class ObjectGetter(Protocol):
    """The one call of S3 that reading an evaluation needs."""

    def get_object(self, **parameters: Any) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """S3 GetObject."""
        ...


def read(s3: ObjectGetter, uri: str) -> dict[str, Any]:
    """The AUC, its DeLong interval and the holdout's counts.

    Raises:
        InvalidEvaluation: naming what is wrong with the document.
    """
    document = _parse(uri, _body(s3, uri))
    wrong = complaints(document, "evaluation")
    if wrong:
        raise InvalidEvaluation(_message(uri, "; ".join(wrong)))
    metrics = document["binary_classification_metrics"]
    return {
        "Auc": metrics["auc"]["value"],
        "AucLower": document["auc_interval"]["lower"],
        "AucUpper": document["auc_interval"]["upper"],
        "AveragePrecision": metrics["average_precision"]["value"],
        "Rows": document["counts"]["rows"],
        "Positives": document["counts"]["positives"],
    }


def _body(s3: ObjectGetter, uri: str) -> bytes:
    location = Location.parse(uri)
    try:
        body: bytes = s3.get_object(Bucket=location.bucket, Key=location.key)["Body"].read()
    except ClientError as refused:
        # S3 tells who may not list a bucket AccessDenied of a missing key (GetObject).
        if refused.response["Error"]["Code"] not in {"NoSuchKey", "AccessDenied"}:
            raise
        raise InvalidEvaluation(_message(uri, "the job did not leave it")) from refused
    return body


def _parse(uri: str, body: bytes) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise InvalidEvaluation(_message(uri, f"it contains {constant}, which is no number"))

    try:
        document: dict[str, Any] = json.loads(body, parse_constant=refuse)
    except ValueError as malformed:
        raise InvalidEvaluation(_message(uri, f"it is not JSON: {malformed}")) from malformed
    return document


def _message(uri: str, what: str) -> str:
    return (
        f"{uri} cannot be decided on: {what}. Look at the evaluate job's log; nothing was"
        " registered."
    )
