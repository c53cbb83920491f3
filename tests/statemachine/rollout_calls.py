"""The calls of a rollout, the ways in which they fail, and where that is to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.statemachine.lone_rollouts import MACHINE, STRUCK_RECORDER, Story
from tests.statemachine.rollout_stage import MACHINE_ROLE

WAYS = (ONCE, FOR_LONG, LOST) = ("refused-once", "refused-for-long", "lost")


@dataclass(frozen=True)
class Call:
    """A state that calls AWS, in a story in which it does.

    Attributes:
        story: In what that differs from an update that goes well.
        error: What its rollout ends with if the call's failures do not matter.
        lasting: What it ends with if the call is refused for longer than it is tried again.
        aim: What the call is about, if not just about anything of the story.
    """

    state: str
    story: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    lasting: str = ""
    aim: str = "*-{story}*"
    code: str = "InternalFailure"

    def story_of(self, way: str) -> Story:
        return Story(f"{self.state}-{way}".lower(), **self.story)

    def error_of(self, way: str) -> str:
        """What the rollout is to end with; empty if it comes through."""
        return self.lasting if way == FOR_LONG and self.lasting else self.error

    def serving(self, way: str) -> str | None:
        """What is to serve in the end: what was tested, or what served before."""
        story = self.story_of(way)
        if self.state == "RecordOutcome" or not self.error_of(way):
            return story.wanted
        return None if story.is_first else story.before

    def fault(self, way: str) -> dict[str, Any]:
        """In the machine alone, and only in this state."""
        *_, service, operation = MACHINE["States"][self.state]["Resource"].split(":")
        return {
            "name": f"{self.state}-{way}",
            "service": service,
            "operation": operation[0].upper() + operation[1:],
            "caller": f"*{MACHINE_ROLE}*",
            "resource": self.aim.format(story=self.story_of(way).name),
            **befalling(way, self.code),
        }


def refusal(code: str) -> dict[str, Any]:
    """An answer that passes, or does not."""
    return {"error": {"code": code, "message": "scripted", "status": 500}}


def befalling(way: str, code: str) -> dict[str, Any]:
    """What befalls which calls: each is tried again five times."""
    return {
        ONCE: {"effect": refusal(code), "calls": {"first": 1}},
        FOR_LONG: {"effect": refusal(code), "calls": {"first": 12}},
        LOST: {"effect": {"lose_response": {}}, "calls": {"first": 1}},
    }[way]


CALLS = (
    Call("CreateModel", lasting="ModelNotCreated"),
    Call("CreateEndpointConfig", lasting="EndpointConfigNotCreated"),
    Call("CreateEndpoint", {"is_first": True}, lasting="EndpointNotChanged"),
    Call("UpdateEndpoint", lasting="EndpointNotChanged"),
    Call("DescribeEndpoint"),
    Call("AskAlarms", {"rings": True}, error="AlarmDuringBaking", aim="*"),
    Call("CheckApproval", lasting="ApprovalNotChecked"),
    Call("RestoreEndpoint", {"is_good": False}, error="SmokeTestFailed", aim="before-{story}*"),
    Call("RemoveEndpoint", {"is_first": True, "is_good": False}, error="SmokeTestFailed"),
    Call(
        "RecordOutcome",
        {"recorder": STRUCK_RECORDER},
        lasting="Lambda.ServiceException",
        aim=f"{STRUCK_RECORDER}*",
        code="ServiceException",
    ),
)
