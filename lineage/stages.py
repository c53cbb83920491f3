"""The shape of a night's graph: which nodes and associations the facts of each stage add; pure.

A stage's part may point at entities of earlier stages: it is united with their graph. It names them
by the literal URIs that its job was given, so a job that read something else stays visibly apart.
"""

from __future__ import annotations

from lineage import entities
from lineage.champion import Comparison
from lineage.errors import FactsDisagree
from lineage.facts import Night, Package
from lineage.job_facts import ProcessingJob, TrainingJob
from lineage.model import Action, Artifact, Association, Entity, Graph, artifact_ref
from lineage.results import Evaluation, FeatureSummary, Gate
from lineage.rollouts import rollout_entities
from lineage.rollouts.rollout_facts import Ending, Rollout
from lineage.vocabulary import AssociationType, Channel, Status


def featurise(night: Night, job: ProcessingJob, summary: FeatureSummary) -> Graph:
    """Source -> processing job -> train, validation, holdout; night -> workflow.

    Raises:
        FactsDisagree: the job read other data, ran other code, or featurised for another date than
            the night's.
    """
    _require_same("source", job.run.arn, job.inputs["source"], night.dataset.manifest_uri)
    _require_same("code", job.run.arn, job.inputs["code"], night.code.uri)
    _require_read(night, job.run.arn, summary)
    source = entities.source(night, summary)
    action = entities.processing_job(night, job.run, summary)
    channels = [
        entities.channel(night, name, job.outputs[name], summary.channels[name]) for name in Channel
    ]
    retrain = entities.retrain(night, Status.IN_PROGRESS, {})
    workflow = entities.workflow(night)
    return Graph.of(
        source,
        action,
        *channels,
        retrain,
        workflow,
        associations=[
            _contributed(source.source_uri, action),
            *(_produced(action, channel) for channel in channels),
            _associated(retrain, workflow),
        ],
    )


def training(night: Night, job: TrainingJob) -> Graph:
    """Train and validation -> training job -> model."""
    action = entities.training_job(night, job.run, job.hyperparameters, job.metrics)
    model = entities.model(night, job.model_uri)
    return Graph.of(
        action,
        model,
        associations=[
            *(_contributed(uri, action) for uri in job.channels.values()),
            _produced(action, model),
        ],
    )


def evaluation(
    night: Night, job: ProcessingJob, report_uri: str, found: Evaluation, gate: Gate
) -> Graph:
    """Model and holdout -> evaluation -> report; the gate's decision on the night.

    Raises:
        FactsDisagree: the job ran other code, wrote another report, met another champion, or found
            other figures than those that the gate decided on.
    """
    _require_same("code", job.run.arn, job.inputs["code"], night.code.uri)
    _require_same("report", job.run.arn, f"{job.outputs['evaluation']}evaluation.json", report_uri)
    _require_same("AUC", report_uri, found.auc, gate.auc)
    compared = Comparison.of(night.champion, found.champion) if night.champion else None
    _require_champion(job, compared, night, gate)
    action = entities.evaluation_job(night, job.run)
    report = entities.report(night, report_uri, found, compared)
    decided = entities.retrain(
        night,
        Status.IN_PROGRESS if gate.passed else Status.COMPLETED,
        gate.told,
    )
    return Graph.of(
        action,
        report,
        decided,
        associations=[
            _contributed(job.inputs["model"], action),
            _contributed(job.inputs["holdout"], action),
            _produced(action, report),
        ],
    )


def registration(night: Night, package: Package, report_uri: str) -> Graph:
    """Model, report and night -> model package.

    Raises:
        FactsDisagree: the package has another image than the night's.
    """
    _require_same("image", package.arn, package.image_uri, night.image_uri)
    artifact = entities.package(night, package)
    completed = entities.retrain(night, Status.COMPLETED, {"ModelPackageArn": package.arn})
    return Graph.of(
        artifact,
        completed,
        associations=[
            _contributed(package.model_uri, artifact),
            _contributed(report_uri, artifact),
            Association(completed.ref, artifact.ref, AssociationType.CONTRIBUTED_TO),
        ],
    )


def rollout(started: Rollout) -> Graph:
    """Model package -> deployment."""
    action = rollout_entities.rollout(started)
    return Graph.of(action, associations=[_contributed(started.package_arn, action)])


def rollout_ending(started: Rollout, ending: Ending) -> Graph:
    """How the deployment ended; deployment -> endpoint, if that ever sent traffic to it."""
    action = rollout_entities.rollout_ending(started, ending)
    if not (ending.shift_started_at or ending.switched_at):
        return Graph.of(action)
    endpoint = rollout_entities.endpoint(started)
    return Graph.of(action, endpoint, associations=[_associated(action, endpoint)])


def _contributed(source_uri: str, destination: Entity) -> Association:
    return Association(artifact_ref(source_uri), destination.ref, AssociationType.CONTRIBUTED_TO)


def _produced(action: Action, artifact: Artifact) -> Association:
    return Association(action.ref, artifact.ref, AssociationType.PRODUCED)


def _associated(action: Action, context: Entity) -> Association:
    return Association(action.ref, context.ref, AssociationType.ASSOCIATED_WITH)


def _require_read(night: Night, job_arn: str, summary: FeatureSummary) -> None:
    of = f"summary.json of {job_arn}"
    _require_same("source digest", of, summary.source_digest, night.dataset.digest)
    _require_same("number of source objects", of, summary.source_objects, night.dataset.objects)
    _require_same("data date", of, summary.data_date, night.data_date)


def _require_champion(
    job: ProcessingJob, compared: Comparison | None, night: Night, gate: Gate
) -> None:
    pinned = night.champion.get("ModelUri") if night.champion else None
    _require_same("champion", job.run.arn, job.inputs.get("champion"), pinned)
    if gate.difference_lower is not None:
        figures = compared.figures if compared else None
        lower = figures.lower if figures else None
        _require_same("AUC difference", job.run.arn, gate.difference_lower, lower)


def _require_same(what: str, of: str, actual: object, expected: object) -> None:
    if actual != expected:
        raise FactsDisagree(
            f"{what} of {of} is {actual}, the night's is {expected}: it does not belong to this"
            " night; check what the state machine passed on"
        )
