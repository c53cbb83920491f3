"""Which nights, packages and endpoints something touched, told from the records; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from lineage import whole
from lineage.errors import InvalidSubject
from lineage.model import Action, Graph
from lineage.shelf import RecordedNight
from lineage.vocabulary import ActionType, ArtifactType

SCHEMA_VERSION = 1
_SHORTEST_COMMIT = 7
_DATE = r"\d{4}-\d{2}-\d{2}"
_JOBS = (ActionType.PROCESSING_JOB, ActionType.TRAINING_JOB, ActionType.EVALUATION)


class Kind(StrEnum):
    """What can be asked about."""

    DATA_DATE = "DataDate"
    OBJECT = "Object"
    DIGEST = "Digest"
    IMAGE = "Image"
    COMMIT = "Commit"
    JOB = "Job"


_SHAPES: Mapping[Kind, str] = {
    Kind.DATA_DATE: _DATE,
    Kind.OBJECT: r"s3://[^/]+/.+",
    Kind.DIGEST: r"[0-9a-f]{64}",
    Kind.IMAGE: r"(?!s3:|arn:)[^/\s]+/\S+|sha256:[0-9a-f]{64}",
    Kind.COMMIT: rf"[0-9a-f]{{{_SHORTEST_COMMIT},40}}(-dirty)?",
    Kind.JOB: r"(arn:aws[a-z-]*:sagemaker:\S+-job/)?[a-zA-Z0-9][a-zA-Z0-9-]{0,62}",
}


@dataclass(frozen=True)
class Subject:
    """Something that nights may have used."""

    kind: Kind
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Tell from its shape what is meant.

        Raises:
            InvalidSubject: it has the shape of nothing that a night uses.
        """
        for kind, shape in _SHAPES.items():
            if re.fullmatch(shape, text):
                return cls(kind, text)
        raise InvalidSubject(
            f"{text} names nothing that a night uses: give a data date (2026-11-21), the S3 URI of"
            " an input file or of a manifest, the digest of a data set or of code, a commit, an"
            " image URI, or a job's name or ARN"
        )


def impact(
    subject: Subject, nights: Iterable[RecordedNight], objects: Callable[[str], Collection[str]]
) -> dict[str, Any]:
    """Tell what a subject touched.

    Args:
        subject: What is asked about.
        nights: Every night on record.
        objects: The URIs of the source objects that an objects.json names, given its URI.

    Returns:
        A document by schema/impact.json.
    """
    touched = [
        _night(night, roles) for night in nights if (roles := _roles(subject, night.graph, objects))
    ]
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Subject": {"Kind": subject.kind, "Value": subject.value},
        "Nights": touched,
        "Packages": [each["PackageArn"] for each in touched if "PackageArn" in each],
        "Endpoints": sorted({name for each in touched for name in each["Endpoints"]}),
    }


def _roles(subject: Subject, graph: Graph, objects: Callable[[str], Collection[str]]) -> list[str]:
    """What the subject was to a night; empty if it was nothing."""
    match subject.kind:
        case Kind.DATA_DATE:
            return _roles_of_date(subject.value, graph, objects)
        case Kind.OBJECT:
            return _roles_of_object(subject.value, graph, objects)
        case Kind.DIGEST:
            return [
                *_if(subject.value in _told(graph, "Digest"), "source"),
                *_if(subject.value in _told(graph, "CodeDigest"), "code"),
            ]
        case Kind.IMAGE:
            images = _told(graph, "ImageUri") | _told(graph, "ImageDigest")
            return _if(subject.value in images, "image")
        case Kind.COMMIT:
            commits = _told(graph, "Commit")
            return _if(any(each.startswith(subject.value) for each in commits), "code")
        case Kind.JOB:
            return _roles_of_job(subject.value, graph)


def _roles_of_date(date: str, graph: Graph, objects: Callable[[str], Collection[str]]) -> list[str]:
    if not any(f"/dt={date}/" in uri for uri in _read_objects(graph, objects, date)):
        return []
    channels = [
        artifact.properties["Channel"]
        for artifact in graph.artifacts(ArtifactType.DATASET)
        if "Channel" in artifact.properties
        and artifact.properties["FirstDay"] <= date <= artifact.properties["LastDay"]
    ]
    return channels or ["lookback"]


def _roles_of_object(
    uri: str, graph: Graph, objects: Callable[[str], Collection[str]]
) -> list[str]:
    kinds = {artifact.source_uri: artifact.type for artifact in _artifacts(graph)}
    if uri in kinds:
        return [kinds[uri]]
    dated = re.search(rf"/dt=({_DATE})/", uri)
    if dated is None:
        return []
    is_read = uri in _read_objects(graph, objects, dated[1])
    return _roles_of_date(dated[1], graph, objects) if is_read else []


def _read_objects(
    graph: Graph, objects: Callable[[str], Collection[str]], date: str
) -> Collection[str]:
    """A night's source objects if some may be of a date; a night that failed early has none."""
    sources = [source.properties for source in whole.sources(graph)]
    return {
        uri
        for source in sources
        if source["FirstPartition"] <= date <= source["LastPartition"]
        for uri in objects(source["ObjectsUri"])
    }


def _roles_of_job(name: str, graph: Graph) -> list[str]:
    return [
        action.type
        for kind in _JOBS
        for action in graph.actions(kind)
        if name in (action.properties["JobName"], action.source_uri)
    ]


def _night(night: RecordedNight, roles: list[str]) -> dict[str, Any]:
    graph = night.graph
    (action,) = graph.actions(ActionType.NIGHTLY_RETRAIN)
    deployments = graph.actions(ActionType.MODEL_DEPLOYMENT)
    return {
        "DataDate": night.night["DataDate"],
        "RunId": night.night["RunId"],
        "ExecutionArn": night.night["ExecutionArn"],
        "Status": action.status,
        "Roles": roles,
        **_decision(action),
        "Endpoints": sorted({each.properties["EndpointName"] for each in deployments}),
    }


def _decision(action: Action) -> dict[str, str]:
    told = {"Decision": "Decision", "PackageArn": "ModelPackageArn"}
    return {name: action.properties[key] for name, key in told.items() if key in action.properties}


def _artifacts(graph: Graph) -> list[Any]:
    return [artifact for kind in ArtifactType for artifact in graph.artifacts(kind)]


def _told(graph: Graph, key: str) -> set[str]:
    return {it.properties[key] for it in graph.entities.values() if key in it.properties}


def _if(is_so: bool, role: str) -> list[str]:  # noqa: FBT001  # reads as a sentence
    return [role] if is_so else []
