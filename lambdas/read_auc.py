"""ReadAuc: the one place where evaluation.json becomes a number to decide on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from night.evaluation import read, require_comparison

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="read_auc")
METRICS = Metrics(service="read_auc")
S3 = boto3.client("s3")


@METRICS.log_metrics
@LOG.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return the AUC of an evaluation, its interval, and the comparison with the champion.

    The latter may be missing, unless ``DemandsComparison``.
    """
    evaluation = read(S3, event["EvaluationUri"])
    if event.get("DemandsComparison", False):
        require_comparison(evaluation)
    METRICS.add_metric("Auc", MetricUnit.NoUnit, evaluation["Auc"])
    return evaluation
