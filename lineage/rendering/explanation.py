"""An explanation as text, for a terminal or a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import UNTOLD, counted, duration, signed, size

_LABEL_WIDTH = 14

Line = tuple[str, str]
"""A label, empty where it is the one above, and what it labels."""


def as_text(explanation: Document) -> str:
    """A document by schema/explain.json as text, one fact a line, names to copy in full."""
    package = explanation["Package"]
    title = f"{package['Group']} version {package['Version']}"
    lines = [*_registry(explanation), *_data(explanation), *_jobs(explanation), *_rest(explanation)]
    body = [f"{label:<{_LABEL_WIDTH}}{text}".rstrip() for label, text in lines]
    return "\n".join([title, "─" * len(title), *body, ""])


def _registry(explanation: Document) -> Iterator[Line]:
    package, night = explanation["Package"], explanation["Night"]
    yield "package", package["Arn"]
    yield "", f"registered {package['RegisteredAt']}"
    if "Rejection" in package:
        yield "", f"rejected {signed(package['Rejection'])}"
    yield "night", f"{night['DataDate']}, run {night['RunId']}"
    yield "execution", night["ExecutionArn"]


def _data(explanation: Document) -> Iterator[Line]:
    dataset = explanation["Dataset"]
    objects, rows = counted(dataset["Objects"], "object"), counted(dataset["Rows"], "row")
    extent = f"{objects}, {rows}, {size(dataset['Bytes'])}"
    yield "dataset", f"{dataset['FirstPartition']} to {dataset['LastPartition']}: {extent}"
    yield "", f"digest {dataset['Digest']}"
    yield "", dataset["ManifestUri"]


def _jobs(explanation: Document) -> Iterator[Line]:
    processing, training = explanation["ProcessingJob"], explanation["TrainingJob"]
    evaluation = explanation["Evaluation"]
    yield from _job("processing", processing)
    left_out = counted(processing["LeftOutTransactions"], "transaction")
    customers = counted(processing["LeftOutCustomers"], "defrauded customer")
    features = counted(len(processing["Features"]), "feature")
    yield "", f"{features}; left out {left_out} of {customers}"
    for name, channel in explanation["Channels"].items():
        yield f"  {name}", _channel(channel)
    yield from _job("training", training)
    metrics = ", ".join(f"{name} {value:.4f}" for name, value in training["Metrics"].items())
    if metrics:
        yield "", metrics
    for name, value in sorted(explanation["Hyperparameters"].items()):
        yield "", f"{name} = {value}"
    yield "model", explanation["Model"]["Uri"]
    yield from _job("evaluation", evaluation["Job"])
    interval = f"95 % interval {evaluation['AucLower']:.4f} to {evaluation['AucUpper']:.4f}"
    precision = f"average precision {evaluation['AveragePrecision']:.4f}"
    yield "", f"AUC {evaluation['Auc']:.4f}, {interval}; {precision}"
    yield from _champion(evaluation.get("Champion"))
    frauds, rows = counted(evaluation["Positives"], "fraud"), counted(evaluation["Rows"], "row")
    yield "", f"{frauds} in {rows}"
    yield "", evaluation["ReportUri"]


def _rest(explanation: Document) -> Iterator[Line]:
    decision, code, image = explanation["Decision"], explanation["Code"], explanation["Image"]
    outcome, threshold = decision["Outcome"].lower(), decision["Threshold"]
    margin = f", margin {decision['Margin']} below production" if "Margin" in decision else ""
    yield "decision", f"{outcome}: AUC {decision['Auc']:.4f}, threshold {threshold}{margin}"
    yield "code", f"commit {code['Commit']}"
    yield "", f"digest {code['Digest']}"
    yield "", code["Uri"]
    yield "image", image["Uri"]
    if "Digest" in image:
        yield "", image["Digest"]
    yield from _deployments(explanation["Deployments"])
    yield "record", explanation["Record"]["Uri"]
    yield "", f"sha256 {explanation['Record']['Sha256']}"
    if explanation["AnsweredFrom"] == "Record":
        yield "", "answered from here: SageMaker's graph no longer has all of it"


def _champion(champion: Document | None) -> Iterator[Line]:
    if champion is None:
        return
    of = champion.get("PackageArn", "what serves in production")
    if "NotCompared" in champion:
        yield "", f"not compared with {of}: {champion['NotCompared']}"
        return
    low, high = champion["AucDifferenceLower"], champion["AucDifferenceUpper"]
    yield "", f"AUC {champion['Auc']:.4f} of {of}, in production"
    yield (
        "",
        f"difference {champion['AucDifference']:+.4f}, 95 % interval {low:+.4f} to {high:+.4f}",
    )


def _job(label: str, job: Document) -> Iterator[Line]:
    yield label, job["Name"]
    yield (
        "",
        f"{job['StartedAt']}, {duration(job)} on {job['InstanceCount']} {job['InstanceType']}",
    )


def _channel(channel: Document) -> str:
    days = f"{channel['FirstDay']} to {channel['LastDay']}"
    return f"{days}: {counted(channel['Rows'], 'row')}, {counted(channel['Frauds'], 'fraud')}"


def _deployments(deployments: list[dict[str, Any]]) -> Iterator[Line]:
    if not deployments:
        yield "deployed", "nowhere"
    for number, deployment in enumerate(deployments):
        where = f"{deployment['EndpointName']}, as {deployment['EndpointConfigName']}"
        yield ("" if number else "deployed"), where
        yield from (("", f"  {text}") for text in _rollout(deployment))


def _served(time: Mapping[str, str]) -> str:
    if "Until" in time:
        return f"all traffic from {time['From']} until {time['Until']}"
    return f"all traffic since {time['From']}"


def _rollout(deployment: dict[str, Any]) -> Iterator[str]:
    for deed, verb in {"Approval": "approved", "Rollback": "rolled back"}.items():
        if deed in deployment:
            yield f"{verb} {signed(deployment[deed])}"
    if "ShiftStartedAt" in deployment:
        yield f"some traffic from {deployment['ShiftStartedAt']} on"
    yield from map(_served, deployment["Served"])
    if "SwitchedAt" in deployment and not deployment["Served"]:
        yield f"all traffic from {deployment['SwitchedAt']} until {UNTOLD}"
    if "RestoredAt" in deployment:
        yield f"taken back at {deployment['RestoredAt']}"
    if deployment["Status"] != "Completed":
        alarms = ", ".join(deployment.get("Alarms", ()))
        told = filter(None, (deployment.get("Reason"), alarms and f"alarms {alarms}"))
        yield ": ".join((str(deployment["Status"]).lower(), *told))
