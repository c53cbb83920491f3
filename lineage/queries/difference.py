"""What differs between two model packages, and the cause if one explains it; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lineage.facts import Document

SCHEMA_VERSION = 1
Values = Mapping[str, object]


def compare(one: Document, other: Document, changed_objects: Document) -> dict[str, Any]:
    """Compare two documents by schema/explain.json.

    Args:
        one: The explanation of A.
        other: The explanation of B.
        changed_objects: What `compare_objects` says of their source objects.

    Returns:
        A document by schema/diff.json. It has only what differs: a value of A beside that of B.
    """
    compared = {name: differing(told(one), told(other)) for name, told in _CAUSES.items()}
    different = {name: values for name, values in compared.items() if values}
    metrics = differing(_metrics(one), _metrics(other))
    champion = differing(_champion(one), _champion(other))
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "A": _identity(one),
        "B": _identity(other),
        "Causes": [name for name, values in different.items() if values.keys() != {"Commit"}],
        **different,
        **({"SourceObjects": changed_objects} if any(changed_objects.values()) else {}),
        **({"Metrics": metrics} if metrics else {}),
        **({"Champion": champion} if champion else {}),
    }


def compare_objects(
    one: Iterable[Mapping[str, Any]], other: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Compare the source objects of two data sets, as objects.json lists them.

    Returns:
        The URIs that only one has, and those of which the two read different contents.
    """
    etags_one = {item["uri"]: item["etag"] for item in one}
    etags_other = {item["uri"]: item["etag"] for item in other}
    shared = etags_one.keys() & etags_other.keys()
    return {
        "OnlyInA": sorted(etags_one.keys() - shared),
        "OnlyInB": sorted(etags_other.keys() - shared),
        "Rewritten": sorted(uri for uri in shared if etags_one[uri] != etags_other[uri]),
    }


def differing(one: Values, other: Values) -> dict[str, dict[str, object]]:
    """The keys whose values differ; a side that lacks a key has no value there."""
    return {
        key: {name: side[key] for name, side in (("A", one), ("B", other)) if key in side}
        for key in sorted(one.keys() | other.keys())
        if key not in one or key not in other or one[key] != other[key]
    }


def _identity(explanation: Document) -> dict[str, Any]:
    night, package = explanation["Night"], explanation["Package"]
    return {
        "PackageArn": package["Arn"],
        "Version": package["Version"],
        "DataDate": night["DataDate"],
        "RunId": night["RunId"],
        "AnsweredFrom": explanation["AnsweredFrom"],
    }


def _data(explanation: Document) -> Values:
    dataset = explanation["Dataset"]
    read = {key: dataset[key] for key in ("Digest", "FirstPartition", "LastPartition", "Rows")}
    windows = {
        f"{name}.{key}": channel[key]
        for name, channel in explanation["Channels"].items()
        for key in ("FirstDay", "LastDay", "Rows", "Frauds")
    }
    return read | windows


def _code(explanation: Document) -> Values:
    return {key: explanation["Code"][key] for key in ("Digest", "Commit")}


def _settings(explanation: Document) -> Values:
    days = ("TrainDays", "LabelDelayDays", "HoldoutDays")
    decision = explanation["Decision"]
    gate = {"AucThreshold": "Threshold", "GateMode": "Mode", "NonInferiorityMargin": "Margin"}
    return {
        **{key: explanation["Night"][key] for key in days},
        **{key: decision[name] for key, name in gate.items() if name in decision},
    }


def _instances(explanation: Document) -> Values:
    jobs = {
        "processing": explanation["ProcessingJob"],
        "training": explanation["TrainingJob"],
        "evaluation": explanation["Evaluation"]["Job"],
    }
    return {
        f"{name}.{key}": job[key]
        for name, job in jobs.items()
        for key in ("InstanceType", "InstanceCount")
    }


def _metrics(explanation: Document) -> Values:
    evaluation = explanation["Evaluation"]
    estimates = ("Auc", "AucLower", "AucUpper", "AveragePrecision")
    final: Values = explanation["TrainingJob"]["Metrics"]
    return {**{key: evaluation[key] for key in estimates}, **final}


def _champion(explanation: Document) -> Values:
    """What production served makes neither model, so it is told beside what does."""
    champion: Values = explanation["Evaluation"].get("Champion", {})
    return champion


# A commit is told beside the code, and is no cause by itself: most change nothing that a job runs.
_CAUSES: Mapping[str, Callable[[Document], Values]] = {
    "Data": _data,
    "Code": _code,
    "Image": lambda explanation: explanation["Image"],
    "Hyperparameters": lambda explanation: explanation["Hyperparameters"],
    "Settings": _settings,
    "Instances": _instances,
}
"""What can make two models differ, and where an explanation tells of it."""
