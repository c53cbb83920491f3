"""Rollouts of the machine alone: whatever fails, a named end, and never an untested model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.instance import Instance
from tests.statemachine.lone_rollouts import Story
from tests.statemachine.rollout_calls import CALLS, FOR_LONG, WAYS, Call
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


@pytest.fixture(scope="module")
def ends(stage: Stage) -> dict[str, End]:
    """How every call's story ended in every way; those of one way were played side by side."""
    return {
        name: end
        for way in WAYS
        for name, end in stage.play(
            [it.story_of(way) for it in CALLS], [it.fault(way) for it in CALLS]
        ).items()
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("call", CALLS, ids=lambda it: it.state)
def test_a_rollout_ends_by_name_and_serves_what_was_tested_or_served_before(
    ends: dict[str, End], call: Call, way: str
) -> None:
    story = call.story_of(way)
    end = ends[story.name]
    error = (call.lasting if way == FOR_LONG else "") or call.error
    assert (end.error, end.status) == (error, "FAILED" if error else "SUCCEEDED"), end.cause
    before = None if story.is_first else story.before
    assert end.serving == (before if error else story.wanted)
    assert error or "SmokeTest" in end.entered


def test_an_endpoint_that_is_not_described_for_minutes_is_waited_for(ends: dict[str, End]) -> None:
    """SageMaker carries the update on meanwhile, and it is to be tested all the same."""
    end = ends[f"describeendpoint-{FOR_LONG}"]
    assert end.entered.count("DescribeEndpoint") > 12
    assert end.recorded["Status"] == "Completed"


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
    end = stage.play([story], [refusing("DeleteEndpoint")])[story.name]
    assert (end.error, end.serving) == ("RollbackFailed", story.wanted)
    assert end.cause.startswith("SmokeTestFailed: row 0")
    assert "scripted" in end.cause
    assert end.recorded["Status"] == "Failed"


def test_an_endpoint_that_takes_nothing_back_is_asked_again_and_then_given_up(
    stage: Stage,
) -> None:
    story = Story("refuses", is_good=False)
    restoring = refusing("UpdateEndpoint") | {"resource": story.before}
    end = stage.play([story], [restoring])[story.name]
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


def test_a_rollout_that_is_redriven_undoes_no_later_one(stage: Stage) -> None:
    """It was aborted while it asked whether its package is approved still."""
    story, later = Story("overtaken"), "later-overtaken"
    stage.prepare(story)
    slowly = refusing("DescribeModelPackage") | {"effect": {"latency": {"seconds": 50}}}
    stage.strike(slowly)
    arn = stage.begin(story)
    stage.pass_time(155)
    assert stage.end(story, arn).entered[-1] == "CheckApproval"
    stage.stepfunctions.stop_execution(executionArn=arn)
    stage.pass_time(60)
    stage.aws.faults.clear()
    stage.make_config(story, later)
    stage.sagemaker.update_endpoint(EndpointName=story.endpoint, EndpointConfigName=later)
    stage.pass_time(LAUNCH_SECONDS)
    stage.reject(story)
    stage.stepfunctions.redrive_execution(executionArn=arn)
    stage.pass_time(LONGEST_SECONDS)
    end = stage.end(story, arn)
    assert (end.error, end.serving) == ("EndpointTakenOver", later)
    assert "ApprovalWithdrawn" in end.cause
