"""What a teardown looks for is what the template and the rollouts call it."""

from __future__ import annotations

from datetime import UTC, datetime

from ops.teardown.estate import Estate
from rollout.name import RolloutName
from tests.template.project import STACK, project

ESTATE = Estate(STACK, None)


def test_every_schedule_of_the_template_is_known() -> None:
    events = [
        event
        for function in project().of_type("AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "ScheduleV2"
    ]
    names = {project().resolved(it["Properties"]["Name"]) for it in events}
    assert set(ESTATE.schedule_names) == names


def test_the_endpoints_are_those_that_the_machine_may_roll_out_to() -> None:
    given = project().substitutions("RolloutStateMachine")
    known = ESTATE.endpoint_names
    assert (known["candidate"], known["production"]) == (
        given["CandidateEndpoint"],
        given["ProductionEndpoint"],
    )


def test_the_jobs_are_those_that_the_machine_starts() -> None:
    text = str(project().filled["RetrainStateMachine"])
    assert all(prefix in text for prefix in ESTATE.job_prefixes)


def test_a_rollouts_own_name_is_recognised() -> None:
    endpoint = ESTATE.endpoint_names["production"]
    name = str(RolloutName.of(endpoint, 12, datetime(2026, 11, 22, tzinfo=UTC)))
    assert ESTATE.is_of_a_rollout(name, endpoint)
    assert not ESTATE.is_of_a_rollout(f"{name}x", endpoint)
