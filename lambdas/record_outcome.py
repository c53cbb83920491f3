"""RecordOutcome: records a night that failed, timed out or was aborted, and ends its jobs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, event_source

from lineage import recorder
from night.history import events_of
from night.lineage_clients import lineage_clients, patience
from night.outcome import Ended, failure_of
from night.quota import count_out_of_quota
from night.stray_jobs import stop_jobs_of_night

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="record_outcome")
METRICS = Metrics(service="record_outcome")
CLIENTS = lineage_clients()
STEP_FUNCTIONS = boto3.client("stepfunctions")
BUCKET = os.environ["BUCKET"]


@METRICS.log_metrics
@LOG.inject_lambda_context
@event_source(data_class=EventBridgeEvent)
def handler(event: EventBridgeEvent, context: LambdaContext) -> dict[str, Any]:
    """Take a "Step Functions Execution Status Change" of the retrain machine; safe to repeat."""
    ended = Ended.parse(event.detail)
    METRICS.add_metric("NightsFailed", MetricUnit.Count, 1)
    failure = failure_of(ended, events_of(STEP_FUNCTIONS, ended.execution_arn))
    if failure is None:
        LOG.warning("no data date, so no night to record", execution_arn=ended.execution_arn)
        return {"Stopped": []}
    with patience(context):
        stopped = stop_jobs_of_night(CLIENTS.sagemaker, failure.run_id, failure.redrive_count)
        is_indexed = recorder.record_failure(CLIENTS, BUCKET, failure)
    if not is_indexed:
        LOG.warning("lineage quota used up: only the record has this", run_id=failure.run_id)
        count_out_of_quota()
    METRICS.add_metric("StrayJobsStopped", MetricUnit.Count, len(stopped))
    LOG.info("recorded", run_id=failure.run_id, step=failure.step, stopped=stopped)
    return {"RunId": failure.run_id, "Stopped": stopped}
