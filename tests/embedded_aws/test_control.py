"""The control plane as a driver in another process uses it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clock import ClockMode
from embedded_aws.instance import Instance

THROTTLE = """
faults:
  - {name: no list, service: sagemaker, operation: ListTrainingJobs, effect: throttle}
"""


@dataclass(frozen=True)
class Reply:
    """What the control plane answers."""

    status: int
    document: dict[str, Any]


Control = Callable[..., Reply]


@pytest.fixture
def control(aws: Instance) -> Iterator[Control]:
    """Ask the control plane; leave its clock and its faults as they were."""

    def ask(method: str, path: str, body: str | None = None) -> Reply:
        request = urllib.request.Request(  # noqa: S310  # loopback
            f"{aws.url}/_embedded/{path}", None if body is None else body.encode(), method=method
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310  # loopback
                return Reply(answer.status, json.load(answer))
        except HTTPError as refused:
            with refused:
                return Reply(refused.code, json.load(refused))

    yield ask
    aws.clock.set_mode(ClockMode.SKIP)
    aws.faults.clear()


@pytest.fixture
def lever(control: Control) -> Callable[..., Reply]:
    """Move the clock."""
    return lambda **lever: control("POST", "clock", json.dumps(lever))


def now(reply: Reply) -> datetime:
    return datetime.fromisoformat(reply.document["now"])


def test_tells_the_time_the_mode_and_what_is_due(
    aws: Instance, control: Control, lever: Control
) -> None:
    lever(pause=True)
    due = aws.clock.now() + timedelta(days=900)
    timer = aws.clock.call_at(due, lambda: None, name="in the far future")
    told = control("GET", "clock").document
    assert told["now"] == aws.clock.now().isoformat()
    assert told["mode"] == "paused"
    expected = {"due": due.isoformat(), "name": "in the far future", "pulls": False}
    assert expected in told["timers"]
    aws.clock.cancel(timer)


def test_advances(lever: Control, aws: Instance) -> None:
    when = aws.clock.now() + timedelta(hours=1)
    assert now(lever(advance_to=when.isoformat())) >= when


def test_an_instant_that_is_reached_already_is_one_to_be_quiet_at(
    lever: Control, aws: Instance
) -> None:
    before = aws.clock.now()
    assert now(lever(advance_to=aws.clock.start_at.isoformat())) >= before


def test_no_clock_goes_back_to_before_it_began(lever: Control, aws: Instance) -> None:
    before = aws.clock.start_at - timedelta(seconds=1)
    refused = lever(advance_to=before.isoformat())
    assert (refused.status, "is before this clock began" in refused.document["error"]) == (
        400,
        True,
    )


def test_pauses_and_resumes(lever: Control) -> None:
    assert lever(pause=True).document["mode"] == "paused"
    assert lever(resume=True).document["mode"] == "skip"


@pytest.mark.parametrize("mode", ["skip", "real", "paused"])
def test_changes_the_mode(lever: Control, mode: str) -> None:
    assert lever(mode=mode).document["mode"] == mode


def test_a_step_goes_as_far_as_it_is_told(lever: Control) -> None:
    stood = now(lever(pause=True))
    assert now(lever(step=90)) == stood + timedelta(seconds=90)


def test_a_step_to_the_next_timer_tells_which_it_was(aws: Instance, lever: Control) -> None:
    lever(pause=True)
    due = aws.clock.now() + timedelta(milliseconds=1)
    aws.clock.call_at(due, lambda: None, name="next")
    stepped = lever(step=None)
    assert now(stepped) == due
    assert [it["name"] for it in stepped.document["fired"]] == ["next"]


def test_a_clock_that_runs_takes_no_step(lever: Control) -> None:
    refused = lever(step=60)
    assert (refused.status, "pause it first" in refused.document["error"]) == (409, True)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"advance": 1}',
        '{"advance_to": "tomorrow"}',
        '{"mode": "fast"}',
        '{"step": -1}',
        '{"step": true}',
        '{"pause": true, "step": 1}',
    ],
)
def test_any_other_lever_is_refused_with_those_that_there_are(control: Control, body: str) -> None:
    refused = control("POST", "clock", body)
    assert refused.status == 400
    assert "advance_to" in refused.document["error"]


def test_a_time_without_its_offset_is_refused(lever: Control) -> None:
    refused = lever(advance_to="2026-11-08T02:00:00")
    assert (refused.status, "UTC offset" in refused.document["error"]) == (400, True)


def test_faults_come_count_and_go(control: Control, client: Callable[[str], Any]) -> None:
    before = len(control("GET", "faults").document["firings"])
    (armed,) = control("POST", "faults", THROTTLE).document["faults"]
    assert armed == {"name": "no list", "calls": 0, "fired": False}
    with pytest.raises(ClientError, match="Rate exceeded"):
        client("sagemaker").list_training_jobs()
    told = control("GET", "faults").document
    assert told["faults"] == [{"name": "no list", "calls": 1, "fired": True}]
    (firing,) = told["firings"][before:]
    assert (firing["fault"], firing["operation"]) == ("no list", "ListTrainingJobs")
    assert control("DELETE", "faults?name=no%20list").document["faults"] == []
    client("sagemaker").list_training_jobs()


def test_all_faults_go_at_once(control: Control) -> None:
    control("POST", "faults", THROTTLE)
    assert control("DELETE", "faults").document["faults"] == []


def test_faults_that_are_not_understood_are_refused(control: Control) -> None:
    refused = control("POST", "faults", THROTTLE.replace("throttle", "explode"))
    assert (refused.status, "faults[0].effect" in refused.document["error"]) == (400, True)


def test_a_fault_that_is_there_is_refused(control: Control) -> None:
    control("POST", "faults", THROTTLE)
    assert control("POST", "faults", THROTTLE).status == 409


def test_a_fault_that_is_not_there_cannot_go(control: Control) -> None:
    assert control("DELETE", "faults?name=none").status == 404


def test_there_is_nothing_else(control: Control) -> None:
    assert control("GET", "weather").status == 404
    assert control("PUT", "clock", "{}").status == 404
