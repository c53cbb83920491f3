"""For every call of a rollout, and every way in which it fails: where the rollout ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from embedded_aws.instance import Instance
from tests.statemachine.lone_rollouts import MACHINE, Story
from tests.statemachine.rollout_stage import MACHINE_ROLE, End, Stage

WAYS = (ONCE, FOR_LONG, LOST) = ("refused-once", "refused-for-long", "lost")


@dataclass(frozen=True)
class Call:
    """A state that calls AWS, in a story in which it does.

    Attributes:
        story: In what that differs from an update that goes well.
        error: What its rollout ends with if the call's failures do not matter.
        lasting: What it ends with if the call is refused for longer than it is tried again.
    """

    state: str
    story: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    lasting: str = ""
    code: str = "InternalFailure"

    def story_of(self, way: str) -> Story:
        return Story(f"{self.state}-{way}", **self.story)

    def fault(self, way: str) -> dict[str, Any]:
        """In the machine alone, and only in this state."""
        *_, service, operation = MACHINE["States"][self.state]["Resource"].split(":")
        return {
            "name": f"{self.state}-{way}",
            "service": service,
            "operation": operation[0].upper() + operation[1:],
            "caller": f"*{MACHINE_ROLE}*",
            "resource": f"*-{self.story_of(way).name}",
            **befalling(way, self.code),
        }


def befalling(way: str, code: str) -> dict[str, Any]:
    """What befalls which calls: each is tried again five times."""
    refusal = {"error": {"code": code, "message": "scripted", "status": 500}}
    return {
        ONCE: {"effect": refusal, "calls": {"first": 1}},
        FOR_LONG: {"effect": refusal, "calls": {"first": 12}},
        LOST: {"effect": {"lose_response": {}}, "calls": {"first": 1}},
    }[way]


CALLS = (
    Call("CreateModel", lasting="ModelNotCreated"),
    Call("CreateEndpointConfig", lasting="EndpointConfigNotCreated"),
    Call("CreateEndpoint", {"is_first": True}, lasting="EndpointNotChanged"),
    Call("UpdateEndpoint", lasting="EndpointNotChanged"),
    Call("DescribeEndpoint"),
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
    end = ends[Story(f"DescribeEndpoint-{FOR_LONG}").name]
    assert end.entered.count("DescribeEndpoint") > 12
    assert end.recorded["Status"] == "Completed"
