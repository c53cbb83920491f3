from __future__ import annotations

import re
from typing import Any

from lineage.rendering.rollouts import rollouts

APPROVAL = {"By": "ada", "At": "2026-11-22T09:00:00Z", "Comment": "checked <b>"}
SERVES = {
    "EndpointName": "production",
    "Status": "Completed",
    "Trigger": "Approval",
    "Outcome": "Completed",
    "SwitchedAt": "2026-11-22T09:05:00.125Z",
    "Approval": APPROVAL,
}


def rows(deployments: list[dict[str, Any]]) -> list[list[str]]:
    table = re.findall(r"<tr>(.*?)</tr>", rollouts(deployments))
    return [re.findall(r"<td>(.*?)</td>", row) for row in table[1:]]


def test_a_row_tells_where_it_serves_since_when_and_who_approved_it() -> None:
    assert rows([SERVES]) == [
        [
            "production",
            "approval",
            "by ada at 2026-11-22T09:00:00Z: checked &lt;b&gt;",
            "2026-11-22T09:05:00.125Z",
            "the next rollout",
            "Completed",
        ]
    ]


def test_what_was_rolled_back_says_until_when_it_served_and_why() -> None:
    restored = {
        **SERVES,
        "Status": "Failed",
        "Outcome": "RolledBack",
        "RestoredAt": "2026-11-22T09:15:00Z",
        "Reason": "an alarm rang",
        "Alarms": ["errors", "latency"],
    }
    (row,) = rows([restored])
    assert row[4:] == ["2026-11-22T09:15:00Z", "Rolled back: an alarm rang: alarms errors, latency"]


def test_one_that_never_took_over_served_never() -> None:
    running = {"EndpointName": "candidate", "Status": "InProgress", "Trigger": "Night"}
    assert rows([running]) == [["candidate", "night", "by nobody", "never", "", "In progress"]]


def test_none_is_told_in_words() -> None:
    assert rollouts([]) == "<p>It was deployed nowhere.</p>"
