"""The states Record...: the lineage of a stage of a night, or of a rollout's start and outcome."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from lineage import recorder
from lineage.errors import LineageIncomplete, LineageNotReady
from lineage.recording import Recording
from lineage.schema import require_valid
from lineage.vocabulary import ActionType, Stage
from night.job_metrics import measure_job
from night.lineage_clients import lineage_clients, patience
from night.stray_jobs import PROCESSING, TRAINING, stop_other_jobs_of_step

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lineage.records.record import Record

LOG = Logger(service="record_lineage")
METRICS = Metrics(service="record_lineage")
CLIENTS = lineage_clients()
BUCKET = os.environ["BUCKET"]
JOBS = {Stage.FEATURISE: PROCESSING, Stage.TRAINING: TRAINING, Stage.EVALUATION: PROCESSING}
STEPS = {
    Stage.FEATURISE: (ActionType.PROCESSING_JOB, "Featurise"),
    Stage.TRAINING: (ActionType.TRAINING_JOB, "TrainXGB"),
    Stage.EVALUATION: (ActionType.EVALUATION, "Evaluate"),
}
"""The action that a stage adds, and the state whose job it is."""


@METRICS.log_metrics
@LOG.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Record the stage that an event by schema/record_lineage_event.json names."""
    METRICS.add_metric("LineageStages", MetricUnit.Count, 1)
    require_valid(event, "record_lineage_event")
    try:
        with patience(context):
            recording = _record(event)
            _stop_strays(event)
    except LineageNotReady as lagging:
        if event.get("LastAttempt", False):
            raise LineageIncomplete(str(lagging)) from lagging
        raise
    record = recording.record
    _measure(record)
    METRICS.add_metric("LineageOutOfQuota", MetricUnit.Count, 0 if recording.indexed else 1)
    if not recording.indexed:
        LOG.warning("lineage quota used up: only the record has this stage", record_uri=record.uri)
    LOG.info("recorded", record_uri=record.uri, sha256=record.sha256, indexed=recording.indexed)
    return {**recording.uris, "RecordSha256": record.sha256}


def _measure(record: Record) -> None:
    if record.stage in STEPS:
        action_type, step = STEPS[record.stage]
        (job,) = record.graph.actions(action_type)
        measure_job(step, job.properties)


def _stop_strays(event: dict[str, Any]) -> None:
    """Stop the jobs of the step that are not the recorded one: nobody waits for them."""
    kind = JOBS.get(Stage(event["Stage"]))
    stopped = stop_other_jobs_of_step(CLIENTS.sagemaker, kind, event["JobName"]) if kind else []
    METRICS.add_metric("StrayJobsStopped", MetricUnit.Count, len(stopped))
    if stopped:
        LOG.warning("stray jobs stopped", stopped=stopped)


def _record(event: dict[str, Any]) -> Recording:
    stage = Stage(event["Stage"])
    return _record_rollout(stage, event) if stage.is_of_rollout else _record_night(stage, event)


def _record_night(stage: Stage, event: dict[str, Any]) -> Recording:
    night = event["Night"]
    match stage:
        case Stage.FEATURISE:
            return recorder.record_featurise(CLIENTS, night, event["JobName"])
        case Stage.TRAINING:
            return recorder.record_training(CLIENTS, night, event["JobName"])
        case Stage.EVALUATION:
            return recorder.record_evaluation(
                CLIENTS, night, event["JobName"], event["EvaluationUri"], event["Gate"]
            )
        case _:
            return recorder.record_registration(
                CLIENTS, night, event["PackageArn"], event["EvaluationUri"]
            )


def _record_rollout(stage: Stage, event: dict[str, Any]) -> Recording:
    rollout = event["Rollout"]
    if stage is Stage.DEPLOYMENT:
        return recorder.record_rollout(CLIENTS, BUCKET, rollout)
    return recorder.record_rollout_outcome(CLIENTS, BUCKET, rollout, event["Outcome"])
