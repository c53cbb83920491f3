"""The page on the architecture shows the parts as they are deployed."""

from __future__ import annotations

import re

from docs.architecture import calls_diagram, functions_table, imports_table
from tests.template.project import project


def test_every_function_is_drawn_and_has_a_row_that_says_what_it_does() -> None:
    handlers = {
        it["Handler"].removesuffix(".handler")
        for it in project().of_type("AWS::Serverless::Function").values()
    }
    drawn, listed = calls_diagram(), functions_table()
    assert {it for it in handlers if f'["{it}"]' not in drawn} == set()
    assert (
        set(re.findall(r"^\| `(\w+)` \| [^|]+ \| [a-z][^|]+ \|$", listed, re.MULTILINE)) == handlers
    )


def test_the_picture_follows_events_states_and_environments() -> None:
    drawn = calls_diagram()
    ids = {name: node for node, name in re.findall(r'(n\d+)[\[{]+"([^"]+)"', drawn)}
    arrows = {
        (source, destination)
        for source, destination in re.findall(r"(n\d+) -->(?:\|[^|]+\|)? (n\d+)", drawn)
    }
    expected = [
        ("EventBridge Scheduler", "start_night"),
        ("start_night", "the night"),
        ("the night", "trigger_deploy"),
        ("trigger_deploy", "a rollout"),
        ("the night", "notify_night"),
        ("a model package", "trigger_deploy"),
        ("an operator's command", "query_lineage"),
    ]
    assert [it for it in expected if (ids[it[0]], ids[it[1]]) not in arrows] == []


def test_the_table_of_packages_is_the_rule_of_the_house() -> None:
    assert "| `ops/` | `nightly`, the operator's command line" in imports_table()
    assert re.search(r"^\| `embedded_aws/` \| .+ \|  \|$", imports_table(), re.MULTILINE)
