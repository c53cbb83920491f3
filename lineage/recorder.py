"""Records each stage of a night: its facts become a record in S3 first, then SageMaker's graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from lineage import names, stages, whole
from lineage.clients import Clients
from lineage.completion import complete_night
from lineage.errors import FactsDisagree, LineageQuotaExceeded, RecordMissing
from lineage.evidence import Evidence
from lineage.facts import Document, Failure, Night
from lineage.model import Graph
from lineage.recording import Recording, file, keep, retention_lock, write
from lineage.records.archive import Archive
from lineage.records.failure import FailureRecord
from lineage.records.record import Record
from lineage.reinstatement import reinstate, reinstate_listed
from lineage.results import Gate
from lineage.rollouts.approvals import with_approval
from lineage.rollouts.backlog import Backlog
from lineage.rollouts.rollout_facts import Ending, Rollout
from lineage.rollouts.settling import Seen, settle
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import switches_of
from lineage.vocabulary import ActionType, Channel, Decision, Stage


def record_featurise(clients: Clients, night: Document, job_name: str) -> Recording:
    """Record the featurise job, after checking that its input is still what it was to read."""
    facts, evidence = Night.parse(night), Evidence(clients)
    job = evidence.processing_job(job_name)
    evidence.require_unchanged(facts.dataset)
    part = stages.featurise(facts, job, evidence.feature_summary(job))
    uris = {f"{channel.capitalize()}Uri": job.outputs[channel] for channel in Channel}
    return _record(clients, Stage.FEATURISE, night, part, uris)


def record_training(clients: Clients, night: Document, job_name: str) -> Recording:
    """Record the training job and its model.

    Whether SageMaker has all final metrics by the time a job is Completed is undocumented, so a
    stage that is repeated keeps those of its record.
    """
    job = Evidence(clients).training_job(job_name)
    recorded = _recorded(Archive(clients.s3), night, Stage.TRAINING)
    if recorded:
        job = replace(job, metrics=recorded.training_metrics)
    part = stages.training(Night.parse(night), job)
    return _record(clients, Stage.TRAINING, night, part, {"ModelUri": job.model_uri})


def record_evaluation(
    clients: Clients, night: Document, job_name: str, report_uri: str, gate: Document
) -> Recording:
    """Record the evaluation and the gate's decision; require the lineage to be whole so far."""
    evidence = Evidence(clients)
    part = stages.evaluation(
        Night.parse(night),
        evidence.processing_job(job_name),
        report_uri,
        evidence.evaluation(report_uri),
        Gate.parse(gate),
    )
    return _record(clients, Stage.EVALUATION, night, part, {"ReportUri": report_uri})


def record_registration(
    clients: Clients, night: Document, package_arn: str, report_uri: str
) -> Recording:
    """Record the model package; require its lineage to be whole, and its night to have passed."""
    judged = _previous(Archive(clients.s3), night, Stage.REGISTRATION)
    _require_passed(judged, package_arn)
    package = Evidence(clients).package(package_arn)
    part = stages.registration(Night.parse(night), package, report_uri)
    record = _extended(judged, Stage.REGISTRATION, night, part, Stage.REGISTRATION)
    return keep(clients, record, judged, {"PackageArn": package_arn})


def record_rollout(clients: Clients, bucket: str, rollout: Document) -> Recording:
    """Record that the rollout of a registered package has started.

    The switch log is brought to what serves before it, if that is something else than it says.
    It extends the registration of the night that the package names; the bucket holds its record.

    Raises:
        RecordMissing: there is no such night.
        FactsDisagree: that night registered another package.
    """
    started = with_approval(clients.s3, bucket, Rollout.parse(rollout))
    registered = _registered(Archive(clients.s3), bucket, started)
    _settle_previous(clients, bucket, started)
    title = names.deployment(started.endpoint_name, started.id)
    part = stages.rollout(started)
    record = _extended(registered, Stage.DEPLOYMENT, registered.night, part, title)
    return keep(clients, record, registered, {})


def record_rollout_outcome(
    clients: Clients, bucket: str, rollout: Document, outcome: Document
) -> Recording:
    """Record how a rollout ended, and that it started if nobody could do so then.

    The endpoint's switches are part of the record: they are written before SageMaker is touched.

    Raises:
        RecordConflict: another outcome is on record, or another rollout of the endpoint switched it
            at the same millisecond.
    """
    started, ending = Rollout.parse(rollout), Ending.parse(outcome)
    name = names.deployment(started.endpoint_name, started.id)
    folder = names.night_record_uri(bucket, started.data_date, started.run_id)
    previous = (
        _read(Archive(clients.s3), names.record_uri(folder, name))
        or record_rollout(clients, bucket, rollout).record
    )
    part = stages.rollout_ending(started, ending)
    title = names.deployment_outcome(name)
    record = _extended(previous, Stage.DEPLOYMENT_OUTCOME, previous.night, part, title)
    return _file_outcome(clients, bucket, record, previous, is_new=write(clients, record))


def complete_rollout_outcome(clients: Clients, bucket: str, rollout: Document) -> Recording | None:
    """Go on where the recording of a rollout's end may have been cut off; safe to repeat.

    Returns:
        What became of it; None if no record tells how the rollout ended.
    """
    started = Rollout.parse(rollout)
    name = names.deployment(started.endpoint_name, started.id)
    folder = names.night_record_uri(bucket, started.data_date, started.run_id)
    titles = name, names.deployment_outcome(name)
    uris = [names.record_uri(folder, title) for title in titles]
    previous, record = (_read(Archive(clients.s3), uri) for uri in uris)
    if record is None:
        return None
    return _file_outcome(clients, bucket, record, previous, is_new=False)


def _file_outcome(
    clients: Clients, bucket: str, record: Record, previous: Record | None, *, is_new: bool
) -> Recording:
    (deployment,) = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
    log = SwitchLog(clients.s3, bucket)
    Backlog.look(log, deployment.properties["EndpointName"]).enter()
    for switch in switches_of(deployment, record.uri):
        log.append(switch, retention_lock(record))
    return file(clients, record, previous, {}, is_new=is_new)


def record_failure(clients: Clients, bucket: str, failure: Failure) -> bool:
    """Record how a night ended that did not succeed; safe to repeat.

    The night's action is Failed then, until a redrive completes it. It is all that a failure adds
    to SageMaker's graph, and nothing if PrepareNight never described the night.

    Returns:
        Whether SageMaker's graph has it; False if the account's quota is used up.

    Raises:
        RecordConflict: another end of the same redrive is on record.
        RecordChanged: the night was pruned, and a record is not what was noted then.
    """
    night = bucket, failure.data_date, failure.run_id
    title = names.failure(failure.redrive_count)
    record = FailureRecord(names.record_uri(names.night_record_uri(*night), title), failure)
    Archive(clients.s3).write_once(record.uri, record.text, record.lock)
    try:
        # lineage/records/pruning.py says why twice: a pruned night gets no action by itself.
        reinstate(clients, *night)
        reinstate_listed(clients, bucket, complete_night(clients, *night))
    except LineageQuotaExceeded:
        return False
    return True


def _record(
    clients: Clients, stage: Stage, night: Document, part: Graph, uris: Mapping[str, str]
) -> Recording:
    previous = _previous(Archive(clients.s3), night, stage)
    return keep(clients, _extended(previous, stage, night, part, stage), previous, uris)


def _extended(
    previous: Record | None, stage: Stage, night: Document, part: Graph, title: str
) -> Record:
    return Record(
        uri=names.record_uri(night["RecordUri"], title),
        stage=stage,
        night=night,
        graph=previous.noted() | part if previous else part,
    )


def _registered(archive: Archive, bucket: str, started: Rollout) -> Record:
    folder = names.night_record_uri(bucket, started.data_date, started.run_id)
    uri = names.record_uri(folder, Stage.REGISTRATION)
    record = _read(archive, uri)
    if record is None:
        raise RecordMissing(
            f"{uri} is not there, and {started.package_arn} says that night {started.run_id} made"
            " it. Nothing is deployed without its lineage: register it by a night of this stack."
        )
    registered = [package.source_uri for package in whole.packages(record.graph)]
    if registered != [started.package_arn]:
        raise FactsDisagree(
            f"{started.package_arn} names night {started.run_id}, which registered"
            f" {', '.join(registered)}: find out who changed the package's metadata"
        )
    return record


def _settle_previous(clients: Clients, bucket: str, started: Rollout) -> None:
    """Enter what became of the endpoint since its last rollout, by itself or by hand."""
    config, since = started.previous_endpoint_config_name, started.previous_since
    if started.is_endpoint_missing:
        seen = Seen(started.endpoint_name, None, None)
    elif config and since:
        seen = Seen(started.endpoint_name, config, datetime.fromisoformat(since))
    else:
        Backlog.look(SwitchLog(clients.s3, bucket), started.endpoint_name).enter()
        return
    settle(clients.s3, bucket, seen, names.deployment(started.endpoint_name, started.id))


def _require_passed(judged: Record | None, package_arn: str) -> None:
    if judged and judged.decision is not Decision.PASSED:
        raise FactsDisagree(
            f"{package_arn} was registered, but the decision in {judged.uri} is {judged.decision}:"
            " reject the package, and find out what registered it"
        )


def _previous(archive: Archive, night: Document, stage: Stage) -> Record | None:
    if stage.previous is None:
        return None
    record = _recorded(archive, night, stage.previous)
    if record is None:
        raise RecordMissing(
            f"{names.record_uri(night['RecordUri'], stage.previous)} is not there, and {stage}"
            f" builds on it. Redrive the night from Record{stage.previous}, or start it again."
        )
    return record


def _recorded(archive: Archive, night: Document, stage: Stage) -> Record | None:
    return _read(archive, names.record_uri(night["RecordUri"], stage))


def _read(archive: Archive, uri: str) -> Record | None:
    text = archive.read(uri)
    return None if text is None else Record.parse(uri, text)
