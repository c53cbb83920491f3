"""Rollouts of the machine alone, with what seldom comes together on a deployed one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from embedded_aws.instance import Instance
from tests.statemachine.lone_rollouts import Story
from tests.statemachine.rollout_stage import (
    LAUNCH_SECONDS,
    LONGEST_SECONDS,
    MACHINE_ROLE,
    End,
    Stage,
)


@pytest.fixture(scope="module")
def stage(aws: Instance, client: Callable[[str], Any]) -> Stage:
    return Stage(aws, client)


def refusing(operation: str, **calls: int) -> dict[str, Any]:
    """A fault that the machine meets; each time unless it is told how often."""
    return {
        "service": "sagemaker",
        "operation": operation,
        "caller": f"*{MACHINE_ROLE}*",
        "effect": {"error": {"code": "InternalFailure", "message": "scripted", "status": 500}},
        **({"calls": calls} if calls else {}),
    }


def test_a_first_model_that_fails_its_test_and_cannot_be_removed_calls_for_an_operator(
    stage: Stage,
) -> None:
    story = Story("stays", is_first=True, is_good=False)
    end = stage.play(story, refusing("DeleteEndpoint"))
    assert (end.error, end.serving) == ("RollbackFailed", story.wanted)
    assert end.cause.startswith("SmokeTestFailed: row 0")
    assert "scripted" in end.cause
    assert end.recorded["Status"] == "Failed"


def test_an_endpoint_that_takes_nothing_back_is_asked_again_and_then_given_up(
    stage: Stage,
) -> None:
    story = Story("refuses", is_good=False)
    restoring = refusing("UpdateEndpoint") | {"resource": story.before}
    end = stage.play(story, restoring)
    assert (end.error, end.serving) == ("RollbackFailed", story.wanted)
    assert "scripted" in end.cause
    assert 1 < end.entered.count("RestoreEndpoint") < 30


def test_an_endpoint_that_is_not_described_while_it_goes_back_is_waited_for(stage: Stage) -> None:
    story = Story("unseen", is_good=False)
    stage.prepare(story)
    arn = stage.begin(story)
    stage.pass_time(155)
    assert stage.end(story, arn).entered[-1] == "AwaitRestored"
    stage.strike(refusing("DescribeEndpoint", first=12))
    stage.pass_time(LONGEST_SECONDS)
    end = stage.end(story, arn)
    assert (end.error, end.serving) == ("SmokeTestFailed", story.before)
    assert end.recorded["Status"] == "RolledBack"


def interrupted(stage: Stage, story: Story, operation: str, seconds: float) -> str:
    """A rollout that was aborted while it waited for an answer; the execution's ARN."""
    stage.prepare(story)
    stage.strike(refusing(operation) | {"effect": {"latency": {"seconds": 50}}})
    arn = stage.begin(story)
    stage.pass_time(seconds)
    assert stage.end(story, arn).entered[-1] in {"CheckApproval", "CreateModel"}
    stage.stepfunctions.stop_execution(executionArn=arn)
    stage.pass_time(60)
    stage.aws.faults.clear()
    return arn


def redriven(stage: Stage, story: Story, arn: str) -> End:
    """How a rollout that was interrupted ends after all."""
    stage.stepfunctions.redrive_execution(executionArn=arn)
    stage.pass_time(LONGEST_SECONDS)
    return stage.end(story, arn)


def bring(stage: Stage, story: Story, config: str) -> str:
    """Bring to a story's endpoint what its own rollout knows nothing of."""
    stage.make_config(story, config)
    stage.sagemaker.update_endpoint(EndpointName=story.endpoint, EndpointConfigName=config)
    stage.pass_time(LAUNCH_SECONDS)
    return config


def test_a_rollout_that_is_redriven_undoes_no_later_one(stage: Stage) -> None:
    story = Story("overtaken")
    arn = interrupted(stage, story, "DescribeModelPackage", 155)
    later = bring(stage, story, "later-overtaken")
    stage.reject(story)
    end = redriven(stage, story, arn)
    assert (end.error, end.serving) == ("EndpointTakenOver", later)
    assert "ApprovalWithdrawn" in end.cause


def test_a_rollout_that_is_redriven_replaces_no_later_one(stage: Stage) -> None:
    story = Story("outdated")
    arn = interrupted(stage, story, "CreateModel", 5)
    later = bring(stage, story, "later-outdated")
    end = redriven(stage, story, arn)
    assert (end.error, end.serving) == ("EndpointNotChanged", later)
    assert later in end.cause


def refused(stage: Stage, story: Story, state: str, fault: Mapping[str, Any]) -> str:
    """A rollout that was aborted while it tried a call again and again; the execution's ARN."""
    stage.prepare(story)
    stage.strike(fault)
    arn = stage.begin(story)
    # An update is given up after its tries, which may be over soon; the others are begun anew.
    step_seconds = 1 if state == "UpdateEndpoint" else 10
    while stage.end(story, arn).entered[-1] != state:
        assert stage.end(story, arn).status == "RUNNING"
        stage.pass_time(step_seconds)
    stage.stepfunctions.stop_execution(executionArn=arn)
    stage.pass_time(60)
    stage.aws.faults.clear()
    return arn


def test_an_update_that_is_redriven_itself_replaces_no_later_one(stage: Stage) -> None:
    story = Story("update-late")
    arn = refused(stage, story, "UpdateEndpoint", refusing("UpdateEndpoint"))
    later = bring(stage, story, "later-update")
    end = redriven(stage, story, arn)
    assert (end.error, end.serving) == ("EndpointNotChanged", later)


def test_an_update_that_is_redriven_itself_is_not_asked_for_again(stage: Stage) -> None:
    story = Story("update-unasked")
    arn = refused(stage, story, "UpdateEndpoint", refusing("UpdateEndpoint"))
    end = redriven(stage, story, arn)
    assert (end.error, end.serving) == ("EndpointNotChanged", story.before)
    assert "Approve the package again" in end.cause


def test_a_way_back_that_is_redriven_itself_undoes_no_later_one(stage: Stage) -> None:
    story = Story("back-late", is_good=False)
    fault = refusing("UpdateEndpoint") | {"parameters": {"EndpointConfigName": story.before}}
    arn = refused(stage, story, "RestoreEndpoint", fault)
    later = bring(stage, story, "later-back")
    end = redriven(stage, story, arn)
    assert (end.error, end.serving) == ("EndpointTakenOver", later)


def test_a_removal_that_is_redriven_itself_removes_no_later_one(stage: Stage) -> None:
    story = Story("removal-late", is_first=True, is_good=False)
    arn = refused(stage, story, "RemoveEndpoint", refusing("DeleteEndpoint"))
    later = bring(stage, story, "later-removal")
    end = redriven(stage, story, arn)
    assert (end.error, end.serving) == ("EndpointTakenOver", later)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_rollout_that_is_redriven_in_time_goes_on(stage: Stage, is_first: bool) -> None:  # noqa: FBT001
    story = Story(f"goes-on-{is_first}".lower(), is_first=is_first)
    end = redriven(stage, story, interrupted(stage, story, "CreateModel", 5))
    assert (end.error, end.serving) == ("", story.wanted)
    assert "SmokeTest" in end.entered


def test_an_alarm_is_told_from_a_refusal_when_every_answer_to_the_update_was_lost(
    stage: Stage,
) -> None:
    story = Story("unanswered", rings=True)
    lost = refusing("UpdateEndpoint") | {"effect": {"lose_response": {}}}
    end = stage.play(story, lost)
    assert (end.error, end.serving) == ("AlarmDuringBaking", story.before)
    assert end.recorded["Status"] == "RolledBack"
    assert end.recorded["Alarms"] == [story.alarm]


def test_an_alarm_that_rings_no_more_when_it_is_back_was_seen(stage: Stage) -> None:
    """SageMaker goes back for a minute; polls come every thirty seconds."""
    story = Story("brief", rings=True)
    stage.prepare(story)
    arn = stage.begin(story)
    stage.pass_time(335)
    assert "AskAlarms" in stage.end(story, arn).entered
    stage.silence(story.alarm)
    stage.pass_time(LONGEST_SECONDS)
    end = stage.end(story, arn)
    assert (end.error, end.recorded["Alarms"]) == ("AlarmDuringBaking", [story.alarm])


def test_a_call_that_is_not_answered_in_time_ends_by_name(stage: Stage) -> None:
    """Step Functions gives no cause with States.Timeout."""
    story = Story("slow")
    slow = refusing("CreateModel", first=1) | {
        "effect": {"latency": {"seconds": 80, "read_timeout_seconds": 100}}
    }
    end = stage.play(story, slow)
    assert (end.error, end.cause) == ("ModelNotCreated", "States.Timeout: ")
