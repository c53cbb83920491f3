"""No check of the smoke test is content with nothing, and whatever it meets is told, not raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from demo.deploy import DeployFailed
from lineage.rollouts.switches import Switch
from lineage.vocabulary import Cause
from smoke import hosting_checks, job_checks
from smoke.__main__ import GROUPS, in_turn, main, smoke
from smoke.evidence import Aftermath, Evidence
from smoke.finding import Checks, Finding
from smoke.hosting_checks import AFTERWARDS
from smoke.place import NeverHappened
from smoke.run import Run
from smoke.site import PARAMETERS
from tests.ops.machines import stack_of
from tests.template.project import project

ARN = "arn:aws:states:us-east-1:123456789012:execution:nightly-smoke-retrain:2026-11-21"
NOTHING = Run({"executionArn": ARN, "name": "2026-11-21", "status": "FAILED", "output": "{}"}, ())
CHECKS = [(checks, name) for checks in GROUPS for name in checks.by_name]


@pytest.fixture(scope="module")
def empty(client: Callable[[str], Any]) -> Evidence:
    """An account in which nothing came about."""
    return Evidence(
        clients={name: client(name) for name in ("stepfunctions", "sagemaker", "lambda", "s3")},
        stack=stack_of("none", candidate_endpoint_name="nightly-smoke-candidate"),
        is_scheduled=False,
        night=NOTHING,
        candidate=NOTHING,
        production=None,
        failed=NOTHING,
        redriven=NOTHING,
        stopped=NOTHING,
    )


@pytest.mark.parametrize(("checks", "name"), CHECKS, ids=[name for _, name in CHECKS])
def test_a_check_that_finds_nothing_says_that_aws_differs(
    checks: Any, name: str, empty: Evidence
) -> None:
    finding = checks.judge(name, empty)
    assert (finding.holds, bool(finding.saw)) == (False, True)


@pytest.mark.parametrize("name", AFTERWARDS.by_name)
def test_so_does_one_of_what_a_teardown_leaves(name: str) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    serving = Switch("nightly-smoke-candidate", at, Cause.SWITCHED, "d", "v1", served=None)
    seen = Aftermath(job={"ProcessingJobStatus": "InProgress"}, failures=0, switch=serving)
    assert not AFTERWARDS.judge(name, seen).holds


def test_an_approver_whom_nobody_knows_differs(empty: Evidence) -> None:
    approval = {"By": "unknown", "At": "2026-11-22T02:00:09.000Z"}
    given = {"RolloutId": "v1-20261122T020009Z", "Approval": approval}
    production = Run({**NOTHING.described, "input": json.dumps(given)}, ())
    finding = hosting_checks.CHECKS.judge("approver", replace(empty, production=production))
    assert finding == Finding(
        holds=False, saw="unknown, 2026-11-22T02:00:09.000Z of v1-20261122T020009Z"
    )


def of_tasks(**requests: Any) -> Run:
    """An execution whose states made these requests."""
    events: list[Any] = []
    for state, request in requests.items():
        events.append({"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": state}})
        details = {"parameters": json.dumps(request)}
        events.append({"type": "TaskScheduled", "taskScheduledEventDetails": details})
    return Run(NOTHING.described, events)


@pytest.mark.parametrize("name", ["taken-job-name", "client-token"])
def test_a_request_that_boto3_does_not_take_as_it_is_shown_differs(
    name: str, empty: Evidence
) -> None:
    """Step Functions may show tags as a map, say, where a list was sent."""
    request = {"ProcessingJobName": "a-job", "Tags": {"night": "2026-11-21"}}
    night = of_tasks(Featurise=request, RegisterIfGoodEnough=request)
    finding = job_checks.CHECKS.judge(name, replace(empty, night=night))
    assert not finding.holds
    assert finding.saw.startswith("ParamValidationError: ")


def test_so_does_an_answer_of_another_type() -> None:
    checks = Checks[str]()
    checks.of("text")(lambda seen: Finding(holds=True, saw=seen.title()))
    assert not checks.judge("text", None).holds  # type: ignore[arg-type]  # as JSON may have it


def test_every_parameter_that_it_deploys_with_is_the_templates() -> None:
    assert PARAMETERS.keys() <= project().template["Parameters"].keys()


def test_it_says_what_it_costs_and_does_nothing_unless_somebody_agrees(
    client: Callable[[str], Any],
    aws: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    variables = {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDUSER",
        "AWS_SECRET_ACCESS_KEY": "unused",
        "SMOKE_YES": "",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["smoke"])
    assert main() == 2
    told = capsys.readouterr().out
    assert "account 123456789012, us-east-1" in told
    assert "less than one dollar" in told
    assert client("cloudformation").list_stacks()["StackSummaries"] == []


class Failing:
    """A site that is deployed, and where nothing ever happens."""

    stack_name = "nightly-smoke"

    def is_deployed(self) -> bool:
        return False

    def deploy(self) -> None:
        raise NeverHappened("no bucket")

    def remove(self) -> list[str]:
        return ["removed"]


class Staying(Failing):
    """Such a site, which cannot be removed either."""

    def remove(self) -> list[str]:
        raise DeployFailed("no sam delete")


def test_what_was_deployed_is_removed_whatever_happens() -> None:
    done: list[str] = []
    with pytest.raises(NeverHappened):
        smoke(Failing(), done.append)  # type: ignore[arg-type]  # all that it needs
    assert done == ["sam deploy of nightly-smoke", "  removed"]


def test_what_cannot_be_removed_does_not_hide_why_it_came_to_that() -> None:
    with pytest.raises(DeployFailed) as ended:
        smoke(Staying(), print)  # type: ignore[arg-type]  # all that it needs
    assert [str(it) for it in in_turn(ended.value)] == ["no bucket", "no sam delete"]
