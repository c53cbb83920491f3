"""What an older version of the query function answers, after the operator's commands are newer."""

from __future__ import annotations

from typing import Any

from lineage.rendering.explanation import as_text
from lineage.rendering.page import as_html


def test_an_answer_without_service_times_is_rendered_as_far_as_it_tells(
    explanation: dict[str, Any],
) -> None:
    (deployment,) = explanation["Deployments"]
    del deployment["Served"]
    told = f"all traffic from {deployment['SwitchedAt']} until an instant that the switch log"
    assert told in as_text(explanation)
    assert deployment["SwitchedAt"] in as_html(explanation)
