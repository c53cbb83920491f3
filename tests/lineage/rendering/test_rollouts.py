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
    "Served": [{"From": "2026-11-22T09:05:00.125Z"}],
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
            "now",
            "Completed",
        ]
    ]


def test_what_was_rolled_back_says_until_when_it_served_and_why() -> None:
    restored = {
        **SERVES,
        "Status": "Failed",
        "Outcome": "RolledBack",
        "RestoredAt": "2026-11-22T09:15:00Z",
        "Served": [{"From": "2026-11-22T09:05:00.125Z", "Until": "2026-11-22T09:15:00Z"}],
        "Reason": "an alarm rang",
        "Alarms": ["errors", "latency"],
    }
    (row,) = rows([restored])
    assert row[4:] == ["2026-11-22T09:15:00Z", "Rolled back: an alarm rang: alarms errors, latency"]


def test_one_that_never_took_over_served_never() -> None:
    running = {
        "EndpointName": "candidate",
        "Status": "InProgress",
        "Trigger": "Night",
        "Served": [],
    }
    assert rows([running]) == [["candidate", "night", "by nobody", "never", "", "In progress"]]


def test_one_that_was_gone_back_to_says_both_times() -> None:
    first = {"From": "2026-11-22T09:05:00.125Z", "Until": "2026-11-22T10:00:00.000Z"}
    (row,) = rows([{**SERVES, "Served": [first, {"From": "2026-11-22T10:05:00.000Z"}]}])
    assert row[3] == "2026-11-22T09:05:00.125Z; 2026-11-22T10:05:00.000Z"
    assert row[4] == "2026-11-22T10:00:00.000Z; now"


def test_one_that_the_switch_log_has_lost_does_not_claim_to_serve() -> None:
    (row,) = rows([{**SERVES, "Served": []}])
    assert row[3:5] == [SERVES["SwitchedAt"], "an instant that the switch log does not tell"]


def test_none_is_told_in_words() -> None:
    assert rollouts([]) == "<p>It was deployed nowhere.</p>"
