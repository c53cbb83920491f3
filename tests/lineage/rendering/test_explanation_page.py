from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lineage.rendering.explanation_page import as_html
from lineage.rendering.stylesheet import STYLESHEET
from tests.lineage.rendering.pages import HOSTILE, Page, hostile

Document = dict[str, Any]


APPROVED = {
    "Name": "production-deployment-v7",
    "Status": "InProgress",
    "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/production",
    "EndpointName": "production",
    "Served": [],
    "EndpointConfigName": "production-v7",
    "Approval": {"By": "ada", "At": "2026-11-22T09:00:00Z"},
}


def test_it_shows_every_fact(explanation: Document) -> None:
    text = Page(as_html(explanation)).text
    for fact in (
        explanation["Package"]["Arn"],
        explanation["Night"]["ExecutionArn"],
        explanation["Dataset"]["Digest"],
        explanation["Code"]["Digest"],
        explanation["Code"]["Commit"],
        explanation["Image"]["Digest"],
        explanation["Record"]["Sha256"],
        *explanation["Path"],
        *explanation["Hyperparameters"],
        *(channel["Uri"] for channel in explanation["Channels"].values()),
        "AUC 0.9512, 95 % interval 0.9445 to 0.9579; threshold 0.94",
        "Where it served, and who approved it",
    ):
        assert fact in text


def test_it_needs_nothing_but_itself(explanation: Document) -> None:
    text = as_html(explanation)
    page = Page(text)
    assert page.loads == set()
    assert re.findall(r"url\((?!#)|@import", text) == []
    links = {each["href"] for each in page.all("a")}
    assert all(str(link).startswith("#") for link in links)
    (policy,) = (each for each in page.all("meta") if "http-equiv" in each)
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_link_leads_somewhere(explanation: Document) -> None:
    assert Page(as_html(explanation)).dead_links == set()


def test_the_drawings_are_well_formed_and_named(explanation: Document) -> None:
    drawings = re.findall(r"<svg.*?</svg>", as_html(explanation), re.DOTALL)
    assert len(drawings) == 3
    for drawing in drawings:
        assert ET.fromstring(drawing).find("title") is not None  # noqa: S314  # our own


def test_no_box_of_the_graph_covers_another(explanation: Document) -> None:
    page = Page(as_html(explanation))
    assert len(page.boxes) == 13
    assert not page.has_overlaps


def test_hostile_values_are_only_text(explanation: Document) -> None:
    changed = hostile(explanation, kept=r"\d{4}-|Passed|Index")
    changed["Hyperparameters"] = {HOSTILE: HOSTILE}
    page, honest = Page(as_html(changed)), Page(as_html(explanation))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in honest.elements} | {"h4"}
    assert page.handlers == []
    assert HOSTILE in page.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Deployments": []}, "Deployed nowhere"),
        ({"Deployments": [APPROVED]}, "by ada at 2026-11-22T09:00:00Z"),
        ({"AnsweredFrom": "Record"}, "SageMaker's graph no longer has all of it"),
    ],
)
def test_it_says_what_is_unusual(explanation: Document, change: Document, said: str) -> None:
    assert said in Page(as_html(explanation | change)).text
    assert said not in Page(as_html(explanation)).text


def test_headings_do_not_skip_a_level(explanation: Document) -> None:
    levels = [int(t[1]) for t, _ in Page(as_html(explanation)).elements if re.fullmatch(r"h\d", t)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def _palettes() -> list[dict[str, str]]:
    return [
        dict(re.findall(r"--([a-z-]+): (#\w+)", rule)) for rule in STYLESHEET.split(":root")[1:]
    ]


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
def test_text_has_the_contrast_that_wcag_asks_for(palette: dict[str, str]) -> None:
    """4.5 to 1 for text (WCAG 2.2, 1.4.3)."""
    fills = [name for name in palette if name.endswith("-fill")]
    grounds = [palette[name] for name in ("ground", "card", *fills)]
    inks = [palette[name] for name in ("ink", "soft")]
    outcomes = [(palette[name], palette["ground"]) for name in ("good", "bad")]
    for one, other in [(ink, ground) for ink in inks for ground in grounds] + outcomes:
        darker, lighter = sorted([_luminance(one), _luminance(other)])
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (one, other)
