"""An explanation as one HTML page that needs nothing else: no network, no script, no font."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.facts import Document
from lineage.rendering.charts import auc_chart, window_chart
from lineage.rendering.drawing import draw
from lineage.rendering.figure import Figure, Node, figure
from lineage.rendering.markup import Markup, element, join
from lineage.rendering.rollouts import rollouts
from lineage.rendering.stylesheet import STYLESHEET
from lineage.rendering.wording import Facts, approved, counted, facts, named

# The page cannot load or run anything, whatever its values say.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_LONGEST_WORD = 12
"""What is longer and has no blanks is a name to copy: shown in letters of one width."""


def as_html(explanation: Document) -> str:
    """A document by schema/explain.json as a page to open, to print and to keep."""
    drawn = figure(explanation)
    body = (
        _header(explanation, drawn.title),
        _section("Lineage", element("div", draw(drawn), class_="canvas"), _legend()),
        _section("Path back to the source", _path(explanation, drawn)),
        _section("Where it served, and who approved it", rollouts(explanation["Deployments"])),
        _section("Everything on record", _cards(drawn)),
        _record(explanation),
    )
    head = (
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", drawn.title),
        element("style", Markup(STYLESHEET)),
    )
    page = element("html", element("head", *head), element("body", *body), lang="en")
    return f"<!doctype html>\n{page}\n"


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
            _panel("In short", _table(dict(_summary(explanation)))),
            _panel(f"{auc}; threshold {decision['Threshold']}", auc_chart(explanation)),
            _panel("Days of data", window_chart(explanation)),
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


def _path(explanation: Document, drawn: Figure) -> Markup:
    titles = {node.uri: node for node in drawn.nodes}
    steps = [
        element("li", element("a", titles[uri].title, href=f"#{titles[uri].id}"), " ", _code(uri))
        if uri in titles
        else element("li", _code(uri))
        for uri in explanation["Path"]
    ]
    return element("ol", *steps, class_="path")


def _cards(drawn: Figure) -> Markup:
    return element("div", *map(_card, drawn.nodes), class_="cards")


def _card(node: Node) -> Markup:
    tables = [
        join(element("h4", heading) if heading else "", _table(group))
        for heading, group in node.groups.items()
    ]
    heading = element("h3", node.title, element("small", node.caption))
    return element("article", heading, *tables, id=node.id, class_=f"card {node.kind}")


def _record(explanation: Document) -> Markup:
    origin = {
        "Index": "Read from SageMaker's lineage graph.",
        "Record": "Read from the record in S3: SageMaker's graph no longer has all of it.",
    }[explanation["AnsweredFrom"]]
    note = (
        "The record below is the night's own account of this graph. Its SHA-256 was noted when it"
        " was written: sha256sum of the object tells whether it was changed since."
    )
    table = _table(facts(explanation["Record"]))
    return element("footer", element("p", origin, " ", note), table, class_="record")


def _section(heading: str, *content: Markup) -> Markup:
    return element("section", element("h2", heading), *content)


def _panel(heading: str, content: Markup) -> Markup:
    return element("section", element("h2", heading), content, class_="panel")


def _legend() -> Markup:
    line = element("span", class_="stroke")
    return element("p", line, "the way back to the source", class_="legend")


def _table(told: Facts) -> Markup:
    rows = [
        element("div", element("dt", name), element("dd", _code(value)))
        for name, value in told.items()
    ]
    return element("dl", *rows)


def _code(value: str) -> Markup:
    is_name = " " not in value and len(value) > _LONGEST_WORD
    return element("code", value) if is_name else join(value)
