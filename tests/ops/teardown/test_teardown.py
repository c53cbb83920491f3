"""A teardown ends what a stack started and nothing else, goes on after an interruption."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.reading import read_faults
from ops.errors import NotEnded, NotOnRecord
from ops.teardown import teardown
from ops.teardown.estate import Estate
from ops.teardown.teardown import survey, tear_down
from tests.ops.teardown.conftest import ROLLOUT_ID, Site

STEP = timedelta(minutes=2)


def passing(site: Site) -> Callable[[], None]:
    """Let time pass, so that endpoints come up and go."""
    return lambda: site.clock.advance_to(site.clock.now() + STEP)


def ended(site: Site) -> list[str]:
    return [str(each) for each in tear_down(site.clients, site.estate, passing(site))]


def kinds(found: list[str]) -> list[str]:
    return list(dict.fromkeys(each.split()[0] for each in found))


def test_everything_goes_in_an_order_in_which_nothing_new_is_started(site: Site) -> None:
    site.furnish()
    found = ended(site)
    assert kinds(found) == ["schedule", "night", "rollout", "endpoint", "model"]
    assert survey(site.clients, site.estate) == []
    stepfunctions = site.client("stepfunctions")
    stack = site.estate.stack
    assert stack is not None
    for machine in (stack.state_machine_arn, stack.rollout_state_machine_arn):
        (execution,) = stepfunctions.list_executions(stateMachineArn=machine)["executions"]
        assert execution["status"] == "ABORTED"


def test_a_survey_changes_nothing_and_tells_all_of_it(site: Site) -> None:
    site.furnish()
    first = [str(each) for each in survey(site.clients, site.estate)]
    assert [str(each) for each in survey(site.clients, site.estate)] == first
    assert len(first) == 2 + 1 + 1 + 3


def test_a_disabled_schedule_stays_what_it_was_otherwise(site: Site) -> None:
    name = site.schedule("nightly")
    before = site.client("scheduler").get_schedule(Name=name)
    ended(site)
    after = site.client("scheduler").get_schedule(Name=name)
    changed = {key for key in before if before[key] != after[key]} - {"ResponseMetadata"}
    assert changed - {"LastModificationDate"} == {"State"}
    assert after["State"] == "DISABLED"


def test_another_stacks_things_stay_even_if_its_name_begins_alike(site: Site) -> None:
    others = [
        f"{site.name}-two-candidate-{ROLLOUT_ID}",
        f"{site.name}-candidate-{ROLLOUT_ID}-by-hand",
        f"x-{site.name}-candidate-{ROLLOUT_ID}",
    ]
    for name in others:
        site.model(name)
    mine = site.model(f"{site.name}-candidate-{ROLLOUT_ID}")
    assert {each.rsplit(" ", 1)[1] for each in ended(site)} == {mine}
    listed = site.client("sagemaker").list_models(NameContains=site.name)["Models"]
    assert {it["ModelName"] for it in listed} == set(others)


def test_whoever_is_interrupted_after_every_look_comes_to_the_end_all_the_same(site: Site) -> None:
    site.furnish()
    pass_time = passing(site)

    def interrupt() -> None:
        pass_time()
        raise KeyboardInterrupt

    looks = 0
    while survey(site.clients, site.estate):
        looks += 1
        with pytest.raises(KeyboardInterrupt):
            list(tear_down(site.clients, site.estate, interrupt))
    assert looks > len({"schedules", "night", "rollout", "endpoints", "configurations"})
    assert ended(site) == []


def test_an_endpoint_that_changes_is_waited_for(site: Site) -> None:
    name = site.endpoint("production")
    (found, *_) = survey(site.clients, site.estate)
    assert (str(found), found.end) == (f"endpoint {name}, Creating", None)
    assert ended(site)[0] == f"endpoint {name}, Creating"


def test_what_a_deleted_stack_left_is_found_by_its_name(site: Site) -> None:
    site.endpoint("candidate")
    left = Estate.find(site.client("cloudformation"), site.name)
    assert left.stack is None
    told = [str(each) for each in tear_down(site.clients, left, passing(site))]
    assert kinds(told) == ["endpoint", "model"]


def test_a_night_that_is_stopped_and_goes_unrecorded_is_told_before_its_recorder_goes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teardown, "MOST_LOOKS", 1)
    stack = site.estate.stack
    assert stack is not None
    site.start(stack.state_machine_arn, "2026-11-21")
    with pytest.raises(NotOnRecord, match="record 2026-11-21, the end of a night") as told:
        ended(site)
    assert "nightly teardown --unrecorded" in str(told.value)


def test_a_record_that_will_never_come_holds_nobody_who_says_so(site: Site) -> None:
    """Such as of a night that was aborted, and not recorded, weeks ago."""
    stack = site.estate.stack
    assert stack is not None
    aborted = site.start(stack.state_machine_arn, "2026-11-21")
    site.client("stepfunctions").stop_execution(executionArn=aborted)
    model = site.model(f"{site.name}-candidate-{ROLLOUT_ID}")
    found = tear_down(site.clients, site.estate, passing(site), is_record_awaited=False)
    assert {str(each).rsplit(" ", 1)[1] for each in found} == {model}


def test_what_does_not_end_however_often_it_is_asked_to_is_told(
    site: Site, faults: FaultPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teardown, "MOST_LOOKS", 2)
    name = site.model(f"{site.name}-candidate-{ROLLOUT_ID}")
    refusal = {"error": {"code": "ValidationException", "message": "Not now."}}
    stubborn = {"service": "sagemaker", "operation": "DeleteEndpointConfig", "effect": refusal}
    faults.add(*read_faults(json.dumps({"faults": [stubborn]})))
    with pytest.raises(NotEnded, match=f"endpoint configuration {name} is still there"):
        ended(site)
