"""An explanation as a page: in short, drawn, and everything on record."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.facts import Document
from lineage.rendering.charts import auc_chart, window_chart
from lineage.rendering.explanation_figure import figure
from lineage.rendering.figure import Figure
from lineage.rendering.markup import Markup, element
from lineage.rendering.page import cards, code, definitions, drawing, page, panel, section
from lineage.rendering.rollouts import rollouts
from lineage.rendering.wording import approved, counted, facts, named, signed


def as_html(explanation: Document) -> str:
    """A document by schema/explain.json as a page to open, to print and to keep."""
    drawn = figure(explanation)
    body = (
        _header(explanation, drawn.title),
        section("Lineage", drawing(drawn, "the way back to the source")),
        section("Path back to the source", _path(explanation, drawn)),
        section("Where it served, and who approved it", rollouts(explanation["Deployments"])),
        section("Everything on record", cards(drawn)),
        _record(explanation),
    )
    return page(drawn.title, *body)


def _header(explanation: Document, title: str) -> Markup:
    decision, evaluation = explanation["Decision"], explanation["Evaluation"]
    interval = f"95 % interval {evaluation['AucLower']:.4f} to {evaluation['AucUpper']:.4f}"
    auc = f"AUC {decision['Auc']:.4f}, {interval}"
    return element(
        "header",
        element("p", "Model package", class_="kicker"),
        element("h1", title),
        element("p", *_badges(explanation), class_="badges"),
        element(
            "div",
            panel("In short", definitions(dict(_summary(explanation)))),
            panel(f"{auc}; threshold {decision['Threshold']}", auc_chart(explanation)),
            panel("Days of data", window_chart(explanation)),
            class_="panels",
        ),
    )


def _badges(explanation: Document) -> Iterator[Markup]:
    yield _badge("Gate", explanation["Decision"]["Outcome"])
    for each in explanation["Deployments"]:
        yield _badge(f"{each['EndpointName']}:", each.get("Outcome", each["Status"]))
    if not explanation["Deployments"]:
        yield element("span", "Deployed nowhere", class_="badge")
    if explanation["AnsweredFrom"] == "Record":
        yield element("span", "From the record", class_="badge")


def _badge(what: str, outcome: str) -> Markup:
    return element("span", what, " ", named(outcome).lower(), class_=f"badge {outcome.lower()}")


def _summary(explanation: Document) -> Iterator[tuple[str, str]]:
    package, night, dataset = (explanation[key] for key in ("Package", "Night", "Dataset"))
    yield "Package", package["Arn"]
    yield "Registered", package["RegisteredAt"]
    yield "Night", f"{night['DataDate']}, run {night['RunId']}"
    read = f"{counted(dataset['Objects'], 'object')}, {counted(dataset['Rows'], 'row')}"
    yield "Data", f"{dataset['FirstPartition']} to {dataset['LastPartition']}: {read}"
    yield "Data digest", dataset["Digest"]
    yield "Code", explanation["Code"]["Commit"]
    yield "Image", explanation["Image"]["Uri"]
    deployments = explanation["Deployments"]
    endpoints = dict.fromkeys(each["EndpointName"] for each in deployments)
    yield "Deployed", ", ".join(endpoints) or "nowhere"
    approvals = dict.fromkeys(approved(each) for each in deployments if "Approval" in each)
    yield "Approved", "; ".join(approvals) or "by nobody"
    if "Rejection" in package:
        yield "Rejected", signed(package["Rejection"])


def _path(explanation: Document, drawn: Figure) -> Markup:
    titles = {node.uri: node for node in drawn.nodes}
    steps = [
        element("li", element("a", titles[uri].title, href=f"#{titles[uri].id}"), " ", code(uri))
        if uri in titles
        else element("li", code(uri))
        for uri in explanation["Path"]
    ]
    return element("ol", *steps, class_="path")


def _record(explanation: Document) -> Markup:
    origin = {
        "Index": "Read from SageMaker's lineage graph.",
        "Record": "Read from the record in S3: SageMaker's graph no longer has all of it.",
    }[explanation["AnsweredFrom"]]
    note = (
        "The record below is the night's own account of this graph. Its SHA-256 was noted when it"
        " was written: sha256sum of the object tells whether it was changed since."
    )
    table = definitions(facts(explanation["Record"]))
    return element("footer", element("p", origin, " ", note), table, class_="record")
