"""The answer to "where does this model package come from", made of a whole graph; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any

from lineage import names, whole
from lineage.champion import Comparison
from lineage.model import Action, Artifact, Entity, Graph, Properties
from lineage.rollouts.switches import Reign, iso_milliseconds
from lineage.signature import APPROVAL, ROLLBACK, Signature, signatures
from lineage.vocabulary import ActionType, ArtifactType, Channel, Stage

SCHEMA_VERSION = 1
_ROLLOUT = (
    "Trigger",
    "StartedAt",
    "Outcome",
    "ShiftStartedAt",
    "SwitchedAt",
    "RestoredAt",
    "EndedAt",
    "Reason",
)


class AnsweredFrom(StrEnum):
    """Where the graph of an answer came from."""

    INDEX = "Index"
    RECORD = "Record"


def explain(
    graph: Graph,
    answered_from: AnsweredFrom,
    reigns: Iterable[Reign] = (),
    rejection: Signature | None = None,
) -> dict[str, Any]:
    """Explain the one package of a graph that is whole up to its registration.

    Args:
        graph: What the package came from, and its deployments.
        answered_from: Where the graph came from.
        reigns: When the deployments served, in order: no deployment knows what came after it.
        rejection: Who rejected the package, if the registry says so by now.

    Returns:
        A document by schema/explain.json.
    """
    (package,) = whole.packages(graph)
    (source,) = whole.sources(graph)
    (processing,) = graph.actions(ActionType.PROCESSING_JOB)
    (training,) = graph.actions(ActionType.TRAINING_JOB)
    (night,) = graph.actions(ActionType.NIGHTLY_RETRAIN)
    served = list(reigns)
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "AnsweredFrom": answered_from,
        "Package": _package(package, rejection),
        "Night": _night(night),
        "Dataset": _dataset(source),
        "ProcessingJob": _processing_job(processing),
        "Channels": _channels(graph, source),
        "TrainingJob": {**_job(training), "Metrics": json.loads(training.properties["Metrics"])},
        "Hyperparameters": json.loads(training.properties["Hyperparameters"]),
        "Model": {"Uri": _model(graph, package).source_uri},
        "Evaluation": _evaluation(graph),
        "Decision": _decision(night),
        "Code": _code(processing),
        "Image": {
            "Uri": training.properties["ImageUri"],
            **_picked(package.properties, {"Digest": "ImageDigest"}),
        },
        "Deployments": [_deployment(each, served) for each in deployments(graph)],
        "Record": {
            "Uri": names.record_uri(night.properties["RecordUri"], Stage.REGISTRATION),
            **_picked(night.properties, {"Sha256": f"{Stage.REGISTRATION}RecordSha256"}),
        },
        "Path": _path(graph, package, training, source),
    }


def _package(package: Artifact, rejection: Signature | None) -> dict[str, Any]:
    return {
        "Arn": package.source_uri,
        "Group": package.properties["ModelPackageGroup"],
        "Version": int(package.properties["ModelPackageVersion"]),
        "RegisteredAt": package.properties["RegisteredAt"],
        **({"Rejection": rejection.document} if rejection else {}),
    }


def _night(night: Action) -> dict[str, Any]:
    return {
        **_kept(night.properties, "RunId", "DataDate", "Workflow"),
        **_numbers(night.properties, "TrainDays", "LabelDelayDays", "HoldoutDays"),
        "ExecutionArn": night.source_uri,
        "Status": night.status,
    }


def _dataset(source: Artifact) -> dict[str, Any]:
    return {
        "ManifestUri": source.source_uri,
        **_kept(source.properties, "Digest", "ObjectsUri", "FirstPartition", "LastPartition"),
        **_numbers(source.properties, "Objects", "Bytes", "Rows"),
    }


def _job(job: Action) -> dict[str, Any]:
    return {
        "Name": job.properties["JobName"],
        "Arn": job.source_uri,
        **_kept(job.properties, "InstanceType", "StartedAt", "EndedAt"),
        **_numbers(job.properties, "InstanceCount"),
    }


def _processing_job(job: Action) -> dict[str, Any]:
    return {
        **_job(job),
        **_kept(job.properties, "ContentType"),
        **_numbers(job.properties, "LeftOutCustomers", "LeftOutTransactions"),
        "Features": json.loads(job.properties["Features"]),
    }


def _channels(graph: Graph, source: Artifact) -> dict[str, Any]:
    written = {
        entity.properties["Channel"]: entity
        for entity in graph.artifacts(ArtifactType.DATASET)
        if entity != source
    }
    return {
        name: {
            "Uri": written[name].source_uri,
            **_numbers(written[name].properties, "Rows", "Frauds"),
            **_kept(written[name].properties, "FirstDay", "LastDay"),
        }
        for name in Channel
    }


def _model(graph: Graph, package: Artifact) -> Artifact:
    contributors = graph.sources_of(package.ref)
    (model,) = (it for it in graph.artifacts(ArtifactType.MODEL) if it.ref in contributors)
    return model


def _evaluation(graph: Graph) -> dict[str, Any]:
    (job,) = graph.actions(ActionType.EVALUATION)
    (report,) = graph.artifacts(ArtifactType.EVALUATION_REPORT)
    estimates = ("Auc", "AucStandardError", "AucLower", "AucUpper", "AveragePrecision")
    compared = Comparison.told_by(report.properties)
    return {
        "Job": _job(job),
        "ReportUri": report.source_uri,
        **{key: float(report.properties[key]) for key in estimates},
        **_numbers(report.properties, "Rows", "Positives"),
        **({"Champion": compared.document} if compared else {}),
    }


def _gate(night: Action) -> dict[str, Any]:
    margin = _picked(night.properties, {"Margin": "NonInferiorityMargin"})
    return {
        # Nights from before there were modes were judged by the threshold alone.
        "Mode": night.properties.get("GateMode", "threshold"),
        **{name: float(value) for name, value in margin.items()},
    }


def _decision(night: Action) -> dict[str, Any]:
    return {
        "Outcome": night.properties["Decision"],
        "Auc": float(night.properties["Auc"]),
        "Threshold": float(night.properties["AucThreshold"]),
        **_gate(night),
    }


def _code(job: Action) -> dict[str, str]:
    return {
        "Digest": job.properties["CodeDigest"],
        "Uri": job.properties["CodeUri"],
        "Commit": job.properties["Commit"],
    }


def _path(graph: Graph, *stations: Entity) -> list[str]:
    """The way back from the first station to the last, by way of those between."""
    first, *_ = stations
    refs = [first.ref, *(it for a, b in pairwise(stations) for it in graph.path(a.ref, b.ref)[1:])]
    return [graph.entities[ref].source_uri for ref in refs]


def deployments(graph: Graph) -> list[Action]:
    """The deployments of a package, oldest first."""
    # Others may make actions of this type too; ours name the endpoint and its configuration.
    ours = [
        it
        for it in graph.actions(ActionType.MODEL_DEPLOYMENT)
        if {"EndpointName", "EndpointConfigName"} <= it.properties.keys()
    ]
    return sorted(ours, key=lambda each: each.properties.get("StartedAt", ""))


def _deployment(deployment: Action, reigns: Iterable[Reign]) -> dict[str, Any]:
    told = deployment.properties
    return {
        "Name": deployment.name,
        "Status": deployment.status,
        "EndpointArn": deployment.source_uri,
        **_kept(told, "EndpointName", "EndpointConfigName"),
        **_picked(told, {key: key for key in _ROLLOUT}),
        "Served": [_served(it) for it in reigns if it.served.deployment == deployment.name],
        **({"Alarms": json.loads(told["Alarms"])} if "Alarms" in told else {}),
        **signatures(Signature.told_by(told, APPROVAL), Signature.told_by(told, ROLLBACK)),
    }


def _served(reign: Reign) -> dict[str, str]:
    return {
        "From": iso_milliseconds(reign.since),
        **({"Until": iso_milliseconds(reign.until)} if reign.until else {}),
    }


def _kept(properties: Properties, *keys: str) -> dict[str, str]:
    return {key: properties[key] for key in keys}


def _numbers(properties: Properties, *keys: str) -> dict[str, int]:
    return {key: int(properties[key]) for key in keys}


def _picked(properties: Properties, keys: Mapping[str, str]) -> dict[str, str]:
    return {name: properties[key] for name, key in keys.items() if key in properties}
