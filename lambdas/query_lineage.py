"""QueryLineage: answers questions about the lineage of the stack's model packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from lineage.query import LineageQuery
from lineage.schema import require_valid
from night.lineage_clients import lineage_clients, patience

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="query_lineage")
METRICS = Metrics(service="query_lineage")
QUERY = LineageQuery(
    lineage_clients(),
    group=os.environ["MODEL_PACKAGE_GROUP"],
    bucket=os.environ["BUCKET"],
    endpoint_names=os.environ["ENDPOINT_NAMES"].split(),
)

_OPERATIONS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "explain": lambda event: QUERY.explain(event["Package"]),
    "diff": lambda event: QUERY.diff(event["A"], event["B"]),
    "impact": lambda event: QUERY.impact(event["Subject"]),
    "asof": lambda event: QUERY.asof(event["Time"], event.get("Endpoint")),
    "plan": lambda event: QUERY.plan(event["Execution"]),
    "audit": lambda event: QUERY.audit(event.get("Since", "")),
    "budget": lambda _: QUERY.budget(),
}


@METRICS.log_metrics
@LOG.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer the question of an event by schema/query_lineage_event.json."""
    METRICS.add_metric("LineageQueries", MetricUnit.Count, 1)
    require_valid(event, "query_lineage_event")
    with patience(context):
        return _OPERATIONS[event["Operation"]](event)
