"""Checked against the grammar of a line; Mermaid 11 itself parses these texts as told here."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from lineage.rendering.explanation_figure import figure
from lineage.rendering.figure import Arrow, Figure, Kind, Node
from lineage.rendering.mermaid import escape, flowchart

Document = dict[str, Any]
LINE = re.compile(
    r"    (accTitle|accDescr): [^#<>%{}\"]+"
    r"|    \w+(\[\(|\(\[|\[\[|\{\{|\[|>)\"[^\"<>%{}`:]*(<br/>[^\"<>%{}`:]*)?\"[\]\)\}]+"
    r"|    \w+ (-->|==>) \w+"
    r"|    classDef \w+ [\w:#,-]+"
    r"|    class [\w,]+ \w+"
)
HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    '"]; click source "javascript:alert(1)"',
    '%%{init: {"theme": "dark"}}%%',
    "direction TB",
    "style x:y #35;a;",
    "a`b`",
    "#quot;",
    "a\nb --> c",
]


def test_every_line_is_one_of_a_flowchart(explanation: Document) -> None:
    first, *rest = flowchart(figure(explanation)).splitlines()
    assert first == "flowchart LR"
    assert [line for line in rest if not LINE.fullmatch(line)] == []


def test_the_way_to_the_source_is_thick(explanation: Document) -> None:
    text = flowchart(figure(explanation))
    assert "    train ==> training\n" in text
    assert "    holdout --> evaluation\n" in text


def test_every_node_is_of_a_class(explanation: Document) -> None:
    text = flowchart(figure(explanation))
    classed = {name for names in re.findall(r"class ([\w,]+) ", text) for name in names.split(",")}
    assert classed == set(re.findall(r"^    (\w+)\W+\"", text, re.MULTILINE))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_stays_a_label(hostile: str) -> None:
    node = Node("only", Kind.DATA, hostile, hostile, hostile)
    lines = flowchart(Figure(hostile, hostile, (node,), (Arrow("only", "only"),))).splitlines()
    assert [line for line in lines[1:] if not LINE.fullmatch(line)] == []
    assert not any(re.search(r"direction\s", line) for line in lines)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_label_reads_as_the_text(hostile: str) -> None:
    decoded = html.unescape(re.sub(r"#(\d+);", r"&#\1;", escape(hostile)))
    assert decoded == " ".join(hostile.split())
