"""A difference, drawn and as a page."""

from __future__ import annotations

from typing import Any

import pytest

from lineage.rendering.difference_figure import figure
from lineage.rendering.difference_page import as_html
from lineage.schema import require_valid
from tests.lineage.rendering.pages import HOSTILE, Page, hostile

Document = dict[str, Any]
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud"


def a_package(version: int) -> Document:
    return {
        "PackageArn": f"{ARN}/{version}",
        "Version": version,
        "DataDate": f"2026-11-{version:02}",
        "RunId": f"run-{version}",
        "AnsweredFrom": "Index",
    }


def a_difference(**parts: object) -> Document:
    document = {"SchemaVersion": 1, "A": a_package(1), "B": a_package(2), "Causes": [], **parts}
    require_valid(document, "diff")
    return document


ONE_CAUSE = a_difference(
    Causes=["Hyperparameters"],
    Hyperparameters={"eta": {"A": "0.1", "B": "0.05"}, "gamma": {"B": "1"}},
    Metrics={"Auc": {"A": 0.9512, "B": 0.9547}},
)
SEVERAL = a_difference(
    Causes=["Data", "Code"],
    Data={"Rows": {"A": 521_252, "B": 520_775}},
    SourceObjects={"OnlyInA": ["s3://b/one"], "OnlyInB": [], "Rewritten": ["s3://b/two"]},
    Code={"Digest": {"A": "ab" * 32, "B": "cd" * 32}},
)
NONE = a_difference()


def test_the_way_leads_from_a_over_what_changed_to_b_and_its_metrics() -> None:
    arrows = figure(ONE_CAUSE).arrows
    assert [(it.source, it.destination) for it in arrows if it.is_on_path] == [
        ("A", "Hyperparameters"),
        ("Hyperparameters", "B"),
    ]
    assert [(it.source, it.destination) for it in arrows if not it.is_on_path] == [("B", "Metrics")]


def test_of_several_causes_none_is_thick() -> None:
    assert [it.is_on_path for it in figure(SEVERAL).arrows] == [False] * 4


def test_packages_made_of_the_same_are_drawn_side_by_side() -> None:
    (arrow,) = figure(NONE).arrows
    assert (arrow.source, arrow.destination) == ("A", "B")


@pytest.mark.parametrize("found", [ONE_CAUSE, SEVERAL, NONE], ids=["one", "several", "none"])
def test_the_page_is_whole_and_needs_nothing_else(found: Document) -> None:
    page = Page(as_html(found))
    assert (page.loads, page.dead_links, page.has_overlaps) == (set(), set(), False)


def test_a_and_b_stand_in_two_columns_below_their_names() -> None:
    written = as_html(ONE_CAUSE)
    columns = "A: version 1 of 2026-11-01", "B: version 2 of 2026-11-02"
    assert "".join(f'<th scope="col">{it}</th>' for it in ("", *columns)) in written
    assert "<td>eta</td><td>0.1</td><td>0.05</td>" in written
    assert "<td>gamma</td><td>none</td><td>1</td>" in written


def test_causes_are_marked_and_metrics_are_none() -> None:
    text = Page(as_html(ONE_CAUSE)).text
    assert "Hyperparameters, a cause\n" in text
    assert "Metrics\n" in text
    assert "They differ in the hyperparameters alone" in text


def test_every_input_file_that_differs_is_named_under_the_data() -> None:
    text = Page(as_html(SEVERAL)).text
    assert "1 file only A read\ns3://b/one\n1 file rewritten between\ns3://b/two\n" in text


def test_hostile_values_are_only_text() -> None:
    changed = hostile(SEVERAL, kept="Data|Code") | {"Hyperparameters": {HOSTILE: {"A": HOSTILE}}}
    page = Page(as_html(changed))
    assert (page.loads, page.handlers) == (set(), [])
    assert HOSTILE in page.text
