"""Records each stage of a night: its facts become a record in S3 first, then SageMaker's graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lineage import names, stages
from lineage.archive import Archive
from lineage.clients import Clients
from lineage.errors import FactsDisagree, LineageQuotaExceeded, RecordMissing
from lineage.evidence import Evidence
from lineage.facts import Deployment, Document, Gate, Night
from lineage.filing import Filing
from lineage.model import Graph
from lineage.record import Record
from lineage.store import LineageStore
from lineage.vocabulary import Channel, Decision, Stage
from lineage.whole import is_checked, require_whole


@dataclass(frozen=True)
class Recording:
    """What became of a stage.

    Attributes:
        record: The record in S3.
        indexed: Whether SageMaker's graph has it; False if the account's quota is used up, which
            record_lineage counts in the metric LineageOutOfQuota.
        uris: What later states of the night go on with.
    """

    record: Record
    indexed: bool
    uris: Mapping[str, str]


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
    _require_passed(Archive(clients.s3), night, package_arn)
    package = Evidence(clients).package(package_arn)
    part = stages.registration(Night.parse(night), package, report_uri)
    return _record(clients, Stage.REGISTRATION, night, part, {"PackageArn": package_arn})


def record_deployment(clients: Clients, night: Document, started: Deployment) -> Recording:
    """Record that the deployment of a registered package has started."""
    part = stages.deployment(Night.parse(night), started)
    title = names.deployment(started.endpoint_name, started.id)
    return _record(clients, Stage.DEPLOYMENT, night, part, {}, title)


def _record(
    clients: Clients,
    stage: Stage,
    night: Document,
    part: Graph,
    uris: Mapping[str, str],
    title: str = "",
) -> Recording:
    archive = Archive(clients.s3)
    previous = _previous(archive, night, stage)
    record = Record(
        uri=names.record_uri(night["RecordUri"], title or stage),
        stage=stage,
        night=night,
        graph=previous.graph | part if previous else part,
    )
    require_whole(record.graph, stage)
    is_new = archive.write_once(record.uri, record.text)
    filing = Filing(LineageStore(clients.sagemaker), archive)
    try:
        filing.file(record, previous, is_new=is_new, check=is_checked(stage))
    except LineageQuotaExceeded:
        # The record is whole, and the record is what counts: the night goes on, and says so.
        return Recording(record, indexed=False, uris=uris)
    return Recording(record, indexed=True, uris=uris)


def _require_passed(archive: Archive, night: Document, package_arn: str) -> None:
    judged = _previous(archive, night, Stage.REGISTRATION)
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
    uri = names.record_uri(night["RecordUri"], stage)
    text = archive.read(uri)
    return None if text is None else Record.parse(uri, text)
