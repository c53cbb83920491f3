"""Which nights, packages and endpoints something touched, told from the records; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from lineage import whole
from lineage.model import Action, Artifact, Graph
from lineage.queries.subject import Kind, Subject
from lineage.records.shelf import RecordedNight
from lineage.rollouts.switches import Reign, iso_milliseconds
from lineage.vocabulary import ActionType, ArtifactType

SCHEMA_VERSION = 1
_JOBS = (ActionType.PROCESSING_JOB, ActionType.TRAINING_JOB, ActionType.EVALUATION)
_BEARING: Mapping[Kind, Mapping[str, str]] = {
    Kind.DIGEST: {"Digest": "source", "CodeDigest": "code"},
    Kind.IMAGE: {"ImageUri": "image", "ImageDigest": "image"},
    Kind.RUN: {"RunId": "night"},
}
"""Properties that bear a subject as it is, and what it was to the night then."""


def impact(
    subject: Subject,
    nights: Iterable[RecordedNight],
    reigns: Iterable[Reign],
    objects: Callable[[str], Collection[str]],
    data_dates: Collection[str],
    with_outcomes: Callable[[Sequence[RecordedNight]], Sequence[RecordedNight]],
) -> dict[str, Any]:
    """Tell what a subject touched.

    Args:
        subject: What is asked about.
        nights: Every night on record that it may have touched.
        reigns: Everything that any endpoint served; not looked at if no night was touched.
        objects: The URIs of the source objects that an objects.json names, given its URI.
        data_dates: Of every night on record: nothing is known of what others used.
        with_outcomes: Adds to nights how their deployments ended.

    Returns:
        A document by schema/impact.json.
    """
    found, roles, unreadable = list[RecordedNight](), list[list[str]](), dict[str, object]()
    for night in nights:
        unreadable.update(night.unreadable)
        if was := _roles(subject, night.graph, objects):
            found.append(night)
            roles.append(was)
    served = _by_package(reigns if found else ())
    ended = with_outcomes(found)
    unreadable.update(uri for night in ended for uri in night.unreadable.items())
    touched = [_night(night, was, served) for night, was in zip(ended, roles, strict=True)]
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Subject": {"Kind": subject.kind, "Value": subject.value},
        "OnRecord": _extent(data_dates),
        "Nights": touched,
        "Packages": [each["PackageArn"] for each in touched if "PackageArn" in each],
        "Endpoints": sorted({name for each in touched for name in each["Endpoints"]}),
        **({"Unreadable": list(unreadable)} if unreadable else {}),
    }


def _extent(data_dates: Collection[str]) -> dict[str, Any]:
    if not data_dates:
        return {"Nights": 0}
    return {
        "Nights": len(data_dates),
        "FirstDataDate": min(data_dates),
        "LastDataDate": max(data_dates),
    }


def _by_package(reigns: Iterable[Reign]) -> Mapping[str, Sequence[Reign]]:
    served = defaultdict[str, list[Reign]](list)
    for reign in reigns:
        served[reign.served.package_arn].append(reign)
    return served


def _roles(subject: Subject, graph: Graph, objects: Callable[[str], Collection[str]]) -> list[str]:
    """What the subject was to a night; empty if it was nothing."""
    match subject.kind:
        case Kind.DATA_DATE:
            return _roles_of_date(subject.value, graph, objects)
        case Kind.OBJECT:
            return _roles_of_object(subject, graph, objects)
        case Kind.COMMIT:
            commits = _told(graph, "Commit")
            return ["code"] if any(it.startswith(subject.value) for it in commits) else []
        case Kind.JOB:
            return _roles_of_job(subject.value, graph)
        case _:
            bearing = _BEARING[subject.kind].items()
            roles = (role for key, role in bearing if subject.value in _told(graph, key))
            return list(dict.fromkeys(roles))


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
    subject: Subject, graph: Graph, objects: Callable[[str], Collection[str]]
) -> list[str]:
    uri = subject.value
    kinds = {artifact.source_uri: artifact.type for artifact in _artifacts(graph)}
    if uri in kinds:
        return [kinds[uri]]
    if subject.data_date is None:
        return []
    is_read = uri in _read_objects(graph, objects, subject.data_date)
    return _roles_of_date(subject.data_date, graph, objects) if is_read else []


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


def _night(
    night: RecordedNight, roles: list[str], reigns: Mapping[str, Sequence[Reign]]
) -> dict[str, Any]:
    (action,) = night.graph.actions(ActionType.NIGHTLY_RETRAIN)
    served = _served(night, reigns.get(action.properties.get("ModelPackageArn", ""), ()))
    return {
        "DataDate": night.night["DataDate"],
        "RunId": night.night["RunId"],
        "ExecutionArn": night.night["ExecutionArn"],
        "Status": action.status,
        "Roles": roles,
        **_decision(action),
        "Endpoints": sorted({each["EndpointName"] for each in served}),
        "Served": served,
    }


def _served(night: RecordedNight, reigns: Sequence[Reign]) -> list[dict[str, Any]]:
    """Where its package served all requests, and where some while traffic moved, in order."""
    graphs = [record.graph for record in night.deployments]
    deployments = [it for each in graphs for it in each.actions(ActionType.MODEL_DEPLOYMENT)]
    partly = [it for each in deployments for it in _partly(each, reigns)]
    return sorted([*map(_wholly, reigns), *partly], key=itemgetter("From"))


def _wholly(reign: Reign) -> dict[str, Any]:
    return {
        "EndpointName": reign.endpoint_name,
        "Deployment": reign.served.deployment,
        "From": iso_milliseconds(reign.since),
        **({"Until": iso_milliseconds(reign.until)} if reign.until else {}),
    }


def _partly(deployment: Action, reigns: Sequence[Reign]) -> Iterator[dict[str, Any]]:
    """The time in which traffic moved to a deployment, or to it and back."""
    told = deployment.properties
    if "ShiftStartedAt" not in told:
        return
    # An aborted rollout does not know what its endpoint came to; the switch log does.
    arrived = [it.since for it in reigns if it.served.deployment == deployment.name]
    moved_at = told.get("SwitchedAt", told.get("RestoredAt"))
    ends = [datetime.fromisoformat(moved_at)] if moved_at else arrived
    yield {
        "EndpointName": told["EndpointName"],
        "Deployment": deployment.name,
        "From": iso_milliseconds(datetime.fromisoformat(told["ShiftStartedAt"])),
        **({"Until": iso_milliseconds(min(ends))} if ends else {}),
        "Partly": True,
    }


def _decision(action: Action) -> dict[str, str]:
    told = {"Decision": "Decision", "PackageArn": "ModelPackageArn"}
    return {name: action.properties[key] for name, key in told.items() if key in action.properties}


def _artifacts(graph: Graph) -> list[Artifact]:
    return [artifact for kind in ArtifactType for artifact in graph.artifacts(kind)]


def _told(graph: Graph, key: str) -> set[str]:
    return {it.properties[key] for it in graph.entities.values() if key in it.properties}
