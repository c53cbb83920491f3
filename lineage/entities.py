"""The nodes of a night: what each is called and what it tells; pure."""

from __future__ import annotations

from collections.abc import Mapping

from lineage import names
from lineage.champion import Comparison
from lineage.facts import Night, Package
from lineage.job_facts import Run
from lineage.model import Action, Artifact, Context, Properties
from lineage.results import ChannelSummary, Evaluation, FeatureSummary
from lineage.vocabulary import ActionType, ArtifactType, Channel, ContextType, Status


def source(night: Night, summary: FeatureSummary) -> Artifact:
    """The night's input; it tells nothing of the night: nights with equal input share it."""
    dataset = night.dataset
    return Artifact(
        source_uri=dataset.manifest_uri,
        type=ArtifactType.DATASET,
        name=names.entity_name("dataset", dataset.digest[: names.DIGEST_DIGITS]),
        properties=texts(
            {
                "Digest": dataset.digest,
                "ObjectsUri": dataset.objects_uri,
                "Objects": dataset.objects,
                "Bytes": dataset.size_bytes,
                "Rows": summary.source_rows,
                "FirstPartition": dataset.first_partition,
                "LastPartition": dataset.last_partition,
            }
        ),
    )


def processing_job(night: Night, run: Run, summary: FeatureSummary) -> Action:
    """The featurise job."""
    told = {
        **_code(night),
        "ContentType": summary.content_type,
        "Features": names.canonical_json(summary.features),
        "LeftOutCustomers": summary.left_out_customers,
        "LeftOutTransactions": summary.left_out_transactions,
    }
    return _job(night, ActionType.PROCESSING_JOB, run, told)


def channel(night: Night, name: Channel, uri: str, summary: ChannelSummary) -> Artifact:
    """A data set that featurise wrote."""
    told = {
        "Channel": name,
        "Rows": summary.rows,
        "Frauds": summary.frauds,
        "FirstDay": summary.first_day,
        "LastDay": summary.last_day,
    }
    return _artifact(night, ArtifactType.DATASET, name, uri, told)


def training_job(
    night: Night, run: Run, hyperparameters: Mapping[str, str], metrics: Mapping[str, float]
) -> Action:
    """The training job, with all its hyperparameters as one canonical text."""
    told = {
        "Hyperparameters": names.canonical_json(dict(hyperparameters)),
        "Metrics": names.canonical_json(dict(metrics)),
    }
    return _job(night, ActionType.TRAINING_JOB, run, told)


def model(night: Night, uri: str) -> Artifact:
    """The model.tar.gz that training wrote."""
    return _artifact(night, ArtifactType.MODEL, "model", uri, {})


def evaluation_job(night: Night, run: Run) -> Action:
    """The evaluate job."""
    return _job(night, ActionType.EVALUATION, run, _code(night))


def report(night: Night, uri: str, found: Evaluation, compared: Comparison | None) -> Artifact:
    """evaluation.json; what it says of the model in production is told by values."""
    told = {
        "Auc": found.auc,
        "AucStandardError": found.auc_standard_error,
        "AucLower": found.auc_lower,
        "AucUpper": found.auc_upper,
        "AveragePrecision": found.average_precision,
        "Rows": found.rows,
        "Positives": found.positives,
        **(compared.properties if compared else {}),
    }
    return _artifact(night, ArtifactType.EVALUATION_REPORT, "report", uri, told)


def package(night: Night, registered: Package) -> Artifact:
    """The model package version: to SageMaker an artifact whose URI is the package's ARN."""
    told = {
        "ModelPackageGroup": registered.group,
        "ModelPackageVersion": registered.version,
        "RegisteredAt": registered.registered_at,
        "RecordUri": night.record_uri,
    }
    if registered.image_digest:
        told["ImageDigest"] = registered.image_digest
    return _artifact(night, ArtifactType.MODEL, "package", registered.arn, told)


def retrain(night: Night, status: Status, told: Mapping[str, object]) -> Action:
    """The night itself: its parameters and, stage by stage, what was decided."""
    properties = {
        **_of(night),
        **_code(night),
        "Workflow": night.workflow,
        "DatasetDigest": night.dataset.digest,
        "ImageUri": night.image_uri,
        "TrainDays": night.train_days,
        "LabelDelayDays": night.label_delay_days,
        "HoldoutDays": night.holdout_days,
        "RecordUri": night.record_uri,
        **told,
    }
    return Action(
        name=names.entity_name(night.workflow, "night", night.run_id),
        type=ActionType.NIGHTLY_RETRAIN,
        source_uri=night.execution_arn,
        status=status,
        properties=texts(properties),
    )


def workflow(night: Night) -> Context:
    """The state machine: one context for all its nights, an account has room for 500."""
    return Context(
        name=names.entity_name(night.workflow),
        type=ContextType.WORKFLOW,
        source_uri=names.state_machine_arn(night.execution_arn),
    )


def _artifact(
    night: Night, artifact_type: ArtifactType, role: str, uri: str, told: Mapping[str, object]
) -> Artifact:
    return Artifact(
        source_uri=uri,
        type=artifact_type,
        name=names.entity_name(night.workflow, role, night.run_id),
        properties=texts({**_of(night), **told}),
    )


def _job(night: Night, action_type: ActionType, run: Run, told: Mapping[str, object]) -> Action:
    properties = {
        **_of(night),
        "JobName": run.name,
        "ImageUri": run.image_uri,
        "InstanceType": run.instance_type,
        "InstanceCount": run.instance_count,
        "StartedAt": run.started_at,
        "EndedAt": run.ended_at,
        **told,
    }
    return Action(
        name=names.entity_name(night.workflow, action_type, night.run_id),
        type=action_type,
        source_uri=run.arn,
        status=Status.COMPLETED,
        properties=texts(properties),
    )


def _of(night: Night) -> dict[str, object]:
    return {"RunId": night.run_id, "DataDate": night.data_date}


def _code(night: Night) -> dict[str, object]:
    return {
        "CodeDigest": night.code.digest,
        "CodeUri": night.code.uri,
        "Commit": night.code.commit,
    }


def texts(properties: Mapping[str, object]) -> Properties:
    """Properties as SageMaker takes them; the text of a float reads back as the same float."""
    return {key: str(value) for key, value in properties.items()}
