"""What an operator reads of the rollouts beside what serves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ops.commands.production import shown
from ops.endpoints import Present
from ops.rollouts import Rollout
from ops.serving import Serving, as_text
from ops.table import HANDBOOK

SINCE = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
FAILED = Rollout("p-v9-x", 9, "FAILED", SINCE, SINCE, "SmokeTestFailed: row 0")


def test_a_rollout_that_failed_leads_to_what_its_error_asks_for() -> None:
    failed = [Serving("production", "p", Present("Missing", None), None, None, None, (FAILED,))]
    assert shown(failed) == f"{as_text(failed)}\n{HANDBOOK}"


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_no_other_rollout_does(status: str) -> None:
    rollouts = (replace(FAILED, status=status),)
    serving = [Serving("production", "p", Present("Missing", None), None, None, None, rollouts)]
    assert shown(serving) == as_text(serving)
