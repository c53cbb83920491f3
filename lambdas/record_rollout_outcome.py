"""RecordRolloutOutcome: tells lineage of rollouts that ended before they could tell it."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, event_source

from lineage import names, recorder
from lineage.rollouts.deployments import Deployments
from lineage.rollouts.endpoints import find_endpoint
from lineage.rollouts.settling import Seen, settle
from night.history import Reading, events_of
from night.lineage_clients import lineage_clients, patience
from night.outcome import Ended
from night.quota import count_out_of_quota
from rollout.endpoint import Endpoint
from rollout.outcome import outcome_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="record_rollout_outcome")
METRICS = Metrics(service="record_rollout_outcome")
CLIENTS = lineage_clients()
STEP_FUNCTIONS = boto3.client("stepfunctions")
BUCKET = os.environ["BUCKET"]


@METRICS.log_metrics
@LOG.inject_lambda_context
@event_source(data_class=EventBridgeEvent)
def handler(event: EventBridgeEvent, context: LambdaContext) -> dict[str, Any]:
    """Take the end of a rollout that did not succeed, or an endpoint's change; safe to repeat.

    An endpoint comes to rest by itself after its rollout was aborted, and may be deleted by
    anybody: that is heard of here.
    """
    is_endpoint = event.detail_type == "SageMaker Endpoint State Change"
    heard_at = datetime.fromisoformat(event.time)
    METRICS.add_metric("RolloutsFailed", MetricUnit.Count, 0 if is_endpoint else 1)
    with patience(context):
        if is_endpoint:
            return {"Settled": _settle(event.detail["EndpointName"], heard_at)}
        return _record(Ended.parse(event.detail), heard_at)


def _record(ended: Ended, heard_at: datetime) -> dict[str, Any]:
    history = events_of(STEP_FUNCTIONS, ended.execution_arn)
    reading = Reading.of(history, ended.redrive_count)
    rollout = reading.variables.get("rollout")
    if rollout is None:
        LOG.warning("never prepared, so it changed nothing", execution_arn=ended.execution_arn)
        return {"RecordUri": None, "Settled": False}
    endpoint_name = rollout["EndpointName"]
    # The machine, or this function before, may have been cut off behind the record.
    recording = recorder.complete_rollout_outcome(CLIENTS, BUCKET, rollout)
    if recording is None and not _is_unfinished(rollout):
        LOG.warning("never recorded, so it changed nothing", execution_arn=ended.execution_arn)
        return {"RecordUri": None, "Settled": _settle(endpoint_name, heard_at)}
    if recording is None:
        outcome = outcome_of(ended, reading, Endpoint.find(CLIENTS.sagemaker, endpoint_name))
        recording = recorder.record_rollout_outcome(CLIENTS, BUCKET, rollout, outcome)
        LOG.info("recorded", rollout=rollout, outcome=outcome)
    if not recording.indexed:
        count_out_of_quota()
    return {"RecordUri": recording.record.uri, "Settled": _settle(endpoint_name, heard_at)}


def _is_unfinished(rollout: dict[str, Any]) -> bool:
    """Whether lineage knows that it started; if not, a redrive is to find no end on record."""
    name = names.deployment(rollout["EndpointName"], rollout["RolloutId"])
    return name in Deployments.find(CLIENTS.s3, BUCKET, rollout["EndpointName"]).unfinished


def _settle(endpoint_name: str, heard_at: datetime) -> bool:
    described = find_endpoint(CLIENTS.sagemaker, endpoint_name)
    seen = Seen.of(endpoint_name, described, heard_at)
    if seen is None:
        return False
    is_found = settle(CLIENTS.s3, BUCKET, seen)
    if is_found:
        LOG.warning("entered into the switch log what no rollout told of", seen=seen)
    return is_found
