"""One stack under the unmodified SAM CLI, over code changes and a failure, on today's clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

READY = "CREATE_COMPLETE"


@pytest.mark.slow
def test_a_stack_lives_from_creation_over_failure_to_deletion(
    sample_app: Any, tmp_path: Path
) -> None:
    """A failed update goes back to what ran before; deleting leaves nothing."""
    with sample_app(tmp_path, datetime.now(UTC)) as app:
        app.sam("build")
        assert "Successfully created/updated stack - life" in app.deploy("life")
        app.replace(
            "source/greet.py", "{os.environ['GREETING']},", "good {os.environ['GREETING']},"
        )
        app.replace("greet.asl.yaml", "$states.result.Payload", '$states.result.Payload & "!"')
        app.sam("build")
        shown = app.deploy("life")
        assert "Successfully created/updated stack - life" in shown
        assert app.greeted("life") == "good hello, you!"
        looked_at = "--no-execute-changeset", "--parameter-overrides", "ScheduleState=DISABLED"
        shown = app.deploy("life", *looked_at)
        assert "* Modify" in shown
        assert "GreetMachineNightly" in shown
        assert schedule_states(app) == ["ENABLED"]
        execute_change_set(app, "life")
        assert schedule_states(app) == ["DISABLED"]
        app.replace("greet.asl.yaml", "StartAt: Greet", "StartAt: Regret")
        app.sam("build")
        shown = app.deploy("life", "--parameter-overrides", "Greeting=bye", fails=True)
        assert "UPDATE_ROLLBACK_COMPLETE" in shown
        assert app.greeted("life") == "good hello, you!"
        app.sam("delete", "--no-prompts", "--stack-name", "life", "--region", "us-east-1")
        assert app.client("lambda").list_functions()["Functions"] == []
        assert app.client("stepfunctions").list_state_machines()["stateMachines"] == []
        assert app.client("scheduler").list_schedules()["Schedules"] == []


def execute_change_set(app: Any, stack: str) -> None:
    """With the AWS command line, as SAM advises whoever only looked at one."""
    listed = json.loads(app.aws("cloudformation", "list-change-sets", "--stack-name", stack))
    (ready,) = [it["ChangeSetId"] for it in listed["Summaries"] if it["Status"] == READY]
    app.aws("cloudformation", "execute-change-set", "--change-set-name", ready)
    app.aws("cloudformation", "wait", "stack-update-complete", "--stack-name", stack)


def schedule_states(app: Any) -> list[str]:
    return [it["State"] for it in app.client("scheduler").list_schedules()["Schedules"]]
