"""Reads evaluation.json strictly: a gate must not decide on NaN, text, or an empty holdout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from botocore.exceptions import ClientError

from lineage.schema import complaints
from night.errors import ChampionNotComparable, InvalidEvaluation
from night.store import Location


class ObjectGetter(Protocol):
    """The one call of S3 that reading an evaluation needs."""

    def get_object(self, **parameters: Any) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """S3 GetObject."""
        ...


def read(s3: ObjectGetter, uri: str) -> dict[str, Any]:
    """The AUC, its DeLong interval, the holdout's counts, and the champion's part if there is one.

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
        **({"Champion": _champion(document["champion"])} if "champion" in document else {}),
    }


def require_comparison(evaluation: Mapping[str, Any]) -> None:
    """Check that the champion was compared, as a gate that is to decide on it must.

    Raises:
        ChampionNotComparable: saying why it was not.
    """
    told = evaluation.get("Champion", {"NotCompared": "the evaluation tells of none"})
    if "NotCompared" in told:
        raise ChampionNotComparable(
            f"The model in production has no AUC to compare with: {told['NotCompared']}. Nothing"
            " was registered; start the night again by the threshold alone (nightly rerun NIGHT"
            " --set GateMode=threshold), or roll out another model first."
        )


def _champion(told: Mapping[str, Any]) -> dict[str, Any]:
    if "not_compared" in told:
        return {"NotCompared": told["not_compared"]}
    difference = told["auc_difference"]
    return {
        "Auc": told["auc"]["value"],
        "Difference": difference["value"],
        "DifferenceLower": difference["lower"],
        "DifferenceUpper": difference["upper"],
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
