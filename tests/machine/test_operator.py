"""The operator's commands on the deployed application, with no more than the documented policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from ops.executions import by_data_date
from tests.machine.application import Application, generate
from tests.machine.operators import Operator
from tests.machine.rollouts import Rollouts

pytestmark = pytest.mark.slow

ALLOWING_GAPS = "AllowMissingPartitions=true"
INTERRUPTED = 130


@pytest.fixture(scope="module")
def operator(application: Application) -> Operator:
    """Whom the policy for operators allows something, and nobody anything else."""
    return Operator.with_policy(application, "operator", "operator-policy.json")


@dataclass(frozen=True)
class Days:
    """Three data dates, of which the last has a partition that nobody can read."""

    application: Application
    folder: Path
    first: date

    @property
    def dates(self) -> tuple[str, str, str]:
        first, second, third = (
            (self.first + timedelta(days=each)).isoformat() for each in range(3)
        )
        return first, second, third

    @property
    def range(self) -> tuple[str, ...]:
        """What backfill is told."""
        return "--from", self.dates[0], "--to", self.dates[-1], "--set", ALLOWING_GAPS

    def statuses(self) -> dict[str, str]:
        """Every execution of the nights, by name."""
        machine = self.application.outputs["StateMachineArn"]
        runs = by_data_date(self.application.client("stepfunctions"), machine)
        return {run.name: run.status for each in self.dates for run in runs[each]}

    def mend(self) -> None:
        """Deliver the last partition as it should have been."""
        self.application.deliver(self.folder, date.fromisoformat(self.dates[-1]))


@pytest.fixture(scope="module")
def days(
    application: Application,
    unused_date: Callable[[], date],
    tmp_path_factory: pytest.TempPathFactory,
) -> Days:
    folder, first = tmp_path_factory.mktemp("transactions"), unused_date()
    last = first + timedelta(days=2)
    generate(folder, first - timedelta(days=3), last)
    application.deliver(folder)
    application.client("s3").put_object(
        Bucket=application.outputs["BucketName"],
        Key=f"labelled/dt={last}/part-0.parquet",
        Body=b"",
    )
    return Days(application, folder, first)


@dataclass(frozen=True)
class Backfilled:
    """What a backfill printed and left behind."""

    finished: Result
    statuses: Mapping[str, str]


@pytest.fixture(scope="module")
def backfilled(application: Application, operator: Operator, days: Days) -> Backfilled:
    """A backfill of two missing and one failed night, which was interrupted and went on."""
    third = days.dates[2]
    failed = application.run({"DataDate": third, "AllowMissingPartitions": True}, third)
    assert failed.error.startswith("EmptyPartition")
    days.mend()
    command = "backfill", *days.range, "--missing", "--failed", "--every", "0.2"
    assert operator.interrupt(*command, "--concurrency", "1", at="started") == INTERRUPTED
    assert days.dates[1] not in days.statuses()
    return Backfilled(operator.run(*command), days.statuses())


def test_an_interrupted_backfill_starts_every_night_once(
    backfilled: Backfilled, days: Days
) -> None:
    first, second, third = days.dates
    assert backfilled.finished.exit_code == 0, backfilled.finished.stderr
    assert backfilled.statuses == {
        first: "SUCCEEDED",
        second: "SUCCEEDED",
        third: "FAILED",
        f"{third}-2": "SUCCEEDED",
    }


def test_it_shows_the_nights_that_it_ran_oldest_first(backfilled: Backfilled, days: Days) -> None:
    rows = [line.split() for line in backfilled.finished.stdout.splitlines()[1:4]]
    assert [row[0] for row in rows] == list(days.dates)
    assert {"SUCCEEDED", "registered"} <= set(rows[0])


@pytest.mark.usefixtures("backfilled")
def test_a_backfill_of_nights_that_succeeded_has_nothing_to_do(
    operator: Operator, days: Days
) -> None:
    again = operator.run("backfill", *days.range, "--all", "--dry-run")
    shown = [line.split()[1:] for line in again.stdout.splitlines()[1:]]
    assert shown == [["succeeded", "skip"]] * 3


@pytest.mark.usefixtures("backfilled")
def test_a_failed_night_goes_on_under_its_own_name(
    application: Application, operator: Operator, days: Days
) -> None:
    third = days.dates[2]
    redriven = operator.run("redrive", third)
    application.aws.advance_to(application.now())
    assert redriven.exit_code == 0, redriven.stderr
    assert days.statuses()[third] == "SUCCEEDED"
    again = operator.run("redrive", third)
    assert (again.exit_code, f"nightly rerun {third}" in again.stderr) == (1, True)


def nights(operator: Operator) -> Mapping[str, Any]:
    """What ``nights`` tells, by the names of the executions."""
    listed = json.loads(operator.run("nights", "--last", "1000", "--json").stdout)
    return {it["execution"]: it for it in listed}


@pytest.fixture(scope="module")
def rerun(
    application: Application, operator: Operator, days: Days, backfilled: Backfilled
) -> Mapping[str, Any]:
    """The first night and its rerun, by the names of their executions."""
    assert days.dates[0] in backfilled.statuses
    started = operator.run("rerun", days.dates[0])
    application.aws.advance_to(application.now())
    assert started.stdout.strip().endswith(f":{days.dates[0]}-2"), started.stderr
    assert f"{application.outputs['CandidateEndpointName']} serves that" in started.stderr
    found = nights(operator)
    return {name: found[name] for name in (days.dates[0], f"{days.dates[0]}-2")}


def test_a_rerun_is_told_apart_by_its_name_and_has_a_package_of_its_own(
    rerun: Mapping[str, Any], operator: Operator, days: Days
) -> None:
    first, second = rerun[days.dates[0]], rerun[f"{days.dates[0]}-2"]
    assert first["packageVersion"] != second["packageVersion"]
    explained = operator.run("explain", str(second["packageVersion"])).stdout
    assert f":{days.dates[0]}-2\n" in explained


def test_a_rerun_has_the_input_of_the_night(
    application: Application, rerun: Mapping[str, Any]
) -> None:
    stepfunctions = application.client("stepfunctions")
    arns = [it["executionArn"] for it in rerun.values()]
    one, other = (stepfunctions.describe_execution(executionArn=arn)["input"] for arn in arns)
    assert json.loads(one) == json.loads(other)


def test_a_rejection_is_in_the_registry_under_the_operators_name(
    application: Application, rerun: Mapping[str, Any], operator: Operator, days: Days
) -> None:
    night = rerun[f"{days.dates[0]}-2"]
    comment = "--comment", "the first one will do"
    rejected = operator.run("reject", str(night["packageVersion"]), *comment)
    package = application.client("sagemaker").describe_model_package(
        ModelPackageName=night["packageArn"]
    )
    shown = f"night {days.dates[0]} ({days.dates[0]}-2), AUC {night['auc']:.4f}"
    assert shown in rejected.stdout, rejected.stderr
    assert package["ModelApprovalStatus"] == "Rejected"
    assert package["ApprovalDescription"] == "the first one will do"
    assert package["LastModifiedBy"]["IamIdentity"]["Arn"].endswith(":user/operator")
    again = operator.run("reject", str(night["packageVersion"]), *comment)
    assert (again.exit_code, "nothing is to be done" in again.stderr) == (1, True)


@dataclass(frozen=True)
class Promotions:
    """What ``production`` said after two approvals, a rollback and one more approval.

    Attributes:
        scores: Of a client's rows, by the first package and by the second one's evaluation.
        answers: What that client was answered while the second took over from the first.
    """

    versions: tuple[int, int]
    scores: tuple[list[float], list[float]]
    answers: list[list[float]]
    approval: Result
    approved: Mapping[str, Any]
    rollback: Result
    rolled_back: Mapping[str, Any]
    again: Result
    approved_again: Result
    returned: Mapping[str, Any]


def package_arn(application: Application, version: int) -> str:
    (arn,) = (it for it in application.packages() if it.endswith(f"/{version}"))
    return arn


@pytest.fixture(scope="module")
def promotions(
    application: Application, operator: Operator, days: Days, backfilled: Backfilled
) -> Promotions:
    """Two packages approved one after the other, a rollback to the first, and the second again."""
    assert backfilled.finished.exit_code == 0
    rollouts, found = Rollouts(application), nights(operator)
    versions = found[days.dates[1]]["packageVersion"], found[days.dates[0]]["packageVersion"]

    def run(*arguments: str) -> Result:
        finished = operator.run(*arguments)
        rollouts.pass_time(timedelta(seconds=2))
        rollouts.pass_time(timedelta(seconds=2))
        return finished

    run("approve", str(versions[0]), "--comment", "as agreed")
    sample = rollouts.sample(package_arn(application, versions[1]))
    old = rollouts.scores(rollouts.production, sample)
    with rollouts.load(rollouts.production, sample) as answers:
        approval = run("approve", str(versions[1]), "--comment", "as agreed")

    def production() -> Mapping[str, Any]:
        told: Mapping[str, Any] = json.loads(operator.run("production", "--json").stdout)
        return told

    return Promotions(
        versions=versions,
        scores=(old, sample["scores"]),
        answers=answers,
        approval=approval,
        approved=production(),
        rollback=run("rollback", "--comment", "too many false alarms"),
        rolled_back=production(),
        again=operator.run("rollback"),
        approved_again=run("approve", str(versions[1]), "--comment", "they were true"),
        returned=production(),
    )


def test_production_is_what_was_approved_last_by_whom_and_how_the_candidate_differs(
    promotions: Promotions,
) -> None:
    production, candidate = promotions.approved["Endpoints"]
    assert (production["Version"], production["EndpointStatus"]) == (
        promotions.versions[1],
        "InService",
    )
    assert production["Approval"]["By"].endswith(":user/operator")
    assert production["Approval"]["Comment"] == "as agreed"
    assert candidate["Version"] not in {None, production["Version"]}
    sides = {side: promotions.approved["Difference"][side]["Version"] for side in "AB"}
    assert sides == {"A": production["Version"], "B": candidate["Version"]}


def test_the_production_endpoint_is_serverless_unless_instances_are_asked_for(
    application: Application, promotions: Promotions
) -> None:
    """All that these operators do with it works there as well."""
    sagemaker = application.client("sagemaker")
    name = promotions.approved["Endpoints"][0]["EndpointName"]
    config = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
    described = sagemaker.describe_endpoint_config(EndpointConfigName=config)
    (variant,) = described["ProductionVariants"]
    assert "ServerlessConfig" in variant


def test_no_caller_loses_a_request_while_a_serverless_endpoint_changes_its_model(
    promotions: Promotions,
) -> None:
    """One sends request after request, and none twice: each is answered by the one or the other."""
    old, new = promotions.scores
    first, *_, last = promotions.answers
    assert first == old != pytest.approx(new, abs=1e-6)
    assert last == pytest.approx(new, abs=1e-6)
    assert [it for it in promotions.answers if it not in (first, last)] == []


def test_a_rollback_brings_back_what_served_before_and_says_who_wanted_it(
    promotions: Promotions,
) -> None:
    before, after = promotions.versions
    assert promotions.rollback.exit_code == 0, promotions.rollback.stderr
    assert f"to   version {before}: " in promotions.rollback.stdout
    production = promotions.rolled_back["Endpoints"][0]
    assert (production["Version"], production["Trigger"]) == (before, "Rollback")
    comment = f"rollback from version {after}: too many false alarms"
    assert production["Rollback"]["Comment"] == comment
    assert production["Rollback"]["By"].endswith(":user/operator")
    # Who approved it stays who approved it.
    assert production["Approval"]["Comment"] == "as agreed"


def test_who_moves_production_is_told_what_comes_next(promotions: Promotions) -> None:
    before, after = promotions.versions
    name = promotions.approved["Endpoints"][0]["EndpointName"]
    told = f"Once it is through, {name} serves version {{}}; `nightly production` shows how far it"
    for finished, version in (
        (promotions.approval, after),
        (promotions.rollback, before),
        (promotions.approved_again, after),
    ):
        assert f"{told.format(version)} is" in finished.stdout, finished.stderr
    assert f"which serves version {before}, begins." in promotions.approval.stdout
    assert "Its rollout begins." in promotions.rollback.stdout
    assert f"\nrollout {name}-v{before}-" in promotions.rollback.stdout
    assert f"\nrollout {name}-v{after}-" in promotions.approved_again.stdout


def test_what_was_rolled_back_from_is_not_returned_to(promotions: Promotions) -> None:
    assert promotions.again.exit_code == 1
    (_, after) = promotions.versions
    assert f"was taken back since: version {after} (rolled back from" in promotions.again.stderr


def test_the_nights_tell_which_of_them_serves_in_production(
    promotions: Promotions, operator: Operator, days: Days
) -> None:
    serving = [name for name, it in nights(operator).items() if "production" in it["serves"]]
    assert serving == [days.dates[0]]
    assert promotions.returned["Endpoints"][0]["DataDate"] == days.dates[0]


def test_what_is_approved_already_is_rolled_out_once_more(promotions: Promotions) -> None:
    """The registry has no event for that, and the command starts the rollout itself."""
    assert promotions.approved_again.exit_code == 0, promotions.approved_again.stderr
    assert "Approved, last changed by" in promotions.approved_again.stdout
    production = promotions.returned["Endpoints"][0]
    assert (production["Version"], production["Trigger"]) == (promotions.versions[1], "Approval")
    assert production["Approval"]["Comment"] == "they were true"
    assert production["Rollouts"] == []
