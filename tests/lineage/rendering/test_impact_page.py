"""An impact, drawn and as a page."""

from __future__ import annotations

from typing import Any

import pytest

from lineage.rendering.impact_figure import MOST_DRAWN, figure
from lineage.rendering.impact_page import as_html
from lineage.schema import require_valid
from tests.lineage.rendering.pages import HOSTILE, Page, hostile

Document = dict[str, Any]
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:retrain"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud"
SWITCHED = "2026-11-22T09:00:00.000Z"


def a_night(number: int, **more: object) -> Document:
    night = {
        "DataDate": f"2026-{1 + number // 28:02}-{1 + number % 28:02}",
        "RunId": f"run-{number}",
        "ExecutionArn": f"{EXECUTION}:{number}",
        "Status": "Completed",
        "Roles": ["holdout"],
        "Decision": "Rejected",
        "Endpoints": [],
        "Served": [],
    }
    return night | more


def served(number: int, **until: str) -> Document:
    time = {"EndpointName": "candidate", "Deployment": f"d{number}", "From": SWITCHED, **until}
    return a_night(
        number,
        Decision="Passed",
        PackageArn=f"{PACKAGE}/{number}",
        Endpoints=["candidate"],
        Served=[time],
    )


def an_impact(*nights: Document) -> Document:
    document = {
        "SchemaVersion": 1,
        "Subject": {"Kind": "DataDate", "Value": "2026-01-01"},
        "OnRecord": {"Nights": 9, "FirstDataDate": "2026-01-01", "LastDataDate": "2026-01-09"},
        "Nights": list(nights),
        "Packages": [each["PackageArn"] for each in nights if "PackageArn" in each],
        "Endpoints": sorted({name for each in nights for name in each["Endpoints"]}),
    }
    require_valid(document, "impact")
    return document


THREE = an_impact(a_night(1), served(2, Until="2026-11-23T09:00:00.000Z"), served(3))
MANY = an_impact(*(served(number) for number in range(MOST_DRAWN + 10)))


def test_the_way_leads_from_the_subject_over_nights_and_packages_to_endpoints() -> None:
    assert {(it.source, it.destination) for it in figure(THREE).arrows} == {
        ("subject", "night1"),
        ("subject", "night2"),
        ("night2", "package2"),
        ("package2", "endpoint1"),
        ("subject", "night3"),
        ("night3", "package3"),
        ("package3", "endpoint1"),
    }


def test_thick_is_the_way_to_what_serves_now() -> None:
    thick = [(it.source, it.destination) for it in figure(THREE).arrows if it.is_on_path]
    assert thick == [("subject", "night3"), ("night3", "package3"), ("package3", "endpoint1")]


def test_a_part_of_the_traffic_whose_end_no_record_tells_is_not_serving_now() -> None:
    partly = served(3)
    partly["Served"][0]["Partly"] = True
    impact = an_impact(partly)
    assert not any(it.is_on_path for it in figure(impact).arrows)
    assert "none of these packages" in as_html(impact)


def test_a_night_without_a_package_says_what_became_of_it() -> None:
    captions = {node.id: node.caption for node in figure(THREE).nodes}
    assert (captions["night1"], captions["night2"]) == ("holdout, rejected", "holdout")


@pytest.mark.parametrize("impact", [THREE, MANY, an_impact()], ids=["three", "many", "none"])
def test_the_page_is_whole_and_needs_nothing_else(impact: Document) -> None:
    page = Page(as_html(impact))
    assert (page.loads, page.dead_links, page.has_overlaps) == (set(), set(), False)


def test_of_many_nights_the_newest_are_drawn_and_all_are_listed() -> None:
    drawn, page = figure(MANY), Page(as_html(MANY))
    assert len([it for it in drawn.nodes if it.id.startswith("night")]) == MOST_DRAWN
    assert drawn.nodes[1].title == MANY["Nights"][10]["DataDate"]
    assert f"Impact on the last {MOST_DRAWN} of {MOST_DRAWN + 10}" in page.text
    assert all(night["RunId"] in page.text for night in MANY["Nights"])


def test_what_touched_nothing_says_how_far_the_records_reach() -> None:
    text = Page(as_html(an_impact())).text
    assert "It touched nothing." in text
    assert "9 nights on record, of data dates 2026-01-01 to 2026-01-09" in text


def test_what_cannot_be_read_is_named() -> None:
    assert "It may be more: s3://a cannot be read." in as_html(THREE | {"Unreadable": ["s3://a"]})


def test_hostile_values_are_only_text() -> None:
    page = Page(as_html(hostile(THREE, kept="DataDate")))
    assert (page.loads, page.handlers) == (set(), [])
    assert HOSTILE in page.text
