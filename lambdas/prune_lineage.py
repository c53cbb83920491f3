"""PruneLineage: removes old nights from SageMaker's graph, and reports how full it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from lineage.queries.budget import budget
from lineage.records.shelf import Shelf
from lineage.retention import Retention
from night.lineage_clients import lineage_clients, patience

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="prune_lineage")
METRICS = Metrics(service="prune_lineage")
CLIENTS = lineage_clients()
SHELF = Shelf(CLIENTS.s3, os.environ["BUCKET"])
# A night takes some hundred calls, which SageMaker throttles: this is enough to end one.
_ENOUGH_MILLISECONDS = 120_000


@METRICS.log_metrics
@LOG.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Leave the newest ``RetentionNights``, or go on with that as long as there is time."""
    retention = Retention(CLIENTS, SHELF, event["RetentionNights"])
    with patience(context):
        # Before anything can fail: an interrupted retention is when the alarm is needed most.
        _tell_room()
        done = retention.prune(
            lambda: context.get_remaining_time_in_millis() > _ENOUGH_MILLISECONDS
        )
        percent_used = _tell_room()
    for run_id, findings in done.refused.items():
        LOG.error("not pruned", run_id=run_id, why=findings)
    METRICS.add_metric("LineageNightsPruned", MetricUnit.Count, len(done.pruned))
    METRICS.add_metric("LineageNightsRefused", MetricUnit.Count, len(done.refused))
    METRICS.add_metric("LineageNightsLeft", MetricUnit.Count, done.left)
    return {
        "Pruned": done.pruned,
        "Serving": done.serving,
        "Unfinished": done.unfinished,
        "Restored": done.restored,
        "Refused": done.refused,
        "Left": done.left,
        "PercentUsed": percent_used,
    }


def _tell_room() -> float:
    percent_used: float = budget(SHELF.held_nights())["PercentUsed"]
    METRICS.add_metric("LineageQuotaUsed", MetricUnit.Percent, percent_used)
    return percent_used
