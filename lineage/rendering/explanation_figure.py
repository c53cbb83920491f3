"""An explanation as a figure: the night's graph, and the way from the package to its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from lineage.facts import Document
from lineage.rendering.figure import Arrow, Figure, Kind, Node
from lineage.rendering.wording import counted, duration, facts, outcome, valued

_MADE_OF = (
    ("source", "processing"),
    ("processing", "train"),
    ("processing", "validation"),
    ("processing", "holdout"),
    ("train", "training"),
    ("validation", "training"),
    ("training", "model"),
    ("model", "evaluation"),
    ("holdout", "evaluation"),
    ("evaluation", "report"),
    ("model", "package"),
    ("report", "package"),
    ("night", "package"),
)
"""The shape of every night's graph, as `lineage.stages` writes it."""


def figure(explanation: Document) -> Figure:
    """The graph of a document by schema/explain.json."""
    package, deployments = explanation["Package"], explanation["Deployments"]
    nodes = (
        *_data(explanation),
        *_jobs(explanation),
        *_registration(explanation),
        *_deployments(deployments),
        *_endpoints(deployments),
    )
    ids = {node.uri: node.id for node in nodes}
    backwards = [ids[uri] for uri in explanation["Path"] if uri in ids]
    path = {(earlier, later) for later, earlier in pairwise(backwards)}
    return Figure(
        title=f"{package['Group']} version {package['Version']}",
        description=f"From source data to model package {package['Arn']}",
        nodes=nodes,
        arrows=tuple(
            Arrow(*ends, is_on_path=ends in path) for ends in (*_MADE_OF, *_served(deployments))
        ),
    )


def _data(explanation: Document) -> Iterator[Node]:
    dataset = explanation["Dataset"]
    rows, uri = counted(dataset["Rows"], "row"), dataset["ManifestUri"]
    yield Node("source", Kind.DATA, "Source data", rows, uri, {"": facts(dataset)})
    yield _job("processing", "Processing job", explanation["ProcessingJob"])
    for name, channel in explanation["Channels"].items():
        rows = counted(channel["Rows"], "row")
        yield Node(name, Kind.DATA, name.capitalize(), rows, channel["Uri"], {"": facts(channel)})


def _jobs(explanation: Document) -> Iterator[Node]:
    evaluation, model = explanation["Evaluation"], explanation["Model"]
    training = _job("training", "Training job", explanation["TrainingJob"])
    more = {"Hyperparameters": dict(sorted(explanation["Hyperparameters"].items()))}
    if explanation["TrainingJob"]["Metrics"]:
        metrics = explanation["TrainingJob"]["Metrics"]
        more["Metrics"] = {name: valued(metric) for name, metric in metrics.items()}
    yield replace(training, groups={**training.groups, **more})
    yield Node("model", Kind.MODEL, "Model", "model.tar.gz", model["Uri"], {"": facts(model)})
    yield _job("evaluation", "Evaluation", evaluation["Job"])
    auc = f"AUC {evaluation['Auc']:.4f}"
    uri = evaluation["ReportUri"]
    told = evaluation.get("Champion")
    champion = {"In production": facts(told)} if told else {}
    yield Node("report", Kind.REPORT, "Report", auc, uri, {"": facts(evaluation), **champion})


def _registration(explanation: Document) -> Iterator[Node]:
    night, package = explanation["Night"], explanation["Package"]
    more = {name: facts(explanation[name]) for name in ("Decision", "Code", "Image")}
    told = {"": facts(night), **more}
    yield Node("night", Kind.NIGHT, "Night", night["DataDate"], night["ExecutionArn"], told)
    group, version = package["Group"], f"Version {package['Version']}"
    yield Node("package", Kind.PACKAGE, version, group, package["Arn"], {"": facts(package)})


def _deployments(deployments: list[dict[str, Any]]) -> Iterator[Node]:
    for number, each in enumerate(deployments, 1):
        signed = {it: facts(each[it]) for it in ("Approval", "Rollback") if it in each}
        told = {"": facts({**each, "Served": _times(each)})} | signed
        node_id, caption = f"deployment{number}", outcome(each)
        yield Node(node_id, Kind.DEPLOYMENT, "Deployment", caption, each["Name"], told)


def _endpoints(deployments: list[dict[str, Any]]) -> Iterator[Node]:
    for arn, node_id in _endpoint_ids(deployments).items():
        name = next(each["EndpointName"] for each in deployments if each["EndpointArn"] == arn)
        told = {"": facts({"EndpointName": name, "EndpointArn": arn})}
        yield Node(node_id, Kind.ENDPOINT, "Endpoint", name, arn, told)


def _served(deployments: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    endpoints = _endpoint_ids(deployments)
    for number, each in enumerate(deployments, 1):
        yield "package", f"deployment{number}"
        if _switched(each):
            yield f"deployment{number}", endpoints[each["EndpointArn"]]


def _endpoint_ids(deployments: list[dict[str, Any]]) -> dict[str, str]:
    arns = dict.fromkeys(each["EndpointArn"] for each in deployments if _switched(each))
    return {arn: f"endpoint{number}" for number, arn in enumerate(arns, 1)}


def _switched(deployment: dict[str, Any]) -> bool:
    """Whether the endpoint ever served the package because of it."""
    return "SwitchedAt" in deployment or bool(deployment["Served"])


def _times(deployment: dict[str, Any]) -> str:
    times = (f"from {it['From']} until {it.get('Until', 'now')}" for it in deployment["Served"])
    return "; ".join(times) or "not by the switch log"


def _job(node_id: str, title: str, job: Document) -> Node:
    return Node(node_id, Kind.JOB, title, duration(job), job["Arn"], {"": facts(job)})
